"""The key of a recording: everything that its numbers follow from, and the code that makes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synergycore import recording
from synergycore.errors import SynergyError
from synergycore.recording import store
from tiny_models import PROMPTS, TinyPrompt, save

OPTIONS = {"new_tokens": 8, "device": "cpu", "dtype": "float32"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYNERGY_BUILD", str(tmp_path / "build"))
    return tmp_path, save(tmp_path / "model")


@pytest.mark.parametrize(
    "change",
    [
        {"new_tokens": 9},
        {"stop_at_eos": True},
        {"temperature": 0.5},
        {"seed": 1},
        {"batch_size": 1},
        {"dtype": "bfloat16"},
        {"random_weights_seed": 0},
        {"prompts": PROMPTS[:2]},
        {"prompts": [*PROMPTS[:2], TinyPrompt("middle", "words", "lazy cats.")]},
    ],
)
def test_everything_that_determines_the_numbers_is_in_the_key(place, change):
    _, name = place
    plain = key(name, **OPTIONS)
    assert plain == key(name, **OPTIONS)
    assert plain != key(name, **(OPTIONS | change))


def key(
    name,
    *,
    prompts=PROMPTS,
    device="cpu",
    dtype="float32",
    random_weights_seed=None,
    **decoding,
):
    defaults = {"stop_at_eos": False, "temperature": 0.0, "seed": 0, "batch_size": 12}
    where = {"device": device, "dtype": dtype}
    return store.file_name(name, prompts, defaults | decoding, where, random_weights_seed)


CHANGES = {
    "weights": ("model.safetensors", lambda old: old[:-4] + b"abcd"),
    "config": ("config.json", lambda old: old.replace(b'"rms_norm_eps": 1e-06', b'"r": 1')),
    "end of sequence": ("generation_config.json", lambda old: old.replace(b"257", b"259")),
    "tokenizer": ("tokenizer.json", lambda old: old.replace(b'"A": ', b'"\xc3\xa9": ', 1)),
    "names of tokens": ("tokenizer_config.json", lambda old: old.replace(b"<pad>", b"<eos>")),
    "chat template": ("chat_template.jinja", lambda old: old + b"!"),
    "another chat template": ("additional_chat_templates/tool.jinja", lambda old: b"!"),
    "index of shards": ("model.safetensors.index.json", lambda old: b"{}"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_file_that_loading_reads_is_in_the_key(place, what):
    tmp_path, _ = place
    name = save(tmp_path / "chat", chat=True)
    file, changed = CHANGES[what]
    path = tmp_path / "chat" / file
    before, old = key(name, **OPTIONS), path.read_bytes() if path.exists() else b""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(changed(old))
    assert path.read_bytes() != old
    assert key(name, **OPTIONS) != before


def test_a_change_that_sets_the_time_back_is_in_the_key(place):
    tmp_path, name = place
    before = key(name, **OPTIONS)
    path = tmp_path / "model" / "model.safetensors"
    seen, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-4] + b"abcd")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert key(name, **OPTIONS) != before


def test_the_code_that_records_is_in_the_key(place, monkeypatch):
    _, name = place
    before = key(name, **OPTIONS)
    monkeypatch.setattr(store, "code_hash", lambda: "other code")
    assert key(name, **OPTIONS) != before


def test_every_module_that_makes_numbers_is_in_the_hash_of_the_code(monkeypatch):
    read = []
    monkeypatch.setattr(store.hashing, "sha256", lambda path: read.append(path.name) or "")
    store.code_hash.__wrapped__()
    package = {path.name for path in Path(store.__file__).parent.glob("*.py")}
    assert set(read) == package - set(store.WITHOUT_NUMBERS) | {"loading.py"}
    assert {"generate.py", "recorder.py", "signals.py", "heads.py", "layout.py"} < set(read)


def test_whether_prompts_go_in_as_chat_is_in_the_key(place, monkeypatch):
    """The registry says that of a model; the files of its folder do not."""
    _, name = place
    before = key(name, **OPTIONS)
    monkeypatch.setattr(store.loading, "tuned_for_chat", lambda name: False)
    assert key(name, **OPTIONS) != before


def test_a_model_that_changes_while_it_is_recorded(place, monkeypatch):
    tmp_path, name = place
    record = store.record

    def meanwhile(loaded, prompts, **options):
        (tmp_path / "model" / "generation_config.json").write_text("{}")
        return record(loaded, prompts, **options)

    monkeypatch.setattr(store, "record", meanwhile)
    with pytest.raises(SynergyError, match="changed while it was recorded; record it again"):
        recording.load_or_record(name, PROMPTS, **OPTIONS)
    assert not list(tmp_path.glob("build/recordings/*"))


def test_other_libraries_other_key(place, monkeypatch):
    _, name = place
    before = key(name, **OPTIONS)
    monkeypatch.setattr(store, "versions", lambda: {"torch": "9", "transformers": "9"})
    assert key(name, **OPTIONS) != before
