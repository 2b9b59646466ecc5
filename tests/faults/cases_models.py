"""Models that are not what they say: folders, the cache, the Hub's cache, names and twins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import huggingface_hub.constants
import torch

from faults import tiny
from faults.harness import Case, Outcome, of_call
from faults.tiny import WEIGHTS, Change, cut, fields, flip, gone, weights, written
from small_disk import little_room
from synergycore import models
from synergycore.models import hashing, sources, sums
from tiny_models import tokenizer

UP = "model.layers.1.mlp.up_proj.weight"
CONFIG, ENDS, WORDS = "config.json", "generation_config.json", "tokenizer.json"
INDEX = "model.safetensors.index.json"
PART = '{"metadata": {}, "weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors"}}'


def number(value: float, key: str = UP) -> Change:
    return weights(lambda tensors: tensors[key].view(-1)[7:8].fill_(value))


def put(key: str, *shape: int) -> Change:
    return weights(lambda tensors: tensors.update({key: torch.ones(shape)}))


def moved(file: str, target: str, content: str = "") -> Change:
    def change(folder: Path) -> None:
        (folder / file).rename(folder / target)
        if content:
            (folder / INDEX).write_text(content)

    return change


REFUSED: dict[str, tuple[Change, Sequence[str]]] = {
    "a tensor missing": (weights(lambda t: t.pop(UP)), [UP, "lack"]),
    "the output layer missing": (weights(lambda t: t.pop("lm_head.weight")), ["lm_head"]),
    "no tensors at all": (weights(lambda t: t.clear()), ["lack", "more"]),
    "a tensor left over": (put("extra.weight", 2), ["extra.weight"]),
    "a layer left over": (put("model.layers.3.mlp.up_proj.weight", 48, 32), ["model.layers.3"]),
    "a tensor under another name": (
        weights(lambda t: t.update({"up": t.pop(UP)})), [UP, "lack"],
    ),
    "a tensor of another shape": (put(UP, 47, 32), [UP, "(47, 32)", "(48, 32)"]),
    "a tensor that is turned": (put(UP, 32, 48), [UP, "(32, 48)"]),
    "a NaN in a weight": (number(float("nan")), [UP, "NaN"]),
    "an infinite weight": (number(float("inf")), [UP, "infinite"]),
    "a negative infinite weight": (number(float("-inf")), [UP, "infinite"]),
    "a NaN in a norm": (number(float("nan"), "model.norm.weight"), ["model.norm.weight"]),
    "a NaN in the embedding": (
        number(float("nan"), "model.embed_tokens.weight"), ["embed_tokens"],
    ),
    "weights cut in the middle": (cut(WEIGHTS, 0.5), ["Safetensor"]),
    "weights cut in their header": (cut(WEIGHTS, 0.001), ["Safetensor"]),
    "empty weights": (written(WEIGHTS, ""), ["Safetensor"]),
    "text for weights": (written(WEIGHTS, "version https://git-lfs"), ["Safetensor"]),
    "no weights": (gone(WEIGHTS), ["holds no *.safetensors"]),
    "weights that can run code": (moved(WEIGHTS, "pytorch_model.bin"), ["only safetensors"]),
    "weights under another name": (moved(WEIGHTS, "x.safetensors"), ["model.safetensors"]),
    "a shard missing": (
        moved(WEIGHTS, "model-00001-of-00002.safetensors", PART), ["model-00002-of-00002"],
    ),
    "a config with fewer layers": (fields(CONFIG, num_hidden_layers=2), ["no place for"]),
    "a config with more layers": (fields(CONFIG, num_hidden_layers=4), ["lack", "layers.3"]),
    "a config without layers": (fields(CONFIG, num_hidden_layers=0), ["no place for"]),
    "a config with fewer heads": (fields(CONFIG, num_attention_heads=2), ["shape"]),
    "a config with no heads": (fields(CONFIG, num_attention_heads=0), ["config"]),
    "a config of another width": (fields(CONFIG, hidden_size=64), ["shape", "64"]),
    "a config of another vocabulary": (fields(CONFIG, vocab_size=300), ["shape", "300"]),
    "a config of a number in words": (fields(CONFIG, num_hidden_layers="three"), ["three"]),
    "a config of no known kind": (fields(CONFIG, model_type="nothing"), ["nothing"]),
    "a config of another architecture": (fields(CONFIG, model_type="bert"), ["lack", "bert"]),
    "a config without a kind": (written(CONFIG, "{}"), ["Unrecognized model"]),
    "a config cut in the middle": (cut(CONFIG, 0.5), ["config.json"]),
    "a config with an unknown activation": (fields(CONFIG, hidden_act="nothing"), ["nothing"]),
    "a config that turns nothing": (
        fields(CONFIG, rope_parameters={"rope_type": "default", "rope_theta": 0.0}), ["inv_freq"],
    ),
    "an end that the model does not have": (fields(ENDS, eos_token_id=99999), ["99999"]),
    "an end in words": (fields(ENDS, eos_token_id="stop"), ["stop"]),
    "a generation config cut in the middle": (cut(ENDS, 0.5), [ENDS]),
    "a generation config that is a list": (written(ENDS, "[]"), [ENDS]),
    "an adapter beside the weights": (written("adapter_config.json", "{}"), ["adapter"]),
    "no tokenizer": (gone(WORDS), ["tokenizer"]),
    "an empty tokenizer": (written(WORDS, "{}"), ["tokenizer"]),
    "a tokenizer cut in the middle": (cut(WORDS, 0.5), ["tokenizer"]),
}  # fmt: skip

RIGHT: dict[str, Change] = {
    "an image tower beside the text": put("vision_tower.encoder.layers.0.weight", 2),
    "what joins images to the text": put("multi_modal_projector.linear.weight", 2),
    "frequencies that older versions saved": put("model.layers.0.self_attn.rotary_emb.inv_freq", 4),
    "no generation config": gone(ENDS),
    "files of others in the folder": written("README.md", "# words"),
}


def of_folder(change: Change, names: Sequence[str], right: Callable | None = None, **options: Any):
    def run(folder: Path) -> Outcome:
        with tiny.place(folder):
            name = tiny.model(folder, change)
            return of_call(lambda: models.load(name, device="cpu", **options), names, right)

    return run


def is_the_original(loaded: models.LoadedModel) -> bool:
    with tiny.place(Path(loaded.name).parent):
        original = models.load(str(tiny.original()), device="cpu").model.state_dict()
    return all(torch.equal(original[k], v) for k, v in loaded.model.state_dict().items())


def of_seed(seed: object):
    return of_folder(lambda folder: None, ["random_weights_seed", seed], random_weights_seed=seed)


def of_name(name: object):
    def run(folder: Path) -> Outcome:
        with tiny.place(folder):
            return of_call(lambda: models.load(name), ["unknown model", "smollm2-135m"])  # type: ignore[arg-type]

    return run


NAME = "smollm2-135m"
DAMAGE: dict[str, Change] = {
    "a bit of the weights": flip(WEIGHTS),
    "a bit of the weights' header": flip(WEIGHTS, 200),
    "a bit of the config": flip(CONFIG),
    "a bit of the tokenizer": flip(WORDS),
    "a bit of the generation config": flip(ENDS),
    "a bit of the digests": flip(sums.NAME),
    "weights cut in the middle": cut(WEIGHTS, 0.5),
    "no weights": gone(WEIGHTS),
    "no tokenizer": gone(WORDS),
    "no config": gone(CONFIG),
    "no digests": gone(sums.NAME),
    "empty digests": written(sums.NAME, ""),
    "another chat template": written("chat_template.jinja", "hello"),
    "more weights": written("more.safetensors", "x"),
}


def converting(folder: Path):
    """The conversion of a tiny model in the place of the real one."""
    return patch.multiple(
        sources,
        gguf_from_wheels=lambda *where: folder,
        convert=lambda gguf, target: tiny.shutil.copytree(tiny.original(), target),
    )


def of_damage(change: Change):
    """It is named, and the model is the one that was made."""

    def run(folder: Path) -> Outcome:
        with tiny.place(folder), converting(folder), tiny.warnings() as said:
            before = hashing.folder_hash(models.fetch(NAME, progress=False))
            change(models.fetch(NAME))
            return of_call(
                lambda: models.fetch(NAME, progress=False),
                right=lambda found: (
                    hashing.folder_hash(found) == before
                    and f"{NAME} in {found} is damaged" in "".join(said)
                ),
            )

    return run


def full(folder: Path) -> Outcome:
    with tiny.place(folder), converting(folder), little_room(20_000):
        return of_call(
            lambda: models.fetch(NAME, progress=False), ["no room", NAME, "SYNERGY_CACHE"]
        )


def full_at_the_end(folder: Path) -> Outcome:
    """The tokenizer's own library writes last, and has an error of its own."""

    def convert(gguf: Path, target: Path) -> None:
        target.mkdir()
        tokenizer().save_pretrained(target)

    end = patch.object(sources, "convert", convert)
    with tiny.place(folder), converting(folder), end, little_room(3_000):
        return of_call(
            lambda: models.fetch(NAME, progress=False), ["no room", NAME, "SYNERGY_CACHE"]
        )


def closed(folder: Path) -> Outcome:
    (folder / "cache").write_text("a file")
    with tiny.place(folder), converting(folder):
        names = ["cannot be written", NAME, "SYNERGY_CACHE"]
        return of_call(lambda: models.fetch(NAME, progress=False), names)


def closed_with_a_local_model(folder: Path) -> Outcome:
    """What is only remembered there is not needed."""
    (folder / "cache").write_text("a file")
    return of_folder(lambda folder: None, [], is_the_original)(folder)


def of_hub(change: Callable[[Path], object], names: Sequence[str]):
    """The Hub's cache without a network: files are links to what they are called by."""
    commit = models.entry("pythia-1b").source.revision  # type: ignore[union-attr]

    def run(folder: Path) -> Outcome:
        repository = folder / "hub" / "models--EleutherAI--pythia-1b"
        snapshot, blobs = repository / "snapshots" / commit, repository / "blobs"
        snapshot.mkdir(parents=True)
        blobs.mkdir()
        for path in sorted(Path(tiny.model(folder)).iterdir()):
            content = path.read_bytes()
            small = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            large = hashlib.sha256(content).hexdigest()
            blob = blobs / (large if path.suffix == ".safetensors" else small)
            blob.write_bytes(content)
            (snapshot / path.name).symlink_to(blob)
        change(snapshot)
        constants = huggingface_hub.constants
        offline = patch.multiple(constants, HF_HUB_OFFLINE=True, HF_HUB_CACHE=str(folder / "hub"))
        with tiny.place(folder), offline:
            return of_call(lambda: models.load("pythia-1b", device="cpu"), names)

    return run


HUB: dict[str, tuple[Change, Sequence[str]]] = {
    "a bit of the weights": (flip(WEIGHTS), [WEIGHTS, "not what the Hub sent", "delete"]),
    "a bit of the config": (flip(CONFIG), [CONFIG, "not what the Hub sent", "delete"]),
    "a bit of the tokenizer": (flip(WORDS), [WORDS, "not what the Hub sent", "delete"]),
    "weights cut in the middle": (cut(WEIGHTS, 0.5), [WEIGHTS, "not what the Hub sent"]),
    "no weights": (gone(WEIGHTS), ["no safetensors"]),
    "a link that leads nowhere": (
        lambda snapshot: (snapshot / WEIGHTS).resolve().unlink(), ["pythia-1b"],
    ),
    "nothing": (lambda snapshot: tiny.shutil.rmtree(snapshot.parents[1]), ["Hub", "pythia-1b"]),
}  # fmt: skip

CASES = [
    *(Case(f"a folder: {n}", of_folder(c, names), n == "a tensor missing")
      for n, (c, names) in REFUSED.items()),
    *(Case(f"a whole folder: {n}", of_folder(c, [], is_the_original)) for n, c in RIGHT.items()),
    Case("too large for float16", of_folder(number(1e6), [UP, "float16"], dtype="float16")),
    Case("an unknown dtype", of_folder(lambda f: None, ["float8", "float32"], dtype="float8")),
    *(Case(f"a twin of seed {seed!r}", of_seed(seed)) for seed in (-1, 1.5, True, "1", 2**63)),
    *(Case(f"a model called {str(name)[:20]!r}", of_name(name))
      for name in ("", "smollm9", "../../etc", "~nobody/x", "a\0b", "x" * 300, None, 3, "a;ls")),
    *(Case(f"the cache: {n}", of_damage(c), n == "a bit of the weights")
      for n, c in DAMAGE.items()),
    Case("a full cache", full, True),
    Case("a cache that is full at the end", full_at_the_end),
    Case("a cache that cannot be written", closed),
    Case("a local model, and a cache that cannot be written", closed_with_a_local_model),
    *(Case(f"the Hub's cache: {n}", of_hub(c, names)) for n, (c, names) in HUB.items()),
]  # fmt: skip
