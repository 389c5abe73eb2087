# Two commands set everything up on a fresh machine with Python 3.11+ and make:
#   make demo   a real controller on an in-memory cluster, in virtual time
#   make test   all tests
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test checks lint types rooms twins corpus docs bench peers oracle clean

demo: $(VENV)/.kubefake
	$(BIN)/kubefake run --seed 1 scenarios/website/scenario.yaml scenarios/website/broken-lost-answer.yaml

test: $(VENV)/.tox
	$(BIN)/tox run -e tests

checks lint types rooms twins corpus docs bench peers oracle: $(VENV)/.tox
	$(BIN)/tox run -e $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.kubefake: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tox: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "tox>=4.20"
	@touch $@

clean:
	rm -rf $(VENV) .tox dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
