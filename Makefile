# Each target sets up what it needs. On a fresh machine: Python 3.11, pip and make are enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out/april-2025
# Where Python is told to keep no compiled modules, every command would compile 1,300 of them anew.
export PYTHONDONTWRITEBYTECODE =
# the folder of source facts, for `make dataset` only
FACTS ?=
# for `make bench`: Python of an environment with BoARIO, world table, page to write, long rows
PEER ?=
WIOT ?=
PAGE ?=
LONG ?=
# of `make serve`
PORT ?= 8765
# scripts of tests/soak, for `make soak`; none means all
SOAK ?=

.DEFAULT_GOAL := help
.PHONY: help setup run serve test lint assets docs wheel bench soak dataset lock clean

help:
	@echo "make setup    make .venv from requirements.lock"
	@echo "make run      run the April 2025 scenario, 200 draws, into $(OUT)"
	@echo "make serve    the web application on 127.0.0.1:8765; PORT=N for another port"
	@echo "make test     lint, types and tests"
	@echo "make bench    all benchmarks beside their yardsticks; PEER=PYTHON for BoARIO, LONG=1 for years"
	@echo "make soak     what takes minutes to hours: tests/soak, one script after the other"
	@echo "make wheel    assets and documentation, then the wheel and the source archive in dist/"
	@echo "make assets   what the pages use of others, from package-lock.json; needs a network once"
	@echo "make docs     the documentation as a site, as it is served under /manual/"
	@echo "make dataset  rebuild the dataset: make dataset FACTS=DIR"
	@echo "make lock     resolve the dependencies again"
	@echo "make clean    remove caches, builds and the environment; results stay"

$(READY): requirements.lock pyproject.toml tools/setup.sh
	@tools/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $@

setup: $(READY)

run: $(READY)
	@$(BIN)/terbium run april-2025 --draws 200 --out $(OUT)

serve: assets
	@test -f src/terbium/web/manual/index.html || $(BIN)/python tools/build_docs.py
	@$(BIN)/terbium serve --port $(PORT)

# what is there already is left alone, so that this needs a network once
assets: $(READY)
	@$(BIN)/python tools/assets.py

docs: $(READY)
	@$(BIN)/python tools/build_docs.py

wheel: assets docs
	@$(BIN)/python -m hatchling build

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/codespell

# without a network and without npm what needs the assets is skipped, but never in CI
test: lint
	@$(BIN)/python tools/assets.py || test -z "$$TERBIUM_CI"
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: $(READY)
	@$(BIN)/python benchmarks/run.py --json out/benchmarks.json \
		$(if $(PEER),--peer-python "$(PEER)") $(if $(WIOT),--wiot "$(WIOT)") $(if $(LONG),--long) \
		$(if $(PAGE),--save "$(PAGE)")

soak: $(READY)
	@$(BIN)/python tools/soak.py $(SOAK)

dataset: $(READY)
	@test -d "$(FACTS)" || { echo "dataset: seen FACTS='$(FACTS)'. Allowed: the folder with the facts tables. Give it as FACTS=DIR." >&2; exit 2; }
	@$(BIN)/python tools/build_dataset.py --facts "$(FACTS)" --base-year 2024 --out src/terbium/data/ree-2024

RESOLVE := --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11
lock: $(READY)
	@$(BIN)/uv pip compile pyproject.toml --all-extras $(RESOLVE) -o requirements.lock
	@$(BIN)/uv pip compile --group node $(RESOLVE) -o requirements-node.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf src/terbium/web/static/vendor src/terbium/web/manual tests/web/vendor
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
