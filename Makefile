# make demo    grade the sample class in submissions/ and show its gradebook
# make test    run every test but the slow ones, which need as long again
# make slow    run the slow tests: the hostile class, whole batches, what is left after a kill
# make check   lint, format and types
# make docs    build the docs as a site in build/site; a warning or a broken link is an error
# make fuzz    try a million hostile inputs on the decoders of the wire: minutes, on one core
# make bench   measure what grading and walling it off cost, how long a start takes, and what others cost
# make clean   remove what the others made
#
# A machine needs Python 3.11 or newer, make and pip; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# The chapters whose every branch is covered, by their own tests.
COVERED := grader.wire,grader.findings,grader.report
COVERING := tests/grader/wire tests/grader/report tests/grader/findings
# How many processes run the tests; each may hold two far sides with torch, about 1 GiB.
TESTERS ?= 2
SHARED := -n $(TESTERS) --dist worksteal
# Slow tests stay with their file, whose slots they share. Files begin in this order, the proof of the
# course, which takes longest, among the first: by default xdist would begin with those of most tests.
BY_FILE := -n $(TESTERS) --dist loadfile --no-loadscope-reorder
SLOW := tests/repo tests/grader tests/notebooks tests/cold tests/inert
# Attacks and faults run alone: what takes all of a machine is held to limits of time.

.PHONY: demo test test-covered test-others slow check docs fuzz bench clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	@$(BIN)/grader grade submissions --out reports

test: test-covered test-others

test-covered: $(VENV)/installed-dev
	$(BIN)/coverage run --branch --source=$(COVERED) -m pytest -m "not slow" $(COVERING)
	$(BIN)/coverage report --show-missing --skip-covered --fail-under=100

test-others: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m "not slow" $(SHARED) $(COVERING:%=--ignore=%)

slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m slow tests/hostile tests/faults
	$(BIN)/python -m pytest -m slow $(BY_FILE) $(SLOW)

check: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: $(VENV)/installed-docs
	@$(BIN)/python -m sphinx -W --keep-going -q -E -b html docs build/site
	@echo "The docs: build/site/index.html"

fuzz: $(VENV)/installed-fuzz
	@$(BIN)/python -m tests.fuzz

bench: $(VENV)/installed
	@$(BIN)/python -m benchmarks.startup
	@$(BIN)/python -m benchmarks.overhead
	@$(BIN)/python -m benchmarks.sandbox
	@$(BIN)/python -m benchmarks.throughput
	@$(BIN)/python -m benchmarks.mutation
	@$(BIN)/python -m benchmarks.feedback
	@$(BIN)/python -m benchmarks.watching
	@$(BIN)/python -m benchmarks.reading

clean:
	rm -rf $(VENV) reports build dist *.egg-info .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "grader needs Python 3.11 or newer, and $(PYTHON) is %d.%d; name another one: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)

# The stamps are newer than what decided on the packages, so a second `make` installs nothing.
$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the grader and PyTorch into $(VENV); the first time this takes a few minutes."
	$(PIP) install -c constraints.txt -e '.[serve]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(PIP) install -c constraints.txt -e '.[docs]'
	@touch $@

$(VENV)/installed-fuzz: $(VENV)/installed-dev
	$(PIP) install -c constraints.txt -e '.[fuzz]' || echo "No atheris here: the fuzzer will not be guided by coverage."
	@touch $@
