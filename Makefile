# `make run` and `make test` are all a newcomer needs. Everything is installed into ./.venv; nothing outside is changed.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Tests of several minutes, such as 200 crashes, are marked slow and run by `make faults` only.
TESTS  ?= tests plugins
WORKERS ?= 2
# Thousands of installations are made and thrown away; memory spares waiting for the disk, where there is enough of it.
SCRATCH ?= $(shell [ "$$(df --output=avail /dev/shm 2> /dev/null | tail -n 1)" -gt 6000000 ] 2> /dev/null && echo /dev/shm)

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench screenshots faults lock clean

help:  ## What can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.ready  ## Set up in ./var and start; DEMO=1 adds invented contacts
	@$(BIN)/confida init --if-missing
	@$(BIN)/confida migrate > /dev/null
	@if [ -n "$(DEMO)" ]; then $(BIN)/confida demo load --if-missing; fi
	@exec $(BIN)/confida serve

test: $(VENV)/.ready-dev  ## The whole suite, on SQLite and on PostgreSQL
	@$(BIN)/python scripts/say_what_is_left_out.py
	@# The browser's driver occupies the event loop of its process, so its tests have a session of their own, beside the others.
	@# What was compiled once is kept, also where the environment says otherwise: three processes and hundreds of short ones use it.
	@unset PYTHONDONTWRITEBYTECODE; \
	failed=0; log=$$(mktemp); \
	export TMPDIR=$(or $(SCRATCH),$${TMPDIR:-/tmp}); \
	$(BIN)/python -m pytest tests/browser -q > $$log 2>&1 & browser=$$!; \
	$(BIN)/python -m pytest $(TESTS) --ignore tests/browser -n $(WORKERS) --dist worksteal -q || failed=1; \
	wait $$browser || failed=1; \
	cat $$log; rm -f $$log; \
	exit $$failed

lint: $(VENV)/.ready-dev  ## Style, types, layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy core consent web plugins tests
	$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache
	$(BIN)/codespell core consent web plugins tests scripts docs docker Makefile *.md

format: $(VENV)/.ready-dev  ## Let ruff put everything into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready-dev  ## Measure what the design promises, and print a table; QUICK=1 with a tenth of the data
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick)

screenshots: $(VENV)/.ready-dev  ## Photograph the running program for the documentation
	$(BIN)/python scripts/screenshots.py

faults: $(VENV)/.ready-dev  ## 200 crashes under 16 writers, and everything else that takes minutes
	$(BIN)/python -m pytest $(TESTS) -m slow -q

lock:  ## Write the locked requirements anew (needs uv)
	uv pip compile pyproject.toml --group build $(LOCK) --output-file requirements.txt
	uv pip compile pyproject.toml --group build --extra pdf --extra einvoice --extra xlsx $(LOCK) --constraint requirements.txt --output-file requirements-image.txt
	uv pip compile pyproject.toml --group build --group dev $(LOCK) --constraint requirements.txt --output-file requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock"

clean:  ## Remove what can be made again; ./var stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Confida needs Python 3.11 or later; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what is locked in requirements.txt"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what is locked in requirements-dev.txt"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.ready
