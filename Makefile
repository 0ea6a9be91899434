# The work of the project, by name. `make help` lists it.

PYTHON ?= python3
# Tests run in this many processes; the tests of a file stay together and share what
# they prepare. Compiled kernels come from a cache that all processes share.
WORKERS ?= 2
PYTEST_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# A stamp is older than what it was made from where an installation is due.
CORE := .venv/.installed-core
TEST := .venv/.installed-test
SOURCES := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint browser frozen bench pictures docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(CORE) ## compare every strategy at L Bank; results in results/demo
	@$(BIN)/loanlab compare l_bank --out results/demo

test: lint ## lint, then all tests but the long ones
	@echo "== pytest"
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

test-long: $(TEST) ## the long tests
	@echo "== pytest -m long"
	@$(BIN)/python -m pytest -q -m long $(PYTEST_ARGS)

lint: $(TEST) ## ruff, mypy and the import contracts
	@failed=0; \
	echo "== ruff check";   $(BIN)/ruff check --output-format concise . || failed=1; \
	echo "== ruff format";  $(BIN)/ruff format --check --output-format concise . || failed=1; \
	echo "== mypy";         $(BIN)/mypy || failed=1; \
	echo "== lint-imports"; $(BIN)/lint-imports --no-logo || failed=1; \
	exit $$failed

browser: ## Chromium and Chinese fonts from Debian, for the tests that look at pages
	@command -v chromium >/dev/null && fc-list :lang=zh | grep -q . || { \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
			--no-install-recommends chromium fontconfig fonts-noto-cjk; }

frozen: $(TEST) ## renew the frozen run after a change of results that was meant
	@$(BIN)/python tests/simulation/frozen.py

bench: $(TEST) ## speed, memory and scale
	@$(BIN)/python -m benchmarks

pictures: $(TEST) ## take the pictures of the classroom anew, through Chromium
	@LOANLAB_PICTURES=docs/images/classroom $(BIN)/python -m pytest -q tests/classroom/pages/test_session.py

docs: $(CORE) ## write docs/parameters.md from the declarations
	@$(BIN)/python docs/make_parameters.py

clean: ## remove build products and caches; .venv and results stay
	@rm -rf build dist loanlab-*/ *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis \
		.import_linter_cache
	@find . -path ./.venv -prune -o -type d -name __pycache__ -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "loanlab needs Python 3.11 or newer; name one, as in: make PYTHON=python3.11 test"; \
		exit 1; }
	@echo "== making .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(CORE): $(SOURCES) | $(BIN)/python
	@echo "== installing loanlab into .venv"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(TEST): $(SOURCES) | $(BIN)/python
	@echo "== installing loanlab and its test tools into .venv"
	@$(PIP) install -c constraints.txt -e ".[test]"
	@touch $(CORE) $@
