"""`synergy doctor`: every fault it looks for is found when it is there."""

import sys
from collections import namedtuple

import pytest

from synergycore.cli import health

Usage = namedtuple("Usage", "total used free")
Memory = namedtuple("Memory", "total")


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYNERGY_BUILD", str(tmp_path / "build"))
    return tmp_path


def test_a_machine_that_works_has_no_bad_finding(places):
    findings = [one for check in (health.python, health.device, health.disk) for one in check()]
    assert all(one.good for one in findings)
    assert str(findings[0]).startswith("ok   python: 3.")


def test_a_full_disk_is_found(places, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(1e10, 9e9, 1e9))
    cache, build = health.disk()
    assert not cache.good
    assert "1.0 GB free, 5 are needed; make room or set SYNERGY_CACHE" in cache.said
    assert "SYNERGY_BUILD" in build.said


def test_a_folder_that_cannot_be_written_is_found(places, monkeypatch):
    monkeypatch.setattr(health.os, "access", lambda path, mode: False)
    assert [one.good for one in health.disk()] == [False, False]


def test_little_memory_is_found(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: Memory(2e9))
    (finding,) = health.memory()
    assert not finding.good
    assert "2 GB" in finding.said


def test_a_package_other_than_pinned_is_found(monkeypatch):
    true = health._version
    monkeypatch.setattr(health, "_version", lambda n: "0.0.1" if n == "numpy" else true(n))
    (finding,) = health.packages()
    assert not finding.good
    assert "numpy 0.0.1 (pinned 2." in finding.said


def test_a_missing_package_is_found(monkeypatch):
    true = health._version
    monkeypatch.setattr(health, "_version", lambda n: "" if n == "torch" else true(n))
    (finding,) = health.packages()
    assert finding.said == "torch missing; run `make setup`."


def test_what_cannot_be_looked_at_is_told_and_the_rest_goes_on(places, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setenv("SYNERGY_ROOT", str(places))  # an empty folder: no constraints, no profiles
    monkeypatch.setattr(health, "CHECKS", (health.python, health.device, health.models))
    works, device, models = health.examine()
    assert works.good
    assert str(device) == "BAD  device: cannot be looked at, torch is missing; run `make setup`."
    assert not models.good
    assert "SYNERGY_ROOT is" in models.said


def test_no_browser_is_told_but_is_no_fault(monkeypatch):
    monkeypatch.setattr(health.shutil, "which", lambda name: None)
    (finding,) = health.browser()
    assert finding.good
    assert "skipped" in finding.said


def test_models_that_are_not_here_are_named(places):
    (finding,) = health.models()
    assert "fetched at the first build, which needs the network: smollm2-135m" in finding.said
