import math

import numpy as np
import pytest

from synergycore.claims import Claim, Control, Evidence, judge, registry, verdict
from synergycore.errors import SynergyError
from synergycore.stats import UNDEFINED, Estimate, Sampled

HIGH, LOW, WIDE = Estimate(2, 1, 3), Estimate(-2, -3, -1), Estimate(0.1, -1, 1)


def claim(**changes) -> Claim:
    fields = {
        "id": 1,
        "name": "a-claim",
        "figure": 1,
        "chapter": None,
        "statement": "s",
        "quantity": "q",
        "unit": "nats",
        "direction": "positive",
        "controls": ["beaten", {"name": "repeated", "role": "sensitivity"}],
        "rule": "r",
        "testable_here": True,
        "others_found": "o",
    }
    return Claim.model_validate(fields | changes)


def evidence(effect=HIGH, *, margin=HIGH, repeated=HIGH) -> Evidence:
    controls = {"beaten": Control(WIDE, margin), "repeated": Control(repeated)}
    return Evidence(1, "a-model", effect, "nats", controls)


def test_effect_and_all_controls_pass():
    assert verdict(claim(), evidence()) == "replicates"


@pytest.mark.parametrize("effect", [WIDE, LOW])
def test_an_effect_that_does_not_pass_does_not_replicate(effect):
    assert verdict(claim(), evidence(effect)) == "does not replicate"


@pytest.mark.parametrize("bad", [WIDE, LOW, UNDEFINED])
def test_a_null_that_is_not_beaten_makes_it_partly(bad):
    assert verdict(claim(), evidence(margin=bad)) == "partly"


@pytest.mark.parametrize("bad", [WIDE, LOW, UNDEFINED])
def test_a_sensitivity_analysis_without_the_effect_makes_it_partly(bad):
    assert verdict(claim(), evidence(repeated=bad)) == "partly"


def test_a_sensitivity_analysis_is_judged_by_its_own_effect_and_the_threshold():
    above = claim(threshold=2.5)
    effect = Estimate(4, 3, 5)
    assert verdict(above, evidence(effect, repeated=effect)) == "replicates"
    assert verdict(above, evidence(effect, repeated=HIGH)) == "partly"


def test_a_null_is_judged_by_zero_and_not_by_the_threshold():
    effect = Estimate(4, 3, 5)
    assert verdict(claim(threshold=2.5), evidence(effect, repeated=effect)) == "replicates"


def test_direction_negative_turns_every_test():
    down = claim(direction="negative")
    assert verdict(down, evidence(LOW, margin=LOW, repeated=LOW)) == "replicates"
    assert verdict(down, evidence(LOW, margin=HIGH, repeated=LOW)) == "partly"
    assert verdict(down, evidence(HIGH, margin=LOW, repeated=LOW)) == "does not replicate"


def test_negative_with_a_threshold_means_below_it():
    small = claim(direction="negative", threshold=0.5, controls=[])
    for high, expected in [(0.4, "replicates"), (0.6, "does not replicate")]:
        found = Evidence(1, "a-model", Estimate(0.2, 0.1, high), "nats")
        assert verdict(small, found) == expected


def test_an_interval_that_touches_the_threshold_does_not_pass():
    touching = Estimate(1, 0, 2)
    assert verdict(claim(), evidence(touching)) == "does not replicate"


@pytest.mark.parametrize(
    "effect",
    [
        UNDEFINED,
        Estimate(2, math.nan, 3),
        Estimate(2, 1, math.nan),
        Estimate(math.nan, 1, 3),
        Estimate(math.inf, 1, math.inf),
    ],
)
@pytest.mark.parametrize("controls", [[], ["beaten", "repeated"]])
def test_an_undefined_effect_never_replicates(effect, controls):
    judged = Evidence(1, "m", effect, "nats", {name: Control(HIGH, HIGH) for name in controls})
    assert verdict(claim(controls=controls), judged) == "does not replicate"


def test_no_controls_demanded_the_effect_decides_alone():
    assert verdict(claim(controls=[]), Evidence(1, "m", HIGH, "nats")) == "replicates"


def test_not_testable_here_whatever_the_numbers():
    larger = claim(testable_here=False, reason="needs a larger model.")
    assert verdict(larger, evidence()) == "not testable here"


def test_a_control_left_out_is_an_error():
    found = Evidence(1, "a-model", HIGH, "nats", {"beaten": Control(WIDE, HIGH)})
    with pytest.raises(SynergyError, match=r"demands \['beaten', 'repeated'\]"):
        verdict(claim(), found)


def test_a_control_that_the_claim_does_not_name_is_an_error():
    with pytest.raises(SynergyError, match=r"controls \['beaten', 'repeated'\] were given"):
        verdict(claim(controls=["beaten"]), evidence())


def test_evidence_for_another_claim_is_an_error():
    with pytest.raises(SynergyError, match="judged by claim 2"):
        verdict(claim(id=2), evidence())


def test_an_interval_upside_down_is_an_error():
    with pytest.raises(SynergyError, match="lower end first"):
        Estimate(1, 2, 0)


def sampled(value, spread=0.1):
    return Sampled(value, value + spread * np.linspace(-1, 1, 101))


def test_judging_pairs_every_control_with_the_effect_and_shows_the_verdict():
    found = judge(8, sampled(0.5), {"random_twin": sampled(0.2)}, model="a-model")
    assert (found.unit, found.chapter) == ("cosine", "fig1_synergistic_core")
    assert found.controls["random_twin"].margin.value == pytest.approx(0.3)
    page = found._repr_html_()
    assert "Claim 8, residual-flow: <b>replicates</b>" in page
    assert "random_twin" in page
    frame = found.frame
    assert list(frame.index) == ["effect", "random_twin"]
    assert list(frame.passes) == ["yes", "yes"]
    beaten = judge(8, sampled(0.5), {"random_twin": sampled(0.9)}, model="a-model")
    assert list(beaten.frame.passes) == ["yes", "no"]
    assert "<b>partly</b>" in beaten._repr_html_()


def test_judging_refuses_other_controls_and_unknown_claims():
    with pytest.raises(SynergyError, match="demands \\['random_twin'\\]"):
        judge(8, sampled(0.5), {}, model="m")
    with pytest.raises(SynergyError, match="claim 99 is not in"):
        judge(99, sampled(0.5), model="m")


def test_undefined_resamples_are_counted_and_beyond_a_share_nothing_passes():
    effect = sampled(0.5)
    effect.draws[:4] = np.nan
    some = judge(8, effect, {"random_twin": sampled(0.2)}, model="m")
    assert "4.0 % of the resamples are not defined" in some._repr_html_()
    assert some.effect.defined
    effect.draws[:10] = np.nan
    many = judge(8, effect, {"random_twin": sampled(0.2)}, model="m")
    assert verdict(registry()[8], many) == "does not replicate"
