# Two commands are all a new machine needs: `make demo` and `make test`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup test check demo clean

help:
	@echo "make demo    set up, then find the founding case in a made-up world, and look at real tracks"
	@echo "make test    set up, then run every test"
	@echo "make check   the tests, and ruff, mypy and import-linter"
	@echo "make clean   remove what the two made (not data/)"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@# The pip that Python 3.11 brings does not know dependency groups yet.
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@

test: $(READY)
	$(BIN)/pytest --quiet --numprocesses auto

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --quiet --numprocesses auto
