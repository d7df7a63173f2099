# sandan: `make demo` shows it, `make test` checks it. Both install what they need into .venv first.
PYTHON ?= python3
SERVE ?= 1
ORDERS ?= 5000
# Processes that test side by side, each with its own servers: about 2 GiB apiece.
TESTERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all check bench reference install browser database java neo4j clean

demo: install
	$(BIN)/sandan demo --orders $(ORDERS) $(if $(filter 0,$(SERVE)),--no-serve)

test: install browser database java neo4j check
	$(BIN)/pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder

# Also what takes long: ten thousand mutated files, messages of a GiB, 500 examples of each property where `test` has 30.
test-all: install browser database java neo4j check
	$(BIN)/pytest -m "slow or not slow"

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# docs/reference from the code; a test says when it is due.
reference: install
	$(BIN)/python -m sandan.jobs.reference docs/reference

bench: install
	$(BIN)/python -m benchmarks

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "sandan needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@echo "installing the locked packages into $(VENV) (a few minutes: torch is large)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade -c constraints.txt pip setuptools
	$(BIN)/python -m pip install --quiet -c constraints.txt --editable '.[dev,gnn]'
	@touch $@

# The page is tested in a real browser; where none is there and we may, it is installed.
browser:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then echo "installing chromium for the tests of the page"; \
		{ apt-get install -y -qq chromium || { apt-get update -qq && apt-get install -y -qq chromium; }; } >/dev/null; \
	else echo "no chromium: the tests of the page are skipped; get it with: apt-get install chromium"; fi

# Accounts and decisions are tested on a real PostgreSQL too, of the distribution; it listens in a folder of its own.
database:
	@if command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then echo "installing postgresql for the tests of the app database"; \
		{ apt-get install -y -qq postgresql || { apt-get update -qq && apt-get install -y -qq postgresql; }; } >/dev/null; \
	else echo "no PostgreSQL: its tests are skipped; get it with: apt-get install postgresql"; fi

# Spark, the second engine, runs on Java 17; so does the Neo4j of the tests.
java:
	@if command -v java >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then echo "installing Java 17 for the tests of Spark"; \
		{ apt-get install -y -qq openjdk-17-jre-headless || { apt-get update -qq && apt-get install -y -qq openjdk-17-jre-headless; }; } >/dev/null; \
	else echo "no Java: the tests of Spark are skipped; get it with: apt-get install openjdk-17-jre-headless"; fi

# The Neo4j of the tests: Maven brings its jars, once.
neo4j: install java
	@[ -n "$$SANDAN_TEST_NEO4J" ] || $(BIN)/python tests/neo4j/server.py "$${SANDAN_TEST_CACHE:-.cache/neo4j}"

clean:
	rm -rf $(VENV) .sandan sandan-demo .cache build *.egg-info
