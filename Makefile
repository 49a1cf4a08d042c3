# Everything runs inside .venv; `make help` lists the targets.
PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
LOCKED := .venv/.locked
INSTALLED := .venv/.installed
unexport PYTHONDONTWRITEBYTECODE # modules are compiled once, not at every start
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
STRIP := --keep-id --extra-keys "metadata.papermill cell.metadata.papermill" --drop-tagged-cells injected-parameters

.DEFAULT_GOAL := help
.PHONY: help setup reports test browser lab check bench evidence targets canaries lock environment docs clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(INSTALLED) ## create .venv with the locked packages and the project (repeating it costs nothing)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Vajadzīgs Python 3.11 vai jaunāks; „$(PYTHON)” tāds nav. Norādiet citu: make setup PYTHON=python3.12" >&2; \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Name another: make setup PYTHON=python3.12" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "Neizdevās izveidot .venv (Debian: apt-get install python3-venv)." >&2; \
	  echo "Could not create .venv (Debian: apt-get install python3-venv)." >&2; \
	  exit 1; }

# Without compiling: each module is compiled when it is first used, which halves the wait here.
$(LOCKED): requirements.lock | $(BIN)/python
	@echo "Installing the locked packages into .venv: a minute or two."
	@$(PIP) --no-compile --require-hashes --requirement requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	@$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

reports: setup ## make a page per municipality with an index, in reports/
	$(ONE_THREAD) $(BIN)/burtnica reports $(ARGS)

test: setup browser ## run the tests and every notebook as it stands
	$(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile \
	  tests $(if $(NOTEBOOKS),--nbval-lax notebooks) $(ARGS)

browser: setup ## find a Chromium for the tests, or get one
	@sh tools/browser.sh $(BIN)/python

lab: setup ## open JupyterLab on the start page
	$(BIN)/burtnica lab

check: setup ## style, types, floors, and notebooks without outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify $(STRIP) $(NOTEBOOKS))

bench: setup ## run the benchmarks, one after the other
	@set -e; for script in $(wildcard benchmarks/*.py); do echo "== $$script"; $(BIN)/python $$script; done

evidence: setup ## measure the methods on invented countries and write docs/evidence.md (some minutes)
	$(ONE_THREAD) $(BIN)/python -m tools.evidence

canaries: setup ## plant private things in a delivery and search every published byte of all its pages (some minutes)
	$(ONE_THREAD) BURTNICA_CANARIES=all $(BIN)/python -m pytest -n 0 -q tests/canaries $(ARGS)

targets: setup ## measure how often stated targets come true and write docs/targets.md (two minutes)
	$(ONE_THREAD) $(BIN)/python -m tools.targets

lock: ## write requirements.lock from pyproject.toml (needs uv; ARGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "uv is needed: pip install uv" >&2; exit 1; }
	uv pip compile pyproject.toml --quiet --universal --generate-hashes --all-extras --python-version 3.11 \
	  --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  --output-file requirements.lock $(ARGS)

environment: setup ## write environment.yml from pyproject.toml
	$(BIN)/python tools/environment.py

docs: setup ## write the pages of docs/ that are made from the code
	$(BIN)/python tools/tables.py
	$(BIN)/python tools/faults.py

clean: ## remove .venv, caches and the demo set (never data/raw, data/store or reports)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache data/demo
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
