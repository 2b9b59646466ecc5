"""The committed claims of a chapter, and every way to edit a record of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import tiny_book as tiny

CHAPTER = "fig1_synergistic_core"
COMMITTED = tiny.REPOSITORY / "results" / "claims" / "demo"
NAME = f"{CHAPTER}.json"
TEXT = (COMMITTED / NAME).read_text("utf-8")
Held = dict[str, Any]
HELD: Held = json.loads(TEXT)
Edit = Callable[[Held], Any]


def the(held: Held, claim: int = 5) -> Held:
    """One record; claim 5 has nulls and a sensitivity analysis."""
    return next(record for record in held["records"] if record["claim"] == claim)


def control(held: Held, name: str = "random_twin") -> Held:
    return the(held)["control"][name]


def put(**values: Any) -> Edit:
    return lambda held: the(held).update(values)


def put_control(**values: Any) -> Edit:
    return lambda held: control(held).update(values)


def without(key: str) -> Edit:
    return lambda held: the(held).pop(key)


def without_in_control(key: str) -> Edit:
    return lambda held: control(held).pop(key)


def rename(held: Held) -> None:
    the(held)["control"] = {f"{name}_": one for name, one in the(held)["control"].items()}


def double(held: Held) -> None:
    held["records"].append(copy.deepcopy(the(held)))


def swap(key: str, of: Callable[[Held], Held] = the) -> Edit:
    return lambda held: of(held)[key].reverse()


def flip(held: Held) -> None:
    """An effect as if the claim were true."""
    the(held).update(effect=0.5, interval=[0.4, 0.6])


EDITS: dict[str, Edit] = {
    "another claim": put(claim=2),
    "an unknown claim": put(claim=31),
    "claim 0": put(claim=0),
    "no model": put(model=""),
    "another effect": put(effect=0.25),
    "an effect with other last digit": lambda h: the(h).update(effect=the(h)["effect"] + 1e-6),
    "an effect with the other sign": lambda h: the(h).update(effect=-the(h)["effect"]),
    "an undefined effect": put(effect=None),
    "another interval": put(interval=[0.2, 0.3]),
    "a swapped interval": swap("interval"),
    "an open interval": put(interval=[None, 1.0]),
    "another unit": put(unit="bits"),
    "another verdict": put(verdict="replicates"),
    "another known verdict": put(verdict="not testable here"),
    "another chapter": put(chapter="fig2_networks"),
    "no chapter": put(chapter=""),
    "another effect and interval": flip,
    "no controls": put(control={}),
    "one control less": lambda h: the(h)["control"].pop("random_twin"),
    "one control more": lambda h: the(h)["control"].update(more=control(h)),
    "a renamed control": rename,
    "another effect of a control": put_control(effect=-9.0),
    "a swapped interval of a control": swap("interval", control),
    "another margin": put_control(margin=9.0),
    "an undefined effect of a control": put_control(effect=None),
    "a swapped interval of a margin": swap("margin_interval", control),
    "another role": put_control(role="sensitivity"),
    "another pass": lambda h: control(h).update(passes=not control(h)["passes"]),
    "seven digits": put(effect=0.12345678),
}
"""Each is tried as an edit by hand, and with a digest that was made to fit."""

BY_HAND: dict[str, Edit] = {
    "another model": put(model="gemma-3-270m-it"),
    "a claim twice": double,
    "no records": lambda held: held["records"].clear(),
    "a record less": lambda held: held["records"].pop(),
    "another order": lambda held: held["records"].reverse(),
    "an interval a bit narrower": lambda h: the(h)["interval"].__setitem__(
        0, round(the(h)["interval"][0] * 0.99, 8)
    ),
    "another margin's interval": put_control(margin_interval=[0.0, 9.0]),
    "another maker": lambda held: held["made_by"].update(chapter="fig3_energy"),
    "no maker": lambda held: held["made_by"].clear(),
    "another digest": lambda held: held.update(digest="0" * 64),
    "an empty digest": lambda held: held.update(digest=""),
}

TYPES: dict[str, Edit] = {
    **{f"no {key}": without(key) for key in the(HELD)},
    **{f"no {key} of a control": without_in_control(key) for key in control(HELD)},
    "a key more": put(remark="seen"),
    "a key more of a control": put_control(remark="seen"),
    "a claim as text": put(claim="5"),
    "a claim as a fraction": put(claim=5.5),
    "a claim as truth": put(claim=True),
    "a model as a number": put(model=7),
    "an effect as text": put(effect="0.1"),
    "an effect as NaN in text": put(effect="NaN"),
    "an effect as truth": put(effect=True),
    "an effect as a list": put(effect=[0.1]),
    "an interval of one end": put(interval=[0.1]),
    "an interval of three ends": put(interval=[0.1, 0.2, 0.3]),
    "an interval as a number": put(interval=0.1),
    "controls as a list": put(control=[]),
    "a pass as text": put_control(passes="yes"),
    "a pass as a number": put_control(passes=1),
    "an unknown role": put_control(role="placebo"),
    "an unknown verdict": put(verdict="proven"),
    "records as a dict": lambda held: held.update(records={}),
    "records of nothing": lambda held: held.update(records=[None]),
    "no digest": lambda held: held.pop("digest"),
    "no made_by": lambda held: held.pop("made_by"),
}  # fmt: skip
