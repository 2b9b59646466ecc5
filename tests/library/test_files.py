"""Files are written whole or not at all."""

import pytest

from synergycore import files


def test_folders_are_made_and_the_text_is_there(tmp_path):
    files.write_text(tmp_path / "a" / "b.txt", "é−")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "é−".encode()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_who_reads_meanwhile_reads_the_old_file(tmp_path):
    path = tmp_path / "b.txt"
    path.write_text("old")
    with path.open() as reader:
        files.write_text(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "b.txt"
    path.write_text("old")

    def full(self, content):
        with self.open("wb") as file:
            file.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["b.txt"]
