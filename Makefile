# make demo    install what is missing, open the viewer (webcam, else demo://); without a display write demo_overlay.mp4
# make test    the whole test suite
# make check   lint, types, import rules
# make benchmark [BENCHMARK="--quick --baseline"]   how fast it is here, see docs/benchmark.md
# make benchmark-gpu [BENCHMARK_GPU="--quick --data DIR"]   what a CUDA card makes of it, with a table of what is promised
# make gpu-tests   the tests that need a CUDA card; without one they fail
# make fuzz    20,000 damaged video files, each of which must end in frames or in one error
# make train-bundled [DATA=DIR] [ITERATIONS=N]   train the bundled models from DIR/camvid, DIR/facades and DIR/person

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
ITERATIONS ?= 30000
BENCHMARK ?= --baseline
BENCHMARK_GPU ?=
# The last hundred are held apart: `bisenet evaluate MODEL --data "camvid:$(DATA)/facades[-100:]" --split train`.
FACADES = --data "camvid:$(DATA)/facades[:-100]" --set "data_shares=[0.65, 0.35]"
TRAIN = $(BIN)/bisenet train --set iterations=$(ITERATIONS) $(TRAIN_OPTIONS)

.PHONY: demo test check format benchmark benchmark-gpu gpu-tests train-bundled fuzz clean

demo: $(VENV)/.installed
	@tools/system-packages window
	@$(BIN)/bisenet-viewer || { [ $$? -eq 6 ] && echo "No display: writing a file instead." && \
	  $(BIN)/bisenet-viewer segment demo:// --to 10 --overwrite -o demo_overlay.mp4 && \
	  echo "Written: $(CURDIR)/demo_overlay.mp4"; }

# Two processes: Qt and FFmpeg in one, what compiles and quantises networks in the other.
test: $(VENV)/.installed
	@tools/system-packages test
	$(BIN)/python -m pytest tests/models
	$(BIN)/python -m pytest tests/app

check: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

train-bundled: $(VENV)/.installed
	$(TRAIN) street-x39 --data camvid:$(DATA)/camvid $(FACADES)
	$(TRAIN) street-r18 --data camvid:$(DATA)/camvid $(FACADES)
	$(TRAIN) street-v2 --data camvid:$(DATA)/camvid $(FACADES)
	$(TRAIN) person-x39 --data camvid:$(DATA)/person --backdrop camvid:$(DATA)/camvid --backdrop camvid:$(DATA)/facades
	@echo "Weights are in runs/; copy those that are better to assets/weights, with their cards (bisenet card FILE)."

benchmark: $(VENV)/.installed
	$(BIN)/bisenet-viewer benchmark $(BENCHMARK)

# Without an installed checkout: python3 -m benchmarks.gpu
benchmark-gpu: $(VENV)/.installed
	$(BIN)/python -m benchmarks.gpu $(BENCHMARK_GPU)

gpu-tests: $(VENV)/.installed
	REQUIRE_GPU=1 $(BIN)/python -m pytest tests/models -m gpu
	REQUIRE_GPU=1 $(BIN)/python -m pytest tests/app -m gpu

fuzz: $(VENV)/.installed
	$(BIN)/python tools/fuzz --count 20000

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
