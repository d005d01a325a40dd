# make demo    install what is missing, open the viewer (webcam, else demo://); without a display write demo_overlay.mp4
# make test    the whole test suite
# make check   lint, types, import rules
# make train-bundled DATA=DIR   train the bundled models from DIR/camvid and DIR/facades

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data

.PHONY: demo test check format train-bundled clean

demo: $(VENV)/.installed
	@tools/system-packages window
	@$(BIN)/bisenet-viewer || { [ $$? -eq 6 ] && echo "No display: writing a file instead." && \
	  $(BIN)/bisenet-viewer segment demo:// --to 10 --overwrite -o demo_overlay.mp4 && \
	  echo "Written: $(CURDIR)/demo_overlay.mp4"; }

test: $(VENV)/.installed
	@tools/system-packages test
	$(BIN)/python -m pytest

check: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

train-bundled: $(VENV)/.installed
	$(BIN)/bisenet train street-x39 --data camvid:$(DATA)/camvid --data camvid:$(DATA)/facades \
	  --set "data_shares=[0.65, 0.35]"
	$(BIN)/bisenet train street-r18 --data camvid:$(DATA)/camvid --data camvid:$(DATA)/facades \
	  --set "data_shares=[0.75, 0.25]"
	@echo "Weights are in runs/street-x39 and runs/street-r18; copy them to assets/weights when they are better."

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
