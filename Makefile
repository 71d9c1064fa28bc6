# Two commands are all a new machine needs: `make demo` and `make test`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup test check demo clean world-training world-ordinary world-search

help:
	@echo "make demo    set up, then find two aircraft of March 2019 in a made-up world, and look at real tracks"
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

# --- The demo: two worlds to learn from, one to search, and some real tracks --------

DEMO ?= demo
DEMO_AIRCRAFT ?= 2500
DEMO_TRAIN_AIRCRAFT ?= 1500
DEMO_ORDINARY_AIRCRAFT ?= 8000
DEMO_HISTORY_DAYS ?= 14
CASES := data/casebook/cases.csv
MADE := --data-dir $(DEMO)/made
REAL := --data-dir $(DEMO)/observed
SAMPLES := data/samples/carrier_ae0455.json.gz data/samples/paris_afternoon.json.gz \
  data/samples/refuelling_3b7777.json.gz data/samples/trace_full_ac671b.json
SAMPLE_DAYS := 2020-06-30 2020-09-15 2021-10-07 2025-02-05

demo: $(READY)
	@echo "== Made-up worlds with a past: a crowded and an ordinary one to learn from, and one with the documented cases of its days"
	@$(MAKE) --no-print-directory --jobs 3 world-training world-ordinary world-search
	@echo "== From archives to flights"
	$(BIN)/anomaly ingest $(DEMO)/worlds/*/flightlist_*.parquet $(DEMO)/worlds/*/*.tar $(MADE)
	@echo "== Learn; the cases of the two aircraft are held out"
	$(BIN)/anomaly train --from 2018-06-04 --to 2018-09-12 --truth $(DEMO)/worlds/training/truth.parquet \
	  --truth $(DEMO)/worlds/ordinary/truth.parquet --cases $(CASES) --hold-out g-f-015 $(MADE)
	@echo "== Score and report the day on which the two reached Caracas"
	$(BIN)/anomaly score 2019-03-23 $(MADE) > $(DEMO)/top.txt
	$(BIN)/anomaly report 2019-03-23 $(MADE) >/dev/null
	@echo "== The same model on real tracks, kept apart"
	$(BIN)/anomaly ingest $(SAMPLES) $(REAL)
	@for day in $(SAMPLE_DAYS); do \
	  $(BIN)/anomaly score $$day --model $(DEMO)/made $(REAL) > $(DEMO)/top-$$day.txt && \
	  head -n 4 $(DEMO)/top-$$day.txt && \
	  $(BIN)/anomaly report $$day $(REAL) >/dev/null || exit 1; done
	@echo "== The first ten of the re-enacted day"
	@head -n 41 $(DEMO)/top.txt
	@echo "== Open in a browser:"
	@for page in $(DEMO)/*/reports/*/index.html; do echo "  $$page"; done

world-training: $(READY)
	$(BIN)/anomaly simulate --start 2018-06-04 --days 2 --aircraft $(DEMO_TRAIN_AIRCRAFT) \
	  --history-days $(DEMO_HISTORY_DAYS) --for-training --seed 11 --out $(DEMO)/worlds/training

world-ordinary: $(READY)
	$(BIN)/anomaly simulate --start 2018-09-12 --days 1 --aircraft $(DEMO_ORDINARY_AIRCRAFT) \
	  --history-days $(DEMO_HISTORY_DAYS) --seed 12 --out $(DEMO)/worlds/ordinary

world-search: $(READY)
	$(BIN)/anomaly simulate --start 2019-03-22 --days 2 --aircraft $(DEMO_AIRCRAFT) \
	  --history-days $(DEMO_HISTORY_DAYS) --crowded 6 --cases $(CASES) --seed 7 \
	  --out $(DEMO)/worlds/search

clean:
	rm -rf $(DEMO) $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
