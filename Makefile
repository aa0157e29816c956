# What a user and a contributor run. `make` alone lists the targets.
#
#   PYTHON=python3.12   the Python (3.11 or newer) that makes the environment
#   WORKERS=4           how many processes run the tests
#   PYTEST_ARGS=...     further arguments for pytest, as in PYTEST_ARGS="-m 'not slow'"

PYTHON ?= python3
WORKERS ?= 2
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# Wheels alone: nothing is built from source with requirements that no lock holds.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-input
LOCKED := $(INSTALL) --only-binary :all: --require-hashes
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --group build --custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup setup-dev plan test style types imports lint format lock bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is missing or older than Python 3.11; name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making the environment $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "$(PYTHON) can't make environments; on Debian and Ubuntu install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/runtime: requirements.lock $(VENV)/made
	@echo "Installing the locked packages"
	@$(LOCKED) -r requirements.lock
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	@echo "Installing the locked packages for development"
	@$(LOCKED) -r requirements-dev.lock
	@touch $@

$(VENV)/bench: requirements-bench.lock $(VENV)/runtime
	@echo "Installing the locked packages for benchmarks"
	@$(LOCKED) -r requirements-bench.lock
	@touch $@

$(VENV)/package: pyproject.toml $(VENV)/runtime
	@echo "Installing counterpoise"
	@$(INSTALL) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

setup: $(VENV)/package ## install what a plan needs into .venv

setup-dev: $(VENV)/package $(VENV)/dev ## install what tests and checks need too

plan: setup ## compute the plan and write its brief
	@$(BIN)/counterpoise plan
	@newest=$$(ls -td runs/*/ 2>/dev/null | head -n 1); \
	found=$$(find "$${newest:-runs}" -maxdepth 1 -name 'brief.*' 2>/dev/null | sort); \
	if [ -n "$$found" ]; then echo "The brief:"; echo "$$found" | sed 's/^/  /; s,//*,/,g'; \
	else echo "counterpoise plan wrote no brief below runs/" >&2; exit 1; fi

test: setup-dev ## run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

style: setup-dev ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup-dev ## check types
	@$(BIN)/mypy

imports: setup-dev ## check which room imports which
	@$(BIN)/lint-imports --no-logo

lint: style types imports ## all three checks

format: setup-dev ## put the code into its format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(VENV)/dev ## write the locks anew from pyproject.toml; UPGRADE=1 takes newer versions
	@$(COMPILE) --output-file requirements.lock >/dev/null
	@$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock >/dev/null
	@$(COMPILE) --extra bench --constraint requirements.lock --output-file requirements-bench.lock >/dev/null

bench: setup $(VENV)/bench ## run the benchmarks
	@set -e; for script in benchmarks/bench_*.py; do \
		[ -e "$$script" ] || { echo "no benchmarks/bench_*.py"; exit 1; }; \
		echo "== $$script"; $(BIN)/python "$$script"; done

clean: ## remove the environment and caches; runs/ stays
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
