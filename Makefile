# The same without make (Windows, macOS): see README.md.
VENV ?= .venv
BIN = $(VENV)/bin
FIND_PYTHON = for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done
ifndef PYTHON
PYTHON := $(shell $(FIND_PYTHON))
endif
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Some images ask Python not to keep what it compiles: each of hundreds of processes would compile all of PyTorch.
unexport PYTHONDONTWRITEBYTECODE
# A worker a core, and no more than memory holds; the tests of a file share what they set up.
WORKERS = --numprocesses auto --maxprocesses 4 --dist loadfile

# The page is tested in a browser: Debian's, where it can be installed; elsewhere those tests say that it is missing.
BROWSER = command -v chromium >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	{ apt-get install -qq -y chromium || { apt-get update -qq && apt-get install -qq -y chromium; }; } >/dev/null; } || true

.PHONY: demo test lint pytest browser bench gallery clean

demo: $(VENV)/.core
	$(BIN)/latentmapper reconstruct examples -o out --preview --overwrite

# What waits for the network goes on beside each other, and so does checking types, which takes minutes on one core.
test:
	@$(MAKE) --no-print-directory --jobs 2 $(VENV)/.test browser
	@$(MAKE) --no-print-directory --jobs 2 lint pytest

browser:
	@$(BROWSER)

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python

pytest: $(VENV)/.test
	$(BIN)/pytest $(WORKERS)

bench: $(VENV)/.test browser
	@failed=; for script in benchmarks/*.py; do echo "$$script"; $(BIN)/python $$script || failed="$$failed $$script"; done; \
		test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

gallery: $(VENV)/.core
	$(BIN)/python scripts/gallery.py

clean:
	rm -rf $(VENV) out

# Stamps: an environment is made again only when the dependencies change. Of what is installed few modules are imported:
# they are compiled then, not beforehand.
$(VENV)/.core: pyproject.toml | $(BIN)/python
	@echo "Installing LatentMapper into $(VENV) (no PyTorch)"
	@$(PIP) --no-compile --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing LatentMapper with what its tests need into $(VENV)"
	@$(PIP) --no-compile --editable '.[train,server,heic,video,dev]' --constraint constraints.txt
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "LatentMapper needs Python 3.11 or newer, found $$(python3 --version 2>&1);" \
		"name another with: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment;" \
		"on Debian and Ubuntu install python3-venv" >&2; exit 1; }
