# Thin lines over the command `synergy`; everything is made in .venv, build/ and _build/.
PROFILE ?= demo
NAME    ?= fig1_synergistic_core
ARGS    ?=
VENV    ?= .venv
# The first Python that is new enough; choose another with: make PYTHON=/path/to/python book
PYTHON  ?= $(firstword $(foreach p,python3 python3.11 python3.12 python3.13 python3.14,\
	$(shell $p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $p)))

BIN   := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup book test faults chapter check lab results bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo '  variables: PROFILE=smoke|demo|paper  NAME=chapter  ARGS="-p name=value"  PYTHON=python3'

setup: $(READY) ## make or update .venv

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo 'error: no Python 3.11 or newer was found; install one (Debian: apt install python3 python3-venv) or say make PYTHON=/path/to/python.' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo 'error: $(PYTHON) cannot make a virtual environment; install its venv module (Debian: apt install python3-venv).' >&2; exit 1; }
	@echo 'installing the environment into $(VENV) (some minutes, once)'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[models,book,test]'
	@touch $@

book: $(READY) ## build what changed, print the page to open
	@$(BIN)/synergy book --profile $(PROFILE)

test: $(READY) ## the whole test suite, a smoke book included
	@$(BIN)/python -m pytest

faults: $(READY) ## try what can go wrong, outside the engine, and count what was survived
	@PYTHONPATH=tests $(BIN)/python -m faults $(ARGS)

chapter: $(READY) ## one chapter: make chapter NAME=... ARGS="-p model=gemma-3-270m"
	@$(BIN)/synergy chapter $(NAME) --profile $(PROFILE) --html $(ARGS)

check: $(READY) ## lint, types, imports, unit tests: under a minute
	@$(BIN)/ruff check lib tests benchmarks
	@$(BIN)/ruff format --check lib tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry lib tests benchmarks
	@$(BIN)/python -m pytest -q -n auto tests/library tests/chapters tests/reference

bench: $(READY) ## time the engine, the graphs, and a cold and a warm build of PROFILE
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[benchmark]'
	@$(BIN)/python benchmarks/phiid_engine.py
	@$(BIN)/python benchmarks/graphs.py
	@$(BIN)/python benchmarks/book.py --profile $(PROFILE)

lab: $(READY) ## the chapters in JupyterLab
	@$(BIN)/synergy lab -- $(ARGS)

results: $(READY) ## the claims of a finished build of PROFILE into results/ and README.md, to be committed
	@$(BIN)/synergy results --profile $(PROFILE)

clean: ## remove everything that a build made; models stay in the cache
	rm -rf build _build .snakemake .pytest_cache .hypothesis .mypy_cache .ruff_cache
