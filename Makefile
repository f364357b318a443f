# `make run` needs Python 3.11 or newer, make and a network; everything else it fetches into this folder.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TOOLS := .local/tools
VENV := .venv
SYNCED := $(VENV)/.synced
PYTHON := $(shell for name in python3 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
UV := $(or $(shell command -v uv 2>/dev/null),$(TOOLS)/bin/uv)
LOCAL := UV="$(abspath $(UV))" PYTHONPATH=infra $(VENV)/bin/python -m local
CHECKED := functions layers infra sdk tests

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export UV_NO_PROGRESS := 1
export SAM_CLI_TELEMETRY := 0

.PHONY: help install build deploy release routes openapi sdk requirements run up down status invoke test check lint format bench costs docs sizes clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

install: $(SYNCED) ## Install what is needed into .venv, as uv.lock says

run: $(SYNCED) ## Start the stack here, deploy it, and follow its logs until Ctrl-C
	@$(LOCAL) run

up: $(SYNCED) ## Start the stack here, or deploy what changed, and leave it running
	@$(LOCAL) up

down: $(SYNCED) ## Stop the stack; its state is kept
	@$(LOCAL) down

status: $(SYNCED) ## Say what is running
	@$(LOCAL) status

# The layers are made of wheels for the machine and the Python that the template's parameters name.
parameter = $(or $(patsubst $(1)=%,%,$(filter $(1)=%,$(PARAMETERS))),$(2))
DEPLOYMENT := $(shell date -u +%Y%m%dT%H%M%SZ)
MACHINE := $(subst arm64,aarch64,$(call parameter,Architecture,arm64))
RUNTIME := $(patsubst python%,%,$(call parameter,PythonRuntime,python3.13))
# Nothing is kept of what a function compiles while it starts, so what is not compiled here is compiled by each cold start.
COMPILER = $(shell "$(UV)" python find --no-project $(RUNTIME) 2>/dev/null || { \
	"$(UV)" python install --quiet --no-bin --install-dir $(TOOLS)/python $(RUNTIME) \
	&& UV_PYTHON_INSTALL_DIR=$(TOOLS)/python "$(UV)" python find --no-project $(RUNTIME); } 2>/dev/null \
	|| echo "No Python $(RUNTIME) was found or fetched to compile with: cold starts will take seconds longer." >&2)

build: $(SYNCED) requirements ## Build for AWS into .aws-sam (PARAMETERS='Architecture=x86_64' for another than arm64)
	@UV="$(abspath $(UV))" PENTARCH_DEPLOYMENT=$(DEPLOYMENT) \
		PENTARCH_PLATFORM=$(MACHINE)-manylinux_2_28 \
		PENTARCH_PYTHON=$(RUNTIME) PENTARCH_COMPILER="$(COMPILER)" \
		$(VENV)/bin/sam build $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))
	@PYTHONPATH=infra $(VENV)/bin/python -m local.sizes .aws-sam/build/template.yaml

deploy: build ## Deploy to AWS with the default profile of samconfig.toml (PARAMETERS='Name=Value ...' adds to it)
	@$(VENV)/bin/sam deploy --parameter-overrides ResponseTransferMode=RESPONSE_STREAM DataProtection=on \
		BuildCommit=$$(git rev-parse HEAD) DeploymentId=$(DEPLOYMENT) \
		BuildDate=$$(TZ=UTC git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd) $(PARAMETERS)

release: DEPLOYMENT := $(VERSION)
release: $(if $(LOCALLY),$(SYNCED),build) ## Upload a release for POST /api/v1/update: VERSION=1.2.0 (LOCALLY=1 for the local stack)
	@$(if $(LOCALLY),$(LOCAL) release $(VERSION),PYTHONPATH=infra $(VENV)/bin/python -m release $(VERSION))

routes: $(SYNCED) ## Write functions/edge/routes.json from the template
	@PYTHONPATH=tests:infra $(VENV)/bin/python -m support.routes

openapi: $(SYNCED) ## Write docs/openapi.json from the functions
	@PYTHONPATH=infra:functions:layers/core/python $(VENV)/bin/python -m apidoc

sdk: $(SYNCED) ## Write the Python client's plain half from its asynchronous one
	@$(VENV)/bin/python sdk/python/unasync.py

requirements: layers/core/requirements.txt layers/engineering/requirements.txt layers/ml/requirements.txt layers/nlp/requirements.txt layers/reports/requirements.txt layers/tools/requirements.txt layers/vision/requirements.txt ## Write the layers' requirements from uv.lock

EXPORT := export --quiet --frozen --no-emit-project --no-hashes --no-annotate --no-header --output-file

layers/core/requirements.txt: uv.lock $(SYNCED)
	@$(UV) $(EXPORT) $@ --no-default-groups

layers/%/requirements.txt: uv.lock $(SYNCED)
	@$(UV) $(EXPORT) $@ --only-group $*

invoke: $(SYNCED) ## Answer a sample event in Lambda's container, on the local stack: EVENT=llm-api-generate
	@$(LOCAL) invoke $(EVENT)

test: check ## Check and test everything, the deployed stack included
	@UV="$(abspath $(UV))" $(VENV)/bin/pytest -n 3 --dist loadgroup

check: lint ## Lint, types, import rules and the template; no tests
	@$(VENV)/bin/mypy $(CHECKED)
	@PYTHONPATH=functions:layers/core/python $(VENV)/bin/lint-imports
	@AWS_DEFAULT_REGION=us-east-1 $(VENV)/bin/sam validate --lint

lint: $(SYNCED) ## Check style and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: $(SYNCED) ## Put style and formatting right
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

costs: $(SYNCED) ## Write the computed part of docs/costs.md
	@PYTHONPATH=infra $(VENV)/bin/python -m costs

docs: $(SYNCED) ## Build the documentation site into .local/site
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet

bench: $(SYNCED) ## Measure; see tests/bench
	@PYTHONPATH=tests:infra:functions:layers/core/python $(VENV)/bin/python -m bench

clean: ## Remove what was built; the local stack's state stays (it is .local/state)
	@rm -rf .aws-sam .local/build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find functions layers infra sdk tests -name __pycache__ -prune -exec rm -rf {} +

$(SYNCED): uv.lock pyproject.toml sdk/python/pyproject.toml | $(UV)
	@if [ -z "$(PYTHON)" ]; then echo "Pentarch needs Python 3.11 or newer, and none was found on PATH." >&2; exit 1; fi
	@echo "Installing into $(VENV), as uv.lock says."
	@$(UV) sync --quiet --frozen --python "$(PYTHON)" \
		|| { echo "The packages could not be installed: is there a network? (The lines above say what failed.)" >&2; exit 1; }
	@touch $@

$(TOOLS)/bin/uv:
	@if [ -z "$(PYTHON)" ]; then echo "Pentarch needs Python 3.11 or newer, and none was found on PATH." >&2; exit 1; fi
	@echo "Installing uv into $(TOOLS)."
	@"$(PYTHON)" -m venv $(TOOLS) && $(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv \
		|| { rm -rf $(TOOLS); echo "uv could not be installed: is there a network, and Python's venv module?" >&2; exit 1; }
