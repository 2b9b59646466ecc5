"""What a step says as it fails is repeated at the end of its build."""

from synergycore.book import failures


def test_the_first_failure_is_told_and_the_others_are_counted(tmp_path, monkeypatch):
    monkeypatch.setenv(failures.MARK, str(tmp_path))
    assert failures.first(tmp_path).startswith("a step ended without a word")
    failures.note("chapter a stopped\nin cell 3.")
    assert failures.first(tmp_path) == "chapter a stopped in cell 3"
    failures.note("chapter b stopped.")
    assert failures.first(tmp_path).endswith("in cell 3 (and 1 more, which stand above)")
    failures.forget(tmp_path)
    assert "without a word" in failures.first(tmp_path)


def test_outside_of_a_build_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv(failures.MARK, raising=False)
    monkeypatch.chdir(tmp_path)
    failures.note("a sentence.")
    assert not list(tmp_path.iterdir())
