# `make help` lists the targets.

PYTHON ?= python3
# Tests wait for half of their time, but each process keeps servers with their connections to PostgreSQL, which has 100.
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup
NODE := tests/node
NODE_SETUP := $(NODE)/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup setup-node serve test soak check format bench docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(SETUP) ## make .venv with the program and its development tools, where it is not up to date

# The lock file says what to install, pyproject.toml what the program is called by; a source file changes neither.
$(SETUP): requirements.lock pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
			|| { echo 'Gridhall needs Python 3.11 or later; name one, as in: make setup PYTHON=python3.12' >&2; exit 1; }; \
		$(PYTHON) -m venv --clear $(VENV); \
	}
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup-node: setup $(NODE_SETUP) ## install the Node clients that tests drive

$(NODE_SETUP): $(NODE)/package-lock.json $(NODE)/package.json
	cd $(NODE) && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

serve: setup ## set everything up and start the server with the demonstration organization
	@exec $(BIN)/gridhall serve

test: setup ## run every test but the long ones; JOBS=N on N processes
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not soak"

soak: setup ## run the long tests
	$(BIN)/pytest -m soak

check: setup ## check format, lint, types and layers, and run the tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

format: setup ## put the code into its format, and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup ## print how fast the server is, beside a bare one; ARGUMENTS=--quick only shows that it runs
	$(BIN)/python -m benchmarks $(ARGUMENTS)

docs: setup ## write the pages that are generated: the tests fail where one is stale
	$(BIN)/gridhall methods --markdown > docs/methods.md
	$(BIN)/gridhall org schema > docs/orgfile.schema.json
	PYTHONPATH=src:tests $(BIN)/python -m surface.page

# uv is no part of the development tools: `pip install uv` somewhere else. One lock serves every platform and Python; it holds
# hashes and no addresses, so that any index serves it.
lock: ## resolve pyproject.toml into requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header -o requirements.lock

clean: ## take away what was made, databases left alone
	rm -rf $(VENV) $(NODE)/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
