# Two commands: `make run` serves the app, `make test` runs every test. Each sets itself up once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501

# uv fetches in parallel and links from its cache; pip, which reads pip.conf, is asked where uv fails.
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) \
	|| $(BIN)/pip install --quiet --disable-pip-version-check --no-compile -r $(1)

# The packages come uncompiled; what a first import compiles is kept for the next.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test bench lint messages screenshots clean

run: $(VENV)/run.stamp
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/dev.stamp browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup

bench: $(VENV)/dev.stamp
	$(BIN)/python -m skinapp benchmark --soak --out BENCHMARKS.md

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Collect every visible string for translators; what is new stands untranslated in each language's file.
messages: $(VENV)/dev.stamp
	$(BIN)/pybabel -q extract -F babel.cfg -k marked -o skinapp/locale/skinapp.pot --no-location --omit-header .
	$(BIN)/pybabel -q update -i skinapp/locale/skinapp.pot -d skinapp/locale -D skinapp --omit-header \
	  --no-fuzzy-matching --ignore-obsolete

screenshots: $(VENV)/dev.stamp browser
	SKINAPP_SCREENSHOTS=docs $(BIN)/python -m pytest tests/browser

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(call INSTALL,requirements.txt)
	touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(call INSTALL,requirements-dev.txt)
	touch $@ $(VENV)/run.stamp

# The page tests drive a real browser; install Debian's where that is allowed and none is there.
.PHONY: browser
browser:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null 2>&1 || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "No Chromium found: install it, or set CHROMIUM to its path. Browser tests need it."; \
	  fi; }
