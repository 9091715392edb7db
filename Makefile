# make run opens the laboratory, make test checks it; both install what they need into .venv, once.

PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= localhost

BIN := .venv/bin
RUNTIME := .venv/runtime.stamp
DEVELOPMENT := .venv/development.stamp
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Threads of one small matrix product only get in each other's way; Keras is asked for its laws alone.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export KERAS_BACKEND := jax

.PHONY: run serve test stress load bench screenshots clean help

run: $(RUNTIME)
	@echo "initlab: open http://localhost:$(PORT) (Ctrl+C stops it)"
	@exec $(BIN)/python -m streamlit run app.py \
		--server.port $(PORT) --server.address $(ADDRESS) --server.headless true

# For a class: the same app behind security headers, with the browser's files compressed. See deploy/.
serve: $(RUNTIME)
	@echo "initlab: open http://localhost:$(PORT) (Ctrl+C stops it)"
	@exec $(BIN)/python -m streamlit run serve.py \
		--server.port $(PORT) --server.address $(ADDRESS) --server.headless true --server.fileWatcherType none

test: $(DEVELOPMENT)
	@bash .ci/chromium
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --check --quiet .
	@$(BIN)/python -m basedpyright --level error > .venv/types.txt & types=$$!; \
		$(BIN)/python -m pytest -n 2 --dist worksteal -m "not stress"; tests=$$?; \
		wait $$types || { cat .venv/types.txt; exit 1; }; exit $$tests

stress: $(DEVELOPMENT)
	@bash .ci/chromium
	@bash .ci/haproxy
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m stress

# Whole classes, also behind Debian's HAProxy: ten minutes on an otherwise idle machine.
load: $(DEVELOPMENT)
	@bash .ci/haproxy
	@$(BIN)/python -m tests.load

bench: $(DEVELOPMENT)
	@bash .ci/chromium
	@for what in core meanfield sweep training pretraining latency playback; do $(BIN)/python -m benchmarks.$$what || exit 1; done

screenshots: $(DEVELOPMENT)
	@bash .ci/chromium
	@$(BIN)/python -m benchmarks.screenshots

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

help:
	@echo "make run [PORT=8501] [ADDRESS=localhost] | serve | test | stress | load | bench | screenshots | clean"

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing what the app needs (once, a minute or two) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements.txt requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need (once, a few minutes) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(RUNTIME)

# Debian keeps ensurepip in python3-venv; without it an installed pip can fill the environment from outside.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "initlab needs Python 3.11 or newer; choose one with 'make PYTHON=/path/to/python3 ...'." >&2; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		$(PYTHON) -m venv --clear .venv; \
	else \
		$(PYTHON) -m venv --clear --without-pip .venv && \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet pip; \
	fi || { rm -rf .venv; echo "Python cannot make an environment here: install python3-venv \
	(as root: apt-get install python3-venv), then run make again." >&2; exit 1; }
