# Every target first sets up what it needs in $(VENV); `make demo` and `make test` need Python 3.11 or newer alone.

VENV ?= .venv
PYTHON = $(VENV)/bin/python
PYTEST = $(PYTHON) -m pytest -q -n auto --dist worksteal
# There is a worker a core, whose threads would only wait for one another; test-wide leaves Polars all of them.
LEAN = POLARS_MAX_THREADS=1

.PHONY: demo test test-wide test-full test-spark test-spark-full check bench golden docs lock core dev spark java

demo: core  ## write a made-up company to ./demo and print its KPIs
	$(VENV)/bin/mlmkpi demo demo
	$(VENV)/bin/mlmkpi compute demo

test: dev  ## the tests, without Spark, on a sample of companies and parameters
	$(LEAN) $(PYTEST)

test-wide: dev  ## more companies and parameters, and whether the benchmarks' rivals compute the same
	$(PYTEST) -m "wide and not spark and not full"

test-full: dev  ## all tests but Spark's, with the whole matrix of the oracle
	$(LEAN) $(PYTEST) -m "not spark"

test-spark: java spark  ## every KPI and parameter on both engines, and a Spark Connect server
	$(PYTHON) -m pytest -q -n 2 -m "spark and not full"

test-spark-full: java spark  ## also every KPI under every value of a parameter, split and period
	$(PYTHON) -m pytest -q -m spark

check: dev  ## style, types, who imports whom, and whether the generated pages are fresh
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) scripts/docs.py --check

bench: dev  ## measure against rivals, and write docs/benchmarks.md
	$(PYTHON) -m benchmarks

golden: dev  ## rewrite the expected outputs; look at the difference before you keep it
	MLMKPI_GOLDEN=1 $(PYTEST)

docs: dev  ## write the generated pages and the screenshot
	$(PYTHON) scripts/docs.py
	$(PYTHON) scripts/screenshot.py

lock:  ## solve the requirements anew (needs uv)
	scripts/lock

core dev spark:
	@scripts/environment $(VENV) $@

java:
	@java -version 2>&1 | grep -qE 'version "(1[7-9]|[2-9][0-9])' || { \
	  echo "error: Spark needs Java 17 or newer, and none was found"; \
	  echo "  fix  install it (Debian: sudo apt-get install -y openjdk-17-jre-headless; macOS: brew install openjdk@17)"; \
	  exit 1; } >&2
