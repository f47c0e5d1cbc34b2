# `make run` and `make test` set everything up by themselves; the rest is for developers.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := backend/.venv
BIN := $(VENV)/bin
BACKEND_READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
FRONTEND_READY := frontend/node_modules/.ready
FRONTEND_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)
# Tests of one file share what they set up, so they stay together; long files come first.
SIDE_BY_SIDE := --dist loadfile --no-loadscope-reorder
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
WORKERS := -n $(shell echo $$(($(CORES) < 2 ? 2 : $(CORES) < 4 ? $(CORES) : 4)))
LOCK := cd backend && .venv/bin/pip-compile -q --no-header --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --no-emit-options --no-annotate --strip-extras --allow-unsafe

.PHONY: help setup run dev test test-backend test-frontend test-browser check format bench lock openapi clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BACKEND_READY): backend/requirements.txt backend/pyproject.toml
	@scripts/check-tools "$(PYTHON)"
	@test -x $(BIN)/python || scripts/make-venv "$(PYTHON)" $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r backend/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e backend
	@touch $@

$(DEV_READY): $(BACKEND_READY) backend/requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r backend/requirements-dev.txt
	@touch $@

$(FRONTEND_READY): frontend/package.json frontend/package-lock.json
	@scripts/check-tools "$(PYTHON)"
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: $(FRONTEND_READY) $(FRONTEND_SOURCES)
	cd frontend && npm run --silent build
	@touch $@

setup: $(BACKEND_READY) $(DEV_READY) frontend/dist/index.html ## Install everything

run: $(BACKEND_READY) frontend/dist/index.html ## Start the studio on http://localhost:5001
	@exec $(BIN)/tastemaker serve

dev: $(BACKEND_READY) $(FRONTEND_READY) ## API on 5001 and a live-reloading front end on 3000
	@trap 'kill 0' EXIT; $(BIN)/tastemaker serve & cd frontend && npm start

test: setup check test-backend test-frontend test-browser ## Everything that CI runs

# Tests start the program dozens of times: it isn't compiled anew each time.
test-backend test-browser: export PYTHONDONTWRITEBYTECODE =

test-backend: $(DEV_READY)
	cd backend && .venv/bin/python -m pytest $(WORKERS) $(SIDE_BY_SIDE) -p no:playwright -p no:schemathesis \
		--ignore=tests/browser -m "not gpu"

test-frontend: $(FRONTEND_READY)
	cd frontend && npm test --silent

test-browser: $(DEV_READY) frontend/dist/index.html
	@BROWSER="$$(scripts/find-browser $(BIN)/python)" && export TASTEMAKER_TEST_BROWSER="$$BROWSER" && \
	cd backend && .venv/bin/python -m pytest $(WORKERS) $(SIDE_BY_SIDE) -p no:schemathesis -m browser tests/browser

check: $(DEV_READY) $(FRONTEND_READY) ## Format, lint, types, import contracts, generated files
	cd backend && .venv/bin/ruff format --check . && .venv/bin/ruff check .
	cd backend && .venv/bin/mypy
	cd backend && .venv/bin/lint-imports --no-cache
	cd backend && .venv/bin/python -m tastemaker.api.openapi | diff -q - openapi.json >/dev/null || \
		{ echo "backend/openapi.json is out of date: run 'make openapi'"; exit 1; }
	cd frontend && npm run --silent check
	$(BIN)/hadolint backend/Dockerfile frontend/Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: $(DEV_READY) $(FRONTEND_READY) ## Format everything
	cd backend && .venv/bin/ruff format . && .venv/bin/ruff check --fix .
	cd frontend && npm run --silent format

openapi: $(DEV_READY) $(FRONTEND_READY) ## Regenerate the OpenAPI document and the client types
	cd backend && .venv/bin/python -m tastemaker.api.openapi > openapi.json
	cd frontend && npm run --silent types

bench: $(DEV_READY) ## Measure against named peers
	cd backend && .venv/bin/python -m benchmarks.engine && .venv/bin/python -m benchmarks.gallery

lock: $(DEV_READY) ## Resolve requirements*.in into requirements*.txt
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -o requirements-dev.txt requirements-dev.in
	@sed -i.bak -E 's/^(torch==[0-9.]+)\+.*/\1/' backend/requirements.txt backend/requirements-dev.txt
	@rm -f backend/requirements*.bak

clean: ## Remove what was installed and built (not your data or models)
	rm -rf $(VENV) frontend/node_modules frontend/dist
