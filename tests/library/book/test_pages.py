"""Generated tables, and the records that they are made from."""

from synergycore.book import pages

MEASURED = {
    "profile": "demo",
    "cold_seconds": 90.0,
    "warm_seconds": 4.4,
    "peak_memory_bytes": 1_500_000_000,
    "models_fetched": True,
    "date": "2026-11-23",
    "machine": "a machine",
}


def test_a_measured_build_is_printed_with_its_units():
    sentence = pages.whole_build(MEASURED)
    assert "**1.5 minutes**" in sentence
    assert "**4 seconds**" in sentence
    assert "**1.5 GB**" in sentence
    assert "a machine" in sentence


def run(model):
    return {"chapter": "c", "parameters": {"model": model}, "seconds": 90, "peak_memory_bytes": 2e9}


def test_chapter_times_link_to_each_models_page():
    lines = pages.chapter_times([run("m"), run("n")]).splitlines()
    assert lines[-2:] == [
        "| {doc}`/notebooks/c` | `m` | 1.5 | 2.0 GB |",
        "| {doc}`/notebooks/c--n` | `n` | 1.5 | 2.0 GB |",
    ]


def test_the_models_table_holds_for_every_machine():
    table = pages.models_table()
    assert "`smollm2-135m`" in table
    assert "cached" not in table
