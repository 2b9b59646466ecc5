"""`synergy chapter`: strict about what it is given, plain about what went wrong."""

import json

import nbformat
import pytest

import tiny_book as tiny


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tiny.copy_root(tmp_path_factory.mktemp("root"))


def printed(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


def test_a_chapter_takes_profile_values_then_given_ones(root):
    (root / "007").mkdir()
    (root / "007" / "config.json").write_text("{}")
    run = tiny.synergy(root, "chapter", "tiny", "--profile", "smoke", "-p", "model=007")
    path = root / "build" / "chapters" / "smoke" / "tiny--007.ipynb"
    assert run.returncode == 0, run.stderr
    assert str(path) in run.stdout
    notebook = nbformat.read(path, 4)
    assert printed(notebook) == "('007', 1, 0, False)\nTrue\n"
    assert notebook.cells[1].source == "model = '007'\ntau = 1\nseed = 0\nstop_at_eos = False"
    assert notebook.metadata["language_info"]["name"] == "python"
    assert notebook.metadata["synergy"]["parameters"]["stop_at_eos"] is False
    assert notebook.metadata["synergy"]["peak_memory_bytes"] > 0
    assert "papermill" not in notebook.metadata
    assert json.loads((path.with_suffix("") / "claims.json").read_text())["records"] == []
    assert not path.with_suffix(".partial.ipynb").exists()


def test_output_goes_where_it_is_told(root, tmp_path):
    run = tiny.synergy(root, "chapter", "tiny", "--output", str(tmp_path / "deep" / "x.ipynb"))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "deep" / "x.ipynb").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tinyy"], "unknown chapter 'tinyy'; choose one of tiny"),
        (["tiny", "--profile", "small"], "unknown profile 'small'; choose one of demo"),
        (["tiny", "-p", "taux=1"], "has no parameter 'taux'; its parameters are model, tau"),
        (["tiny", "-p", "tau=0"], "parameter 'tau' is '0', expected greater than or equal to 1"),
        (["tiny", "-p", "stop_at_eos=x"], "'stop_at_eos' is 'x', expected a valid boolean"),
        (["tiny", "-p", "model=m"], "unknown model 'm'; choose one of smollm2-135m"),
        (["tiny", "--profile", "../profiles/demo"], "unknown profile '../profiles/demo'"),
        (["tiny", "--output", "x.html"], "does not end in .ipynb"),
    ],
    ids=["chapter", "profile", "parameter", "limit", "type", "model", "path", "output"],
)
def test_unknown_chapter_profile_parameter_or_type_is_one_sentence(root, arguments, said):
    run = tiny.synergy(root, "chapter", *arguments)
    assert run.returncode == 2
    assert said in run.stderr
    assert run.stderr.startswith("error: ")
    assert run.stderr.count("\n") == 1
    assert "Traceback" not in run.stderr


def test_a_chapter_that_raises_shows_its_cell_and_keeps_the_notebook(tmp_path):
    text = tiny.CHAPTER.replace("import os\n", "import os\nif tau == 1:\n    raise OSError('no')\n")
    root = tiny.copy_root(tmp_path, text)
    run = tiny.synergy(root, "chapter", "tiny", "-p", "model=gemma-3-270m")
    partial = root / "build" / "chapters" / "demo" / "tiny--gemma-3-270m.partial.ipynb"
    assert run.returncode == 2
    assert "raise OSError('no')" in run.stderr
    assert "OSError: no" in run.stderr
    assert run.stderr.rstrip().splitlines()[-1].startswith("error: chapter tiny stopped in cell")
    assert str(partial) in run.stderr
    assert partial.is_file()
    assert not (root / "build" / "chapters" / "demo" / "tiny--gemma-3-270m.ipynb").exists()


def test_a_chapter_whose_process_dies_is_reported(tmp_path):
    text = tiny.CHAPTER.replace("import os\n", "import os, signal\nos.kill(os.getpid(), 9)\n")
    run = tiny.synergy(tiny.copy_root(tmp_path, text), "chapter", "tiny")
    assert run.returncode == 2
    assert "ended from outside" in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((":tags: [parameters]\n", ""), "has 0 cells tagged"),
        (("tau = 1", "tau = len('a')"), "is no parameter; write"),
    ],
)
def test_a_chapter_text_without_proper_parameters_is_refused(tmp_path, change, said):
    root = tiny.copy_root(tmp_path, tiny.CHAPTER.replace(*change))
    run = tiny.synergy(root, "chapter", "tiny")
    assert run.returncode == 2
    assert said in run.stderr


def test_a_sentence_without_its_number_is_told(tmp_path):
    text = tiny.CHAPTER.replace("The rate", "{glue:text}`nothing` is the rate")
    run = tiny.synergy(tiny.copy_root(tmp_path, text), "chapter", "tiny")
    assert run.returncode == 2
    assert "error: chapter tiny: cell 3 says {glue:text}`nothing`, but nothing" in run.stderr


@pytest.mark.parametrize("leave", ["sys.exit(0)", "os._exit(0)"])
def test_a_chapter_that_leaves_in_its_middle_is_no_chapter(tmp_path, leave):
    text = tiny.CHAPTER.replace("import os\n", f"import os, sys\n{leave}\n")
    root = tiny.copy_root(tmp_path, text)
    run = tiny.synergy(root, "chapter", "tiny")
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].startswith("error: chapter tiny")
    assert not list((root / "build").rglob("tiny--smollm2-135m.ipynb"))
