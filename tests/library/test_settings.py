"""Profiles: the same keys in each, checked before anything runs."""

import pytest
import yaml

import tiny_book as tiny
from synergycore import settings
from synergycore.errors import SynergyError


@pytest.fixture
def write(tmp_path, monkeypatch):
    root = tiny.copy_root(tmp_path)
    monkeypatch.setenv("SYNERGY_ROOT", str(root))
    path = root / "profiles" / "smoke.yml"

    def written(**changes):
        values = yaml.safe_load(path.read_text()) | changes
        path.write_text(yaml.safe_dump({k: v for k, v in values.items() if v is not None}))
        return settings.load_profile("smoke")

    return written


def test_every_profile_of_the_book_is_valid(monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(tiny.REPOSITORY))
    for name in settings.profile_names():
        assert settings.load_profile(name).models


def test_a_profile_has_sections_for_chapters(write):
    assert write().chapters == {}
    assert write(chapters={"tiny": {"tau": 2}}).chapters == {"tiny": {"tau": 2}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tau": 0}, "tau is 0, expected greater than or equal to 1; correct the file"),
        ({"tau": "1"}, "tau is '1', expected a valid integer"),
        ({"stop_at_eos": 1}, "stop_at_eos is 1, expected a valid boolean"),
        ({"dtype": "int8"}, "dtype is 'int8', expected 'auto', 'float32', 'bfloat16' or 'float16'"),
        ({"device": "tpu"}, r"device is 'tpu', string should match pattern .*auto\|cpu\|mps\|cuda"),
        ({"models": []}, "models is .., list should have at least 1 item"),
        ({"tau": None}, "tau is missing"),
        ({"taux": 1}, "taux is unknown; the keys are prompts_per_category, new_tokens"),
        ({"signal": "z_norm"}, "signal is unknown"),
        ({"chapters": {"tinyy": {}}}, "there is no chapter 'tinyy'; .* tiny"),
        ({"chapters": {"tiny": 3}}, "chapters.tiny is 3, expected a valid dictionary"),
    ],
)
def test_a_profile_that_is_not_as_it_must_be_is_refused(write, change, said):
    with pytest.raises(SynergyError, match=f"profile smoke.yml: {said}"):
        write(**change)


def test_every_parameter_has_a_sentence():
    source = (settings.Path(settings.__file__)).read_text()
    for name in settings.Parameters.model_fields:
        line = source.split(f"\n    {name}: ")[1].split("\n")[1]
        assert line.strip().startswith('"""'), name
