# `make run` and `make test` need Python 3.11 or newer and nothing else; `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8501

VENV := .venv
PY := $(VENV)/bin/python
# Of 20,000 modules a tenth is ever used: those are compiled by being imported once, below.
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt

# Files are kept in order: those that drive a browser come last, see tests/conftest.py.
PARALLEL := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What a person has installed for other projects must not leak into this environment.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.PHONY: help run test unit lint style types pages browser format screenshots bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | \
		while IFS='|' read -r name text; do printf '%-20s%s\n' "$$name" "$$text"; done

run: $(VENV)/app ## install what is missing and start the app (PORT=8501)
	@echo "Open http://localhost:$(PORT)"
	@exec $(PY) -m streamlit run app/main.py --server.port "$(PORT)"

test: ## lint, types, unit tests and tests in a real browser
	@$(MAKE) --no-print-directory --jobs 2 $(VENV)/app browser
	@$(MAKE) --no-print-directory style
	$(PARALLEL) -m "not server"
	@# Tests of the running app measure time, so they go one by one; types have what is left over.
	@$(MAKE) --no-print-directory --jobs 2 types pages

unit: $(VENV)/dev ## unit tests alone
	$(PARALLEL) --ignore tests/browser

lint: style types ## ruff and mypy

style: $(VENV)/dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check

types: $(VENV)/dev
	@nice $(PY) -m mypy

pages: $(VENV)/dev
	$(PY) -m pytest tests/browser -m server

browser: $(VENV)/dev
	@$(PY) -m tests.browser.chromium

format: $(VENV)/dev ## let ruff put the code in form
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

screenshots: $(VENV)/dev ## make the pictures of the README from the running app
	$(PY) -m scripts.screenshots

bench: $(VENV)/dev ## run every benchmark; each prints one JSON line
	@for file in benchmarks/[a-z]*.py; do \
		name=$$(basename "$$file" .py); \
		echo "benchmarks.$$name" >&2; \
		$(PY) -m "benchmarks.$$name" --json || exit 1; \
	done

clean: ## remove the virtual environment, caches and test results
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The files stand for what is installed: they are renewed when the pins change.
$(VENV)/packages: requirements.txt constraints.txt
	@$(PYTHON) scripts/check_python.py
	@echo "Installing into $(VENV); the first time this takes a minute or more."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --upgrade pip
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/app: $(VENV)/packages
	@$(PY) -c 'import app.main, lgm_core.runs.bench_process, lgm_core.runs.preload' 2>/dev/null
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/packages
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
