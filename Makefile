# Everything sets itself up: a fresh machine with Python >= 3.11 and make is enough.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test check test-cluster langgraph-server bench docs format clean

help:  ## Show what there is to do.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 22

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	@touch $@

demo: $(READY)  ## Diagnose a recorded real incident, offline, and stop at the approval question.
	@$(BIN)/cluster-doctor diagnose --home $(VENV)/demo \
	  "deployment checkout in shop is crash looping since the last deploy" --from notebooks/incidents/checkout.cds

test: $(READY)  ## Run the tests that need no cluster; under three minutes.
	$(BIN)/python -m pytest -m "not cluster"

check: $(READY)  ## Lint, types, import contracts.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-cluster: $(READY)  ## Run the tests on a real control plane and with the real Helm: builds both (needs Go).
	PYTHON=$(abspath $(BIN))/python tests/control_plane/run.sh
	PYTHON=$(abspath $(BIN))/python tests/helm_program/run.sh

langgraph-server: $(READY)  ## Install LangGraph's development server for its tests, apart from everything else.
	@PYTHON=$(BIN)/python tests/langgraph_server/build.sh

bench: $(READY)  ## Measure, as ratios in one run.
	$(BIN)/python -m tests.bench

docs: $(READY)  ## Write the pages and schemas that are made from the code.
	$(BIN)/cluster-doctor rules --output markdown >docs/rules.md
	$(BIN)/python -m cluster_doctor.cli.schemas docs
	$(BIN)/python -m tests.fault_classes.page >docs/fault-classes.md

format: $(READY)  ## Format and fix what can be fixed by itself.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove what was installed and built.
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .coverage
