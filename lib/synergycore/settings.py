"""Profiles, paths, and the choice of device and dtype: everything a run is told from outside."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synergycore.errors import SynergyError
from synergycore.files import read_yaml

if TYPE_CHECKING:
    import torch


class Sizes(BaseModel):
    """What every profile sets for all chapters; a chapter may hold any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    prompts_per_category: Annotated[int, Field(ge=1, le=10)]
    """Prompts taken from each of the six categories."""
    new_tokens: Annotated[int, Field(ge=8, le=100_000)]
    """Tokens generated per prompt: the length T of every series."""
    stop_at_eos: bool
    """Honour the end-of-sequence token; false suppresses it, so that all series have one length."""
    temperature: Annotated[float, Field(ge=0, le=100)]
    """0 decodes greedily; above 0 samples at that temperature with `seed`."""
    tau: Annotated[int, Field(ge=1, le=10_000)]
    """Lag of the decomposition, in tokens."""
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    """Seed of everything that is drawn at random."""
    twin_seeds: Annotated[int, Field(ge=1, le=1000)]
    """Random twins (freshly initialised models of the same geometry) per model."""
    bootstrap_samples: Annotated[int, Field(ge=20, le=100_000)]
    """Resamples of the prompts behind every interval."""
    null_samples: Annotated[int, Field(ge=20, le=100_000)]
    """Draws from every shuffling null."""
    batch_size: Annotated[int, Field(ge=1, le=10_000)]
    """Prompts generated or replayed together."""
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:[0-9]+)?)$")]
    """auto, cpu, cuda or mps."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"]
    """Of the model; the analysis is always float64."""


class Parameters(Sizes):
    """Every parameter that chapters share. A chapter holds some of them, with its own defaults."""

    model: Annotated[str, Field(min_length=1)]
    """A name that `synergy models` lists, or a folder."""
    signal: Literal["z_norm", "write_norm", "chunk_norm"]
    """Which number a head gives per token: its output, what it writes, a chunk of the layer."""
    score: Literal["rank_difference", "difference", "ratio"]
    """How a head's synergy and redundancy become one number."""
    estimator: Literal["gaussian", "copula", "discrete"]
    """How information is estimated from two series."""
    redundancy: Literal["mmi", "ccs"]
    """Which function defines redundancy."""
    preparation: Literal["none", "differenced", "detrended"]
    """What is done to every series before it is decomposed."""


class Profile(Sizes):
    """One size of the whole book; the chapters' parameters of the same names take these values."""

    models: Annotated[list[str], Field(min_length=1)]
    """Models every figure is made for; the first one is the one the chapters print."""
    chapters: dict[str, dict[str, Any]] = {}
    """Chapter -> values of parameters that it alone has, or has otherwise than the others."""


def root() -> Path:
    """The repository: `SYNERGY_ROOT`, else the nearest folder upwards that has `_toc.yml`."""
    if chosen := os.environ.get("SYNERGY_ROOT"):
        if not any(_of_book(Path(chosen))):
            raise SynergyError(
                f"SYNERGY_ROOT is {chosen}, which holds neither _toc.yml nor notebooks; set it to "
                "the book's repository or unset it."
            )
        return Path(chosen).resolve()
    for folder in [Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]]:
        if all(_of_book(folder)):
            return folder.resolve()
    raise SynergyError(
        f"{Path.cwd()} is not inside the book's repository; change into it or set SYNERGY_ROOT."
    )


def _of_book(folder: Path) -> tuple[bool, bool]:
    """Whether `folder` holds what the book's repository holds."""
    return (folder / "_toc.yml").is_file(), (folder / "notebooks").is_dir()


def build_dir() -> Path:
    """What a build makes and can make again: `SYNERGY_BUILD`, else `build/` in the repository."""
    return Path(os.environ.get("SYNERGY_BUILD") or root() / "build").resolve()


def chapter_output(chapter: str, model: str) -> Path:
    """Folder for what a chapter writes: `SYNERGY_CHAPTER_OUT`, else, in Jupyter, one of its own."""
    chosen = os.environ.get("SYNERGY_CHAPTER_OUT")
    name = re.sub("[^A-Za-z0-9._-]+", "-", model)
    return Path(chosen).resolve() if chosen else build_dir() / "lab" / name / chapter


def cache_dir() -> Path:
    """Converted models, shared by all checkouts: `SYNERGY_CACHE`, else the user's cache folder."""
    return Path(os.environ.get("SYNERGY_CACHE") or user_cache_path("synergycore")).resolve()


def chapter_names() -> list[str]:
    """Every chapter of the book, sorted."""
    return sorted(path.stem for path in (root() / "notebooks").glob("*.md"))


def profile_names() -> list[str]:
    return sorted(path.stem for path in (root() / "profiles").glob("*.yml"))


def load_profile(name: str) -> Profile:
    """Read `profiles/<name>.yml`.

    Raises SynergyError for an unknown name, an unknown key, a missing key or a wrong type.
    """
    path = root() / "profiles" / f"{name}.yml"
    if name not in profile_names():  # a name and no path
        raise SynergyError(f"unknown profile {name!r}; choose one of {', '.join(profile_names())}.")
    try:
        profile = Profile.model_validate(read_yaml(path) or {})
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the file"
        raise SynergyError(
            f"profile {path.name}: {where} {expected(error)}; correct the file."
        ) from None
    unknown = [name for name in profile.chapters if name not in chapter_names()]
    if unknown:
        raise SynergyError(
            f"profile {path.name}: there is no chapter {unknown[0]!r}; its section `chapters` may "
            f"name {', '.join(chapter_names()) or 'none'}."
        )
    return profile


def expected(error: ValidationError) -> str:
    """What pydantic saw first, in our words: "is 6, expected greater than or equal to 8"."""
    first = error.errors()[0]
    wanted = first["msg"].replace("Input should be ", "expected ")
    if first["type"] == "missing":
        return "is missing"
    if first["type"] == "extra_forbidden":
        return f"is unknown; the keys are {', '.join(Profile.model_fields)}"
    return f"is {first['input']!r}, {wanted[0].lower()}{wanted[1:]}"


def choose_device(name: str = "auto") -> str:
    """`auto` is cuda where there is one, else mps, else cpu.

    Raises SynergyError for an unknown device and for one that this machine lacks.
    """
    import torch

    has = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if name == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if has[device])
    kind = name.split(":")[0]
    if kind not in has:
        raise SynergyError(f"unknown device {name!r}; choose auto, {', '.join(has)}.")
    if not has[kind]:
        raise SynergyError(f"device {name!r} is not available on this machine; use device=auto.")
    return name


def choose_dtype(name: str, device: str) -> torch.dtype:
    """`auto` is bfloat16 on cuda and float32 elsewhere.

    Raises SynergyError for an unknown dtype.
    """
    import torch

    known = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if name == "auto":
        return torch.bfloat16 if device.startswith("cuda") else torch.float32
    if name not in known:
        raise SynergyError(f"unknown dtype {name!r}; choose auto, {', '.join(known)}.")
    return known[name]
