"""The estimators by name: how each prepares series, and the entropies it sees in pairs of units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synergycore.errors import SynergyError
from synergycore.phiid import discrete, gaussian, redundancy
from synergycore.phiid.arrays import Array, namespace
from synergycore.phiid.bias import atom_bias
from synergycore.phiid.copula import normal_scores
from synergycore.phiid.information import WHOLE, mutual_information
from synergycore.phiid.lattice import ATOMS, TOTAL, Atoms, invert
from synergycore.phiid.windows import cut, without_levels


@dataclass(frozen=True)
class Estimator:
    """`prepare(series, tau, segments)` gives units; two such sets give entropies of pairs."""

    prepare: Callable[[Array, int, Sequence[int] | None], Any]
    mean: Callable[[Any, Any], dict]
    """Average entropies by subset, (unit, unit)."""
    local: Callable[[Any, Any], Iterable[tuple[dict, Any]]]
    """Local entropies by subset, (sample, unit, unit), in chunks with the weight of each sample."""
    over_time: Callable[[Any, Any], Any] | None = None
    """Which sample holds at each time step, where samples are states and not time steps."""


ESTIMATORS = {
    "gaussian": Estimator(cut, gaussian.mean_entropies, gaussian.local_entropies),
    "copula": Estimator(
        lambda series, tau, segments: cut(
            normal_scores(without_levels(series, segments)), tau, segments
        ),
        gaussian.mean_entropies,
        gaussian.local_entropies,
    ),
    "discrete": Estimator(
        lambda series, tau, segments: discrete.binarise(cut(series, tau, segments)),
        lambda x, y: discrete.mean_entropies(discrete.probabilities(x, y)),
        lambda x, y: discrete.local_entropies(discrete.probabilities(x, y)),
        discrete.states_over_time,
    ),
}


@dataclass(frozen=True)
class Measure:
    """A checked choice of options.

    Raises SynergyError for an unknown estimator or redundancy function, and for a bias correction
    that is not known.
    """

    estimator: str = "gaussian"
    redundancy: str = "mmi"
    atoms: tuple[str, ...] = ATOMS
    """As `checked_atoms` returns them."""
    bias_correction: bool = False

    def __post_init__(self) -> None:
        _known(self.estimator, ESTIMATORS, "estimator")
        _known(self.redundancy, redundancy.REDUNDANCIES, "redundancy")
        if self.bias_correction and (self.estimator == "discrete" or self.redundancy != "mmi"):
            raise SynergyError(
                f"no bias correction is known for {self.estimator} with {self.redundancy}; "
                "use estimator gaussian or copula with redundancy mmi, or bias_correction=False."
            )

    @property
    def functions(self) -> Estimator:
        return ESTIMATORS[self.estimator]

    def unbiased(self, atoms: Atoms, units: Any) -> Atoms:
        """The atoms less their expected bias, where that was asked for."""
        if not self.bias_correction:
            return atoms
        bias = atom_bias(units.freedom)
        return Atoms({atom: values - bias[atom] for atom, values in atoms.items()})


def checked_atoms(atoms: Iterable[str] | str) -> tuple[str, ...]:
    """The atoms asked for, TOTAL among them or not, each once: an array has one name.

    Raises SynergyError for an unknown name and where there is none.
    """
    many = isinstance(atoms, Iterable) and not isinstance(atoms, str)
    names: tuple = tuple(atoms) if many else (atoms,)
    for name in names:
        _known(name, (*ATOMS, TOTAL), "atom")
    if not names:
        raise SynergyError(f"no atoms were asked for; choose among {', '.join(ATOMS)}.")
    return tuple(dict.fromkeys(names))


def _known(name: str, choices: Iterable[str], what: str) -> None:
    if not isinstance(name, str) or name not in choices:
        raise SynergyError(f"unknown {what} {name!r}; choose one of {', '.join(choices)}.")


def pair_atoms(measure: Measure, x: Any, y: Any, atoms: tuple[str, ...] = ATOMS) -> Atoms:
    """Average atoms (nats) of every unit of `x` with every unit of `y`: (unit, unit) arrays."""
    if measure.redundancy == "mmi":
        return atoms_from_entropies(measure.functions.mean(x, y), atoms)
    return ccs_atoms(measure.functions.local(x, y), atoms)


def ccs_atoms(chunks: Iterable[tuple[dict, Any]], atoms: tuple[str, ...] = ATOMS) -> Atoms:
    """CCS atoms (nats) from chunks of local entropies and the weights of their samples."""
    total = dict.fromkeys(atoms, 0.0)
    for entropies, weight in chunks:
        local = invert(redundancy.ccs(mutual_information(entropies)), atoms)
        total = {atom: total[atom] + (weight * local[atom]).sum(0) for atom in atoms}
    return Atoms(total)


def local_atoms(measure: Measure, x: Any, y: Any) -> Atoms:
    """Atoms (nats) of one pair of units at every sample: (sample,) arrays, NaN if undefined."""
    entropies = measure.functions.mean(x, y)
    mean, whole = mutual_information(entropies), entropies[WHOLE][0, 0]
    chunks = []
    for surprisals, _ in measure.functions.local(x, y):
        local = mutual_information(surprisals)
        nodes = (
            redundancy.mmi(mean, local) if measure.redundancy == "mmi" else redundancy.ccs(local)
        )
        chunks.append(invert(nodes))
    xp = namespace(chunks[0]["sts"])
    values = {atom: xp.concatenate([c[atom][:, 0, 0] for c in chunks]) for atom in ATOMS}
    if measure.functions.over_time is not None:
        steps = measure.functions.over_time(x, y)
        values = {atom: states[steps] for atom, states in values.items()}
    return _where_defined(whole, values)


def atoms_from_entropies(entropies: dict, atoms: tuple[str, ...] = ATOMS) -> Atoms:
    """MMI atoms (nats) from average entropies by subset; NaN where the whole is undefined."""
    found = invert(redundancy.mmi(mutual_information(entropies)), atoms)
    return _where_defined(entropies[WHOLE], found)


def _where_defined(whole: Array, atoms: Mapping[str, Array]) -> Atoms:
    """The atoms; NaN throughout where the entropy of the whole is."""
    xp = namespace(whole)
    return Atoms({a: xp.where(whole == whole, v, float("nan") * v) for a, v in atoms.items()})
