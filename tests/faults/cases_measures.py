"""Odd streams, models, prompts, figures and files: what else chapters call."""

from __future__ import annotations

import io
import math
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import tiny_models
from faults.data import case, same, undefined
from faults.harness import Case, Outcome
from small_disk import little_room
from synergycore import cost, files, format, plots, progress, stats, stream, tasks

PRODUCTS = ("hh", "aa", "mm", "ha", "hm", "am")


def recording(h: float = 1.0, a: float = 1.0, positions: int = 5) -> xr.Dataset:
    """Inner products of random vectors, those of the stream and of attention scaled."""
    rng = np.random.default_rng(0)
    vectors = dict(zip("ham", rng.normal(size=(3, 2, 3, positions, 8)), strict=True))
    vectors["h"], vectors["a"] = vectors["h"] * h, vectors["a"] * a
    values = [(vectors[x] * vectors[y]).sum(-1) for x, y in PRODUCTS]
    dims = ("prompt", "layer", "position", "product")
    return xr.Dataset(
        {"residual_gram": (dims, np.stack(values, -1))},
        coords={"product": list(PRODUCTS), "prompt": ["p0", "p1"]},
    )


def holed() -> xr.Dataset:
    made = recording()
    made.residual_gram[0, 1, 2] = np.nan
    return made


STREAMS = {
    "cosines": stream.cosines, "sizes": stream.sizes, "turns": stream.turns,
    "energy": stream.energy, "norm": stream.norm,
}  # fmt: skip
MEASURED = [n for n in STREAMS if n != "norm"]
STREAM = [
    *(case(f"{n} of what was not recorded", lambda n=n: STREAMS[n](xr.Dataset()), "residual_gram")
      for n in STREAMS),
    *(case(f"{n} of the array alone", lambda n=n: STREAMS[n](recording().residual_gram), "DataArray")
      for n in STREAMS),
    *(case(f"{n} without one product", lambda n=n: STREAMS[n](recording().isel(product=slice(5))), "am")
      for n in STREAMS),
    *(case(f"{n} without names of products",
           lambda n=n: STREAMS[n](recording().drop_vars("product")), "product") for n in STREAMS),
    *(case(f"{n} of products in another order",
           lambda n=n: STREAMS[n](recording().isel(product=slice(None, None, -1))),
           right=lambda found, n=n: same(found, STREAMS[n](recording()))) for n in STREAMS),
    *(case(f"{n} of one position", lambda n=n: STREAMS[n](recording(positions=1)),
           right=lambda found: found.size == 0) for n in MEASURED),
    case("norm of one position", lambda: stream.norm(recording(positions=1)), right=undefined),
    *(case(f"{n} of a stream of zeros", lambda n=n: STREAMS[n](recording(h=0.0)),
           right=lambda found: undefined(found.sel(addition=["attention", "both"]))) for n in MEASURED),
    *(case(f"{n} with a NaN", lambda n=n: STREAMS[n](holed()),
           right=lambda found: int(np.isnan(found).sum()) == 3) for n in MEASURED),
    case("energy where attention adds nothing", lambda: stream.energy(recording(a=0.0)),
         right=lambda found: not found.sel(addition="attention").any()),
    case("cosine where attention adds nothing", lambda: stream.cosines(recording(a=0.0)),
         right=lambda found: undefined(found.sel(addition="attention"))),
    case("turn where attention adds nothing", lambda: stream.turns(recording(a=0.0)),
         right=lambda found: undefined(found.sel(addition="attention"))),
    case("energy of a huge stream", lambda: stream.energy(recording(h=1e140)),
         right=lambda found: bool(np.isfinite(found).all())),
]  # fmt: skip


def model(architecture: str = "llama", **changes: Any) -> Any:
    return tiny_models.build(architecture, **changes)


MIXTURE = {"num_local_experts": 2, "num_experts_per_tok": 1}
COSTS = [
    *(case(f"cost of {tokens!r} tokens", lambda tokens=tokens: cost.count(model(), tokens),
           "tokens", repr(tokens)) for tokens in (0, -1, 2.5, True)),
    case("cost behind −1 tokens", lambda: cost.count(model(), 4, past=-1), "past", "-1"),
    case("cost of experts", lambda: cost.count(model("mixtral", **MIXTURE), 4), "num_local_experts=2"),
    case("cost of a window longer than the text",
         lambda: cost.count(model("mistral", sliding_window=64), 4),
         right=lambda found: same(found, cost.count(model("mistral", sliding_window=None), 4))),
    case("cost of a window of one",
         lambda: cost.count(model("mistral", sliding_window=1), 4).operations,
         right=lambda found: bool((found < cost.count(model("llama"), 4).operations).all())),
    case("readings of no tokens", lambda: cost.readings(model(), 0), "tokens", "0"),
    case("readings with a long text of none", lambda: cost.readings(model(), 4, longest=0), "0"),
    case("readings of experts say why", lambda: cost.readings(model("mixtral", **MIXTURE), 4),
         right=lambda found: undefined(found.operations) and "mixture" in found.uncounted),
]  # fmt: skip
PROMPTS = [
    case(f"{n!r} prompts of a category", lambda n=n: tasks.load_prompts(n), repr(n), "10")
    for n in (0, 11, -1, 2.5, True, "3", None)
]


def drawn(draw: Any) -> Any:
    """Call `draw` with axes, render the figure, and return what it drew."""

    def run() -> Figure:
        figure, axes = plt.subplots()
        try:
            draw(axes)
            figure.savefig(io.BytesIO(), format="png", dpi=40)
            return figure
        finally:
            plt.close(figure)

    return run


def there(figure: Any) -> bool:
    return isinstance(figure, Figure)


def layers(*values: float) -> xr.DataArray:
    return xr.DataArray(np.array(values), dims="layer")


MAP = xr.DataArray(np.array([[1.0, np.nan], [2.0, 3.0]]), dims=("layer", "head"))
FIGURES = [
    case("a curve of NaN", drawn(lambda a: plots.profile(a, layers(np.nan, np.nan), colour="k")),
         right=there),
    case("a curve of no layers", drawn(lambda a: plots.profile(a, layers(), colour="k")), right=there),
    case("a curve without layers",
         drawn(lambda a: plots.profile(a, layers(1, 2).rename(layer="x"), colour="k")), "layer", "x"),
    case("a curve of a bare array", drawn(lambda a: plots.profile(a, np.ones(3), colour="k")), "ndarray"),
    case("a curve of two curves",
         drawn(lambda a: plots.profile(a, layers(1, 2).expand_dims(addition=2), colour="k")), "addition"),
    case("a band of what has no draws",
         drawn(lambda a: plots.profile(a, layers(1, 2), layers(1, 2), colour="k")), "draw"),
    case("a band of NaN",
         drawn(lambda a: plots.profile(a, layers(1, 2), np.nan * layers(1, 2).expand_dims(draw=9),
                                       colour="k")), right=there),
    case("a map with a hole", drawn(lambda a: plots.head_map(a, MAP, "x")), right=there),
    case("a map of NaN", drawn(lambda a: plots.head_map(a, MAP * np.nan, "x")), right=there),
    case("a map of equal values", drawn(lambda a: plots.head_map(a, 0 * MAP.fillna(1), "x")), right=there),
    case("a map of no heads", drawn(lambda a: plots.head_map(a, MAP[:, :0], "x")), "head"),
    case("a map without heads", drawn(lambda a: plots.head_map(a, layers(1, 2), "x")), "head"),
    case("dots of NaN", drawn(lambda a: plots.layer_scatter(a, layers(np.nan), layers(1.0))), right=there),
    case("dots of unlike layers",
         drawn(lambda a: plots.layer_scatter(a, layers(1, 2), layers(1, 2, 3))), "2", "3"),
    case("a whisker that is not defined",
         drawn(lambda a: plots.whisker(a, 0, stats.UNDEFINED, "k")), right=there),
    case("a network without edges",
         drawn(lambda a: plots.network(a, np.ones((3, 2)), np.zeros((0, 2), int), np.arange(3), "k", 3)),
         right=there),
    case("a network without heads",
         drawn(lambda a: plots.network(a, np.ones((0, 2)), np.zeros((0, 2), int), np.arange(0), "k", 3)),
         right=there),
]  # fmt: skip
NAN = math.nan
WORDS = [
    case("a number that is not one", lambda: format.number(NAN), right=lambda s: s == "not defined"),
    case("an infinite number", lambda: format.number(math.inf), right=lambda s: s == "not defined"),
    case("minus zero", lambda: format.number(-1e-9), right=lambda s: s == "0.000"),
    case("significant digits of zero", lambda: format.significant(0.0), right=lambda s: s == "0"),
    case("a percentage of NaN", lambda: format.percent(NAN), right=lambda s: s == "not defined"),
    case("a duration of NaN", lambda: format.duration(NAN), right=lambda s: s == "not defined"),
    case("an endless duration", lambda: format.duration(math.inf), right=lambda s: s == "not defined"),
    case("a duration below zero", lambda: format.duration(-90.0), right=lambda s: s.startswith("−1.5")),
    case("an estimate that is not defined", lambda: format.estimate(stats.UNDEFINED),
         right=lambda s: s == "not defined"),
]  # fmt: skip


def unharmed(fault: Any) -> Any:
    """Write over a file under `fault`: an error is due, and the old file whole and alone."""

    def run(folder: Path) -> Outcome:
        path = folder / "numbers.json"
        path.write_text("old")
        try:
            fault(path)
        except OSError as error:
            print(f"refused: {error}")
        else:
            return Outcome.SILENT
        left = [one.name for one in folder.iterdir()]
        whole = path.read_text() == "old" and left == ["numbers.json"]
        return Outcome.SURVIVED if whole else Outcome.LOST

    return run


def on_a_full_disk(path: Path) -> None:
    with little_room(100):
        files.write_bytes(path, b"x" * 10_000)


def where_a_file_stands(path: Path) -> None:
    files.write_text(path / "below.json", "new")


def by_a_failing_rename(path: Path) -> None:
    real, os.replace = os.replace, _no_rename
    try:
        files.write_text(path, "new")
    finally:
        os.replace = real


def _no_rename(*_: object) -> None:
    raise OSError("the file system is read-only")


def over_a_folder(folder: Path) -> Outcome:
    kept = folder / "made" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("old")
    try:
        files.write_text(kept.parent, "new")
    except OSError:
        return Outcome.SURVIVED if kept.read_text() == "old" else Outcome.LOST
    return Outcome.SILENT


def what_cannot_be_encoded(folder: Path) -> Outcome:
    path = folder / "text"
    path.write_text("old")
    try:
        files.write_text(path, "half a character \ud800")
    except ValueError:
        return Outcome.SURVIVED if path.read_text() == "old" else Outcome.LOST
    return Outcome.SILENT


FILES = [
    Case("a file written on a full disk", unharmed(on_a_full_disk), quick=True),
    Case("a file written below a file", unharmed(where_a_file_stands), quick=True),
    Case("a file that cannot be renamed", unharmed(by_a_failing_rename), quick=True),
    Case("a file written over a folder", over_a_folder, quick=True),
    Case("a text that is none", what_cannot_be_encoded, quick=True),
]


@contextmanager
def stderr(stream: Any):
    before, sys.stderr = sys.stderr, stream
    try:
        yield
    finally:
        sys.stderr = before


def closed() -> io.StringIO:
    made = io.StringIO()
    made.close()
    return made


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError("nobody reads")


def counted(stream: Any) -> Any:
    def run() -> list[int]:
        with stderr(stream()):
            return list(progress.track(range(3), "counting"))

    return run


PROGRESS = [
    case(
        f"progress where stderr is {name}", counted(stream), right=lambda found: found == [0, 1, 2]
    )
    for name, stream in {"closed": closed, "not there": lambda: None, "broken": Broken}.items()
]
CASES = STREAM + COSTS + PROMPTS + FIGURES + WORDS + FILES + PROGRESS
