# Every target sets up what it needs. PYTHON: any Python from 3.11. INPUT: a folder with customers.jsonl, products.jsonl, orders.jsonl.
# OUT: where the demo writes. PORT: of make serve.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
INPUT  ?=
OUT    ?= out/demo
PORT   ?= 8400
ROOMS  := singletable app components monitoring policy local tests __main__.py

.DEFAULT_GOAL := help
.PHONY: help setup demo up-local engine test bench lint types format serve clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## make .venv with everything that the other targets use

$(VENV)/.ready: requirements.txt requirements-dev.txt policy/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (once, some minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: setup ## deploy the stack on an embedded AWS, place orders, throttle an index, show what on-call would see
	@$(BIN)/python -m local demo --out $(OUT) $(if $(INPUT),--input "$(INPUT)")

serve: setup ## as demo, then keep the dashboard and the alarms at http://127.0.0.1:8400 (PORT=)
	@$(BIN)/python -m local serve --port $(PORT) --out $(OUT) $(if $(INPUT),--input "$(INPUT)")

up-local: setup ## pulumi up against the embedded AWS, without an account; needs the Pulumi CLI on PATH
	@$(BIN)/python -m local engine up

engine: setup ## the real engine through every scenario, where the Pulumi CLI is on PATH
	@$(BIN)/python -m tests.engine

test: setup ## all tests, on all processors: a file of tests stays on one
	@$(BIN)/python -m pytest -n auto --dist loadfile

bench: setup ## how many times as fast as the straightforward way the fast parts are; fails where that is less than promised
	@$(BIN)/python -m tests.bench

lint: setup ## style and common mistakes
	@$(BIN)/ruff check $(ROOMS)
	@$(BIN)/ruff format --check $(ROOMS)

types: setup ## strict type checks over every room
	@$(BIN)/basedpyright --warnings

format: setup ## write the agreed style
	@$(BIN)/ruff check --fix --quiet $(ROOMS)
	@$(BIN)/ruff format --quiet $(ROOMS)

clean: ## remove what was made, the environment too
	@rm -rf $(VENV) out build dist .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
