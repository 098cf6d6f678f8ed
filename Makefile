# Two commands do everything on a fresh machine: `make demo` and `make test`. `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKFLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade

.PHONY: help demo ocr cluster coverage bucket test lint types bench setup lock metadata screenshots clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/.dev  ## make the virtual environment with everything that development needs

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Gongkai needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.run  ## crawl the portals of demo/, parse, build, export, and serve the archive on http://127.0.0.1:8001/
	$(BIN)/gongkai demo

ocr: $(VENV)/.run  ## add what reading scans needs (400 MB), the optional extra `ocr`
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ocr.lock

cluster: $(VENV)/.run  ## add what reading on several processes or machines needs, the optional extra `cluster`
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-cluster.lock

bucket: $(VENV)/.run  ## add what captures and exports in a bucket need, the optional extra `s3`
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-s3.lock

test: $(VENV)/.dev  ## run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

coverage: $(VENV)/.dev  ## run the tests and print which lines none of them reaches
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term $(ARGS)

lint: $(VENV)/.dev  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev  ## print how fast things are, as ratios against named peers
	$(BIN)/python -m bench

metadata: $(VENV)/.dev  ## write datasette-metadata.json and docs/dictionary.md anew from the schema and the vocabulary
	$(BIN)/python -m archive.metadata > datasette-metadata.json
	$(BIN)/python -m archive.exports.dictionary > docs/dictionary.md

screenshots: $(VENV)/.dev  ## take the pictures of docs/screenshots/ anew from the archive of the demo
	$(BIN)/python -m tools.screenshots

lock: $(VENV)/bin/python  ## resolve the dependencies anew and write the lock files with hashes
	$(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip compile $(LOCKFLAGS) --group build --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCKFLAGS) --constraints requirements.lock --group build --group test --group lint --group tools --output-file requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCKFLAGS) --constraints requirements.lock --group build --extra ocr --output-file requirements-ocr.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCKFLAGS) --constraints requirements.lock --group build --extra cluster --output-file requirements-cluster.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCKFLAGS) --constraints requirements.lock --group build --extra s3 --output-file requirements-s3.lock pyproject.toml

clean:  ## remove what the other targets made, the crawled data excepted
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage
