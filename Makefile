# SPDX-License-Identifier: GPL-3.0-or-later
# Needs Python >= 3.11 with venv and pip, and make. Everything else goes into .venv and build/.
#   make site    the roles on four simulated Windows hosts, twice
#   make test    every check, in about 25 minutes on two cores

PYTHON ?= python3
WORKERS ?= 2
BOX ?= default2022
LAB_ARGS ?=

VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
COLLECTIONS := $(CURDIR)/build/collections
LINK := build/collections/ansible_collections/hardening/windows

export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)
export ANSIBLE_HOME := $(CURDIR)/build/ansible
export PYTHONPATH := $(CURDIR)/tests:$(COLLECTIONS)
export LC_ALL := C.UTF-8
export ANSIBLE_CONFIG := $(CURDIR)/tests/ansible.cfg
# Hundreds of processes import the same files, each of which would compile them again.
unexport PYTHONDONTWRITEBYTECODE

# Only for the tools that look for ansible themselves: PYTHON must not be found in the environment it makes.
WITH_PATH := env PATH="$(BIN):$$PATH"
PYTEST := $(WITH_PATH) $(BIN)/python -m pytest -q
NOTED := PAYLOAD_COVERAGE=$(CURDIR)/build/coverage
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help site test lab bench lint format unit conformance behaviour mutants integration next-core coverage report build clean
.NOTPARALLEL:

help:
	@echo "make site | test | lab BOX=default2022 | bench | lint | format | unit | conformance | integration | build | clean"

# --- environment ---------------------------------------------------------------------------------

$(VENV)/.ready: tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11; name a newer one with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r tests/requirements.txt
	@touch $@

$(VENV)/.ready-dev: tests/requirements-dev.txt $(VENV)/.ready
	$(PIP) -r tests/requirements-dev.txt
	@touch $@

# Ansible finds a collection by its folder's name only.
$(LINK):
	@mkdir -p $(@D)
	@ln -sfn ../../../.. $@

# --- what a person runs --------------------------------------------------------------------------

site: $(VENV)/.ready $(LINK)
	@$(BIN)/python tests/site/run.py

lab: $(VENV)/.ready $(LINK)
	@$(BIN)/python -m lab serve $(addprefix --box ,$(BOX)) $(LAB_ARGS)

bench: $(VENV)/.ready $(LINK)
	@$(BIN)/python tests/benchmarks/run.py

build: $(VENV)/.ready
	@mkdir -p build
	@$(BIN)/ansible-galaxy collection build --force --output-path build

# --- checks --------------------------------------------------------------------------------------

test: clean-tally lint unit conformance behaviour mutants integration next-core coverage report

.PHONY: clean-tally
clean-tally:
	@rm -rf build/tally build/coverage

lint: $(VENV)/.ready-dev $(LINK)
	$(BIN)/yamllint --strict .
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(WITH_PATH) $(BIN)/ansible-lint --offline -q

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: $(VENV)/.ready $(LINK)
	$(PYTEST) tests/unit -n $(WORKERS) --tally unit

# The two engines against the rows of what Windows does, against each other, and against real configuration.
conformance: $(VENV)/.ready $(LINK)
	@rm -rf build/coverage
	$(NOTED) $(PYTEST) $(wildcard tests/conformance tests/compatibility) -n $(WORKERS) --tally conformance

# The product against both engines: real configuration, every setting turned, undo after every crash, bad input.
behaviour: $(VENV)/.ready $(LINK)
	$(PYTEST) tests/behaviour -n $(WORKERS) --tally behaviour

# Stored defects of product, payload and lab; each must turn a test red.
mutants: $(VENV)/.ready $(LINK)
	$(PYTEST) tests/mutants --tally mutants
	@$(BIN)/python -m mutants

coverage: $(VENV)/.ready
	@$(BIN)/python -m lab.engine_pwsh.coverage_report build/coverage

integration: $(VENV)/.ready-dev $(LINK)
	$(PYTEST) tests/integration -n $(WORKERS) --tally integration

next-core: $(VENV)/.ready $(LINK)
	@$(BIN)/python tests/next_core.py

report: $(VENV)/.ready
	@$(BIN)/python tests/tally_report.py

clean:
	rm -rf build $(VENV) .venv-next .pytest_cache .mypy_cache .ruff_cache .hypothesis .ansible
	find plugins tests -name __pycache__ -type d -prune -exec rm -rf {} +
