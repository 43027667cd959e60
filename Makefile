# Two commands matter: `make run` and `make test`. Both need python3 (3.11 or later) and make, nothing else.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --use-pep517 --require-hashes

.DEFAULT_GOAL := $(VENV)/.ready
.PHONY: run test test-code style bench bench-large chaos drain netcut pooled audit walls schema reset lock clean

# What the product needs to run.
$(VENV)/.installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Crane Ledger needs Python 3.11 or later with venv (Debian: python3-venv)." >&2; exit 1; }
	@echo "Installing Crane Ledger into $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

# What its developers need besides.
$(VENV)/.ready: $(VENV)/.installed requirements-dev.txt
	@echo "Installing the development tools ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# The whole product as one foreground process tree; Ctrl-C stops all of it. Data stays in .local/.
run: $(VENV)/.installed
	@exec $(BIN)/python -m config.run

# Everything that must hold before a change goes in.
test: $(VENV)/.ready style test-code

style: $(VENV)/.ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

test-code: $(VENV)/.ready
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

bench: $(VENV)/.ready
	@exec $(BIN)/python -m tests.benchmarks

# The same with ten million entries: 25 minutes on two cores (measured), and about 15 GB while it runs (reckoned).
bench-large: $(VENV)/.ready
	@BENCH_LARGE=true exec $(BIN)/python -m tests.benchmarks

# Three minutes in which workers, beats, the broker (with all it holds) and the database are killed every second, while
# two years of schedules fall due. CHAOS_SECONDS= changes how long.
chaos: $(VENV)/.ready
	@CHAOS_SECONDS=$(or $(CHAOS_SECONDS),180) $(BIN)/python -m pytest -q -s --no-header tests/crashes/test_chaos.py

# What takes the network or a clock: libraries with known faults, dangers in the code, whether time tells of keys.
audit: $(VENV)/.ready $(VENV)/.audited
	@$(BIN)/python -m tests.security

$(VENV)/.audited: requirements-audit.txt
	@$(PIP) -r requirements-audit.txt
	@touch $@

# A minute of restarts each: web servers behind a balancer, one reloaded on its socket, workers in the middle of jobs.
# ROLLING_SECONDS= changes how long.
drain: $(VENV)/.ready
	@ROLLING_SECONDS=$(or $(ROLLING_SECONDS),60) $(BIN)/python -m pytest -q -s --no-header tests/crashes/test_rolling.py

# Web server, worker and databases in network namespaces of their own, and ten seconds in which nothing comes through
# between them; needs root. NETCUT_SECONDS= changes how long.
netcut: $(VENV)/.ready
	@NETCUT_SECONDS=$(or $(NETCUT_SECONDS),10) $(BIN)/python -m pytest -q -s -ra --no-header tests/crashes/test_network.py

# A part of the suite through the pgbouncer of compose.yaml, in transaction mode; needs pgbouncer.
pooled: $(VENV)/.ready
	@exec $(BIN)/python -m tests.pooled

# Every twentieth request of the tenant matrix in the suite is sent once more with row-level security as the only wall,
# and every forty-first policy, grant, trigger, constraint or definer function is taken away to see a test fail. Here: all.
walls: $(VENV)/.ready
	@CRANE_ONE_WALL_EVERY=1 CRANE_MUTANTS_EVERY=1 $(BIN)/python -m pytest -q \
		tests/contract/test_tenant_matrix.py tests/invariants/test_mutants.py

# Check in the API's description anew, after a change that is meant.
schema: $(VENV)/.ready
	@$(BIN)/python -m tests.contract.renew

# Forget all local data: databases, queues, generated secrets.
reset:
	@if test -x $(BIN)/python; then $(BIN)/python -m config.embedded.reset; else rm -rf .local; fi

clean: reset
	rm -rf $(VENV)

# Pin every dependency anew, with hashes; needs `uv`.
LOCK := uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --quiet
lock:
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) --extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt
	$(LOCK) --extra audit --constraint requirements-dev.txt pyproject.toml --output-file requirements-audit.txt
