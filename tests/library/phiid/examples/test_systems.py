"""Systems with known atoms: from their covariance, from the printed digits, by long simulation."""

import numpy as np
import pytest
import torch

from synergycore.errors import SynergyError
from synergycore.phiid import ATOMS, decompose, decompose_covariance
from synergycore.phiid.examples import systems

CLOSED = {
    "independent white": systems.independent_white(),
    "independent AR .5 .5": systems.independent_ar(0.5, 0.5),
    "independent AR .8 .3": systems.independent_ar(0.8, 0.3),
    "independent AR .9 .9": systems.independent_ar(0.9, 0.9),
    "AR pair .8 .5": systems.ar_pair(0.8, 0.5),
    "AR pair .8 -.5": systems.ar_pair(0.8, -0.5),
    "AR pair .8 .9": systems.ar_pair(0.8, 0.9),
    "common driver .1": systems.common_driver(0.8, 0.1),
    "common driver 1e-6": systems.common_driver(0.8, 1e-6),
    "one-way transfer": systems.one_way_transfer(0.9),
    "exchange": systems.exchange(0.9),
    "mean field 0": systems.mean_field(0.4),
    "mean field .5": systems.mean_field(0.4, 0.5),
    "mean field .9": systems.mean_field(0.4, 0.9),
    "rotation": systems.rotation(0.5, 0.3),
}

PRINTED = {  # four digits, computed independently with the reference formulas
    "independent AR .5 .5": {"sts": 0.2877, "xtx": 0.1438},
    "independent AR .8 .3": {"sts": 0.0943},
    "independent AR .9 .9": {"sts": 1.6607},
    "AR pair .8 .5": {"rtr": 0.0872, "sts": 0.9345},
    "AR pair .8 -.5": {"rtr": 0.0872, "sts": 0.9345},
    "AR pair .8 .9": {"rtr": 0.3653, "sts": 0.6563},
    "common driver .1": {"rtr": 0.4535, "rts": 0.0132, "str": 0.0132, "sts": 0.0006},
    "common driver 1e-6": {"rtr": 0.5108, "sts": 0.0},
    "one-way transfer": {"xty": 0.2967, "sts": 0.0, "rtr": 0.0},
    "exchange": {"sts": 1.6607, "xty": 0.8304, "rts": 0.8304, "stx": -0.8304},
    "mean field 0": {"rtr": 0.2123, "sts": 0.0872},
    "mean field .5": {"rtr": 0.3569, "sts": 0.0204},
    "mean field .9": {"rtr": 0.4791, "sts": 0.0008},
    "rotation": {"sts": 0.2405},
}


def from_covariance(system):
    return decompose_covariance(system.covariance())


@pytest.mark.parametrize("name", CLOSED)
def test_covariance_gives_the_closed_form(name):
    # the nearly noiseless driver has a condition number of 1e7: digits are lost to it
    tolerance = 1e-8 if name == "common driver 1e-6" else 1e-12
    found = from_covariance(CLOSED[name])
    assert found == pytest.approx(CLOSED[name].atoms, rel=0, abs=tolerance)


@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy], ids=["numpy", "torch"])
def test_many_covariances_at_once_give_what_each_gives(convert):
    names = list(CLOSED)[:12]
    stack = np.stack([CLOSED[name].covariance() for name in names])
    stack[5, 1, 1] = np.nan
    found = decompose_covariance(convert(stack.reshape(3, 4, 4, 4)))
    for place, one in enumerate(stack):
        expected = decompose_covariance(one)
        got = {a: float(found[a][divmod(place, 4)]) for a in ATOMS}
        assert got == pytest.approx(expected, rel=0, abs=1e-12, nan_ok=True)


def test_covariance_on_a_device_stays_there():
    cov = torch.from_numpy(CLOSED["rotation"].covariance())
    for found, shape in ((decompose_covariance(cov), ()), (decompose_covariance(cov[None]), (1,))):
        assert found.unit == "nats"
        for atom, values in found.items():
            assert isinstance(values, torch.Tensor)
            assert values.device == cov.device
            assert values.shape == shape
            assert float(values) == pytest.approx(CLOSED["rotation"].atoms[atom], abs=1e-12)


@pytest.mark.parametrize("name", PRINTED)
def test_closed_form_has_the_printed_digits(name):
    found = {atom: CLOSED[name].atoms[atom] for atom in PRINTED[name]}
    assert found == pytest.approx(PRINTED[name], rel=0, abs=5.1e-5)


@pytest.mark.parametrize(("correlation", "printed"), [(0.0, 0.2405), (0.5, 0.0793), (0.9, 0.0830)])
def test_rotation_has_the_printed_synergy(correlation, printed):
    found = from_covariance(systems.rotation(0.5, 0.3, correlation))
    assert found["sts"] == pytest.approx(printed, abs=5.1e-5)


def test_mean_field_total_does_not_depend_on_the_noise_correlation():
    for correlation in (0, 0.5, 0.9):
        total = sum(from_covariance(systems.mean_field(0.4, correlation)).values())
        assert total == pytest.approx(systems.information(0.8), abs=1e-12)


@pytest.mark.parametrize("a", [0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("q", [-0.9, -0.3, 0.0, 0.5, 0.9])
def test_ar_pair_identities(a, q):
    """sts = 2S - C, rtr = C and sts + rtr = TDMI: what autocorrelation alone does to both."""
    found = from_covariance(systems.ar_pair(a, q))
    s, c = -0.5 * np.log(1 - a**2), -0.5 * np.log(1 - (a * q) ** 2)
    assert found["sts"] == pytest.approx(2 * s - c, abs=1e-12)
    assert found["rtr"] == pytest.approx(c, abs=1e-12)
    assert found["sts"] + found["rtr"] == pytest.approx(sum(found.values()), abs=1e-12)


@pytest.mark.parametrize("name", CLOSED)
def test_long_simulation_comes_within_the_sampling_error(name):
    # with n = 20,000 the informations err by about n ** -0.5 = 0.007; an atom adds several
    x, y = CLOSED[name].simulate(20_000, seed=1)
    if name == "common driver 1e-6":
        assert np.corrcoef(x, y)[0, 1] > 1 - 1e-5
    found = decompose(x, y)
    assert found == pytest.approx(CLOSED[name].atoms, rel=0, abs=0.05)


def test_lags_beyond_one_follow_the_power_of_the_transition():
    found = decompose_covariance(systems.ar_pair(0.8, 0.5).covariance(tau=3))
    expected = systems.ar_pair(0.8**3, 0.5).atoms
    assert found == pytest.approx(expected, abs=1e-12)


def test_simulations_repeat_with_their_seed_and_only_then():
    system = systems.ar_pair(0.8, 0.5)
    np.testing.assert_array_equal(system.simulate(50, seed=3), system.simulate(50, seed=3))
    assert not np.array_equal(system.simulate(50, seed=3), system.simulate(50, seed=4))


def test_simulation_has_the_covariance():
    system = systems.rotation(0.5, 0.3, 0.5)
    x = system.simulate(50_000, seed=0)
    sample = np.cov(np.vstack([x[:, :-1], x[:, 1:]]))
    np.testing.assert_allclose(sample, system.covariance(), atol=0.05)


def test_system_without_closed_form_says_so_with_nan():
    atoms = systems.rotation(0.5, 0.3, 0.5).atoms
    assert list(atoms) == list(ATOMS)
    assert np.isnan(list(atoms.values())).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("make", "radius"),
    [
        (lambda: systems.var([[1.1, 0.0], [0.0, 0.2]]), r"1\.1"),
        (lambda: systems.var([[np.nan, 0.0], [0.0, 0.2]]), "nan"),
        (lambda: systems.independent_ar(0.5, -1.2), r"1\.2"),
        (lambda: systems.ar_pair(1.0, 0.5), "1"),
        (lambda: systems.exchange(1.3), r"1\.3"),
        (lambda: systems.mean_field(0.5), "1"),
        (lambda: systems.common_driver(1.1, 0.1), r"1\.1"),
        (lambda: systems.common_driver(1.0, 0.1), "1"),
        (lambda: systems.rotation(0.8, 0.8), r"1\.13"),
    ],
)
def test_unstable_system_is_refused(make, radius):
    with pytest.raises(SynergyError, match=rf"spectral radius {radius}; expected below 1, shrink"):
        make()


def test_covariance_at_a_lag_that_is_none_is_refused():
    with pytest.raises(SynergyError, match="tau is 0"):
        systems.exchange(0.5).covariance(tau=0)


def test_simulations_are_stationary_from_the_first_step_on():
    system = systems.common_driver(0.99, 0.5)
    starts = np.stack([system.simulate(2, seed) for seed in range(2_000)])
    sample = np.cov(np.concatenate([starts[:, :, 0], starts[:, :, 1]], axis=1).T)
    expected = system.covariance()
    # the variance of 2,000 draws errs by 2000 ** -0.5 * 2 ** 0.5 = 0.03 of itself
    np.testing.assert_allclose(sample, expected, rtol=0.12)


@pytest.mark.parametrize("time", [0, 1, 2])
def test_simulations_have_the_length_asked_for(time):
    assert systems.rotation(0.5, 0.3).simulate(time, seed=0).shape == (2, time)
