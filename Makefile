# The tasks of this project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# sam build looks for python3.12 with pip on PATH; the project's environment has both.
SAM_PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.local/sam/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
STACK ?= petstore

.PHONY: help setup build up down clean demo ask test check bench lock events

help: ## List the tasks
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## Make the environments (.venv and the SAM CLI's own)
	@scripts/setup

build: setup ## sam build, for the processor of this machine
	@PATH="$(SAM_PATH)" scripts/build

up: build ## Start the laptop cloud in the background, with the stack deployed
	@scripts/up

down: setup ## Stop the laptop cloud; what is in it stays
	@$(PYTHON) -m localcloud down

clean: ## Stop the laptop cloud and forget what is in it
	@[ ! -x $(PYTHON) ] || $(PYTHON) -m localcloud down
	@rm -rf .local/state .local/run .local/tmp .local/tls .local/env .local/stack.json

demo: build ## From nothing to an agent that answers, with a transcript
	@scripts/up
	@. .local/env && $(PYTHON) -m scripts.demo --stack $(STACK)

ask: ## Ask the agent: make ask Q="Which pets cost less than 100?"
	@[ -f .local/stack.json ] || { echo "make up first" >&2; exit 1; }
	@. .local/env && STACK_NAME=$(STACK) $(PYTHON) -m assistant.ask $(if $(TRACE),--trace) "$(Q)"

test: build ## Every test
	@scripts/setup --clients
	@scripts/setup --examples
	@$(PYTHON) -m pytest

check: build ## Format, lint, types, templates
	@scripts/setup --lint
	@scripts/setup --examples
	@PATH="$(SAM_PATH)" scripts/check

bench: build ## Benchmarks, as ratios
	@scripts/setup --bench
	@$(PYTHON) -m benchmarks

events: build ## Run every event in events/ under `sam local invoke` (root and a container engine)
	@PATH="$(SAM_PATH)" $(PYTHON) -m scripts.check_events

lock: setup ## Resolve every environment anew
	@scripts/lock
