"""How numbers, tables and sources are written: one minus sign, one interval, one kind of table."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from synergycore.stats import Estimate

MISSING = "not defined"
UNITS = (
    ("ns", 1e-9, 1000), ("µs", 1e-6, 1000), ("ms", 1e-3, 1000), ("s", 1, 60), ("min", 60, 60),
    ("h", 3600, float("inf")),
)  # fmt: skip
"""Units of time, their seconds, and how many of each make the next."""


def number(value: float, digits: int = 3, sign: bool = False) -> str:
    """`digits` decimals, with a true minus sign; a number that is not finite is "not defined"."""
    if not math.isfinite(value):
        return MISSING
    rounded = round(value, digits) + 0.0  # no minus zero
    return f"{rounded:{'+' if sign else ''}.{digits}f}".replace("-", "−")


def estimate(e: Estimate, digits: int = 3) -> str:
    """`0.12 [0.05, 0.20]`; the interval does not break, and narrow cells break before it."""
    if not e.defined:
        return MISSING
    low, high = number(e.low, digits), number(e.high, digits)
    return f"{number(e.value, digits)} [{low},\u00a0{high}]"


def significant(value: float, digits: int = 3, sign: bool = False) -> str:
    """`digits` significant digits, whatever the size; large numbers without a power of ten."""
    if not math.isfinite(value):
        return MISSING
    rounded = float(f"{value:.{digits}g}")
    plain = f"{rounded:,.0f}" if abs(rounded) >= 10 ** (digits - 1) else f"{rounded:.{digits}g}"
    return (f"+{plain}" if sign and rounded > 0 else plain).replace("-", "−")


def percent(share: float, digits: int = 0) -> str:
    """`12 %`."""
    return f"{number(100 * share, digits)} %" if math.isfinite(share) else MISSING


def duration(seconds: float) -> str:
    """Seconds in the unit a reader would choose, three digits; "not defined" if not finite."""
    if not math.isfinite(seconds):
        return MISSING
    if seconds < 0:
        return f"−{duration(-seconds)}"
    least = 0.0
    for unit, size, enough in UNITS:
        value = max(seconds / size, least)
        shown = f"{significant(value)}\u00a0{unit}"
        if float(f"{value:.3g}") < enough:
            break
        least = 1.0  # what was rounded up to the next unit is one of it
    return shown


def glue(**numbers: Any) -> None:
    """Keep numbers for sentences: `{glue:text}`name:.2f`` shows one of them.

    An Estimate is kept as three: `name`, `name_low` and `name_high`.
    """
    from myst_nb import glue as keep

    for name, value in numbers.items():
        if isinstance(value, Estimate):
            ends = {f"{name}_low": value.low, f"{name}_high": value.high}
            glue(**{name: value.value}, **ends)
        else:
            keep(name, value.item() if hasattr(value, "item") else value, display=False)


class Table:
    """A data frame as the book shows it, in Jupyter and on a page; `frame` holds the values."""

    def __init__(self, frame: pd.DataFrame, digits: int = 3):
        self.frame, self.digits = frame, digits

    def _text(self) -> pd.DataFrame:
        return self.frame.map(self._cell)

    def _cell(self, value: Any) -> str:
        if isinstance(value, Estimate):
            return estimate(value, self.digits)
        if isinstance(value, float):
            return number(value, self.digits)
        return str(value)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return self._text().to_html(border=0, justify="left")

    def __repr__(self) -> str:
        return self._text().to_string()


def table(frame: pd.DataFrame, digits: int = 3) -> Table:
    """Show `frame`: floats with `digits` decimals, estimates with their intervals, the rest as it
    is. The one formatter of all tables."""
    return Table(frame, digits)


def source(*functions: Callable[..., Any]) -> Any:
    """The source of functions as highlighted code, to stand beside what they compute."""
    from IPython.display import Markdown

    text = "\n\n".join(inspect.getsource(function).rstrip() for function in functions)
    fence = max(re.findall("`{3,}", text), default="``") + "`"
    return Markdown(f"{fence}python\n{text}\n{fence}")
