# The whole set-up is two commands: make demo, make test. Both need only Python 3.11 (to 3.13) and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
ARGS ?=

.PHONY: demo test soak fuzz install install-dev peers lint bench

demo: install
	@$(VENV)/bin/harborline demo $(ARGS)

test: install-dev
	@scripts/test $(ARGS)

soak: install-dev
	@scripts/test --soak $(ARGS)

fuzz: install-dev
	@scripts/fuzz $(ARGS)

lint: install-dev
	@scripts/lint

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/.installed: requirements.lock pyproject.toml
	@scripts/install requirements.lock $(PYTHON)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml
	@scripts/install requirements-dev.lock $(PYTHON)
	@touch $@ $(VENV)/.installed
