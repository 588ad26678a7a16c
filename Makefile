# Daybook's commands. `make serve` and `make test` need git, make, python3 (3.11 or newer) and python3-venv; the rest they fetch.

PYTHON ?= python3
LISTEN ?= 127.0.0.1:8000
DATA   ?= data

VENV   := .venv
COMMA  := ,
BIN    := $(VENV)/bin
SOURCE := server radicale_plugin tests
# --require-hashes: what is installed is what was locked, byte for byte.
INSTALL := $(BIN)/pip --disable-pip-version-check install --quiet
# The checkout itself, built with the locked hatchling, so that nothing outside the lock is fetched.
INSTALL_SELF := $(INSTALL) --no-deps --no-build-isolation --editable .

# The whole suite runs in two processes; tests that share a browser or a server stay together (tests/conftest.py).
SIDE_BY_SIDE := --numprocesses 2 --dist loadscope

.PHONY: serve test bench lint format types contracts check acceptance develop conformance messages lock wheel clean

serve: $(VENV)/run.stamp
	exec $(BIN)/daybook serve --demo --listen $(LISTEN) --data $(DATA)

test: develop
	.ci/install-test-needs
	$(BIN)/pytest $(or $(TESTS),$(SIDE_BY_SIDE))

bench: develop
	$(BIN)/python -m tests.bench $(ROWS)

lint: develop
	$(BIN)/ruff check $(SOURCE)
	$(BIN)/ruff format --check $(SOURCE)

format: develop
	$(BIN)/ruff check --fix $(SOURCE)
	$(BIN)/ruff format $(SOURCE)

types: develop
	$(BIN)/mypy

contracts: develop
	$(BIN)/lint-imports

check: lint types contracts

# docs/acceptance.md: which test shows which behaviour, read from the tests.
acceptance: develop
	$(BIN)/python -m tests.acceptance

# docs/conformance.md: what CalDAV testers and real clients say of Daybook.
conformance: develop
	.ci/install-test-needs
	$(BIN)/python -m tests.conformance

# Texts into catalogues: new ones are added empty, changed ones marked as doubtful, translations kept.
CATALOGUES := server/i18n/locale
REFUSALS   := Invalid KeyReused Unauthorized NotPermitted NotFound Conflict SlotUnavailable AlreadyCancelled ChangedMeanwhile LinkReplaced TooMany Unavailable

messages: develop
	$(BIN)/pybabel --quiet extract --mapping-file config/babel.cfg --sort-by-file --add-location file --no-wrap --project Daybook --copyright-holder "The Daybook maintainers" \
	    $(foreach word,text count:1$(COMMA)2 sentence $(REFUSALS),--keyword $(word)) --output-file $(VENV)/daybook.pot .
	for language in de es fr it nl pl; do \
	    verb=update; test -f $(CATALOGUES)/$$language/LC_MESSAGES/daybook.po || verb=init; \
	    test $$verb = init && more= || more="--ignore-obsolete --ignore-pot-creation-date --no-fuzzy-matching"; \
	    $(BIN)/pybabel --quiet $$verb $$more --no-wrap --domain daybook --locale $$language \
	        --input-file $(VENV)/daybook.pot --output-dir $(CATALOGUES) || exit 1; \
	done

develop: $(VENV)/develop.stamp

# pip, not python: where Debian's python3-venv is missing, the failed attempt leaves a python without it behind.
$(BIN)/pip:
	$(PYTHON) -c 'import sys; sys.exit("Daybook needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: config/lock/run.txt pyproject.toml | $(BIN)/pip
	$(INSTALL) --require-hashes --requirement config/lock/run.txt
	$(INSTALL_SELF)
	touch $@

# The development lock holds the running one, so it brings both stamps up to date.
$(VENV)/develop.stamp: config/lock/develop.txt config/lock/run.txt pyproject.toml | $(BIN)/pip
	$(INSTALL) --require-hashes --requirement config/lock/develop.txt
	$(INSTALL_SELF)
	touch $(VENV)/run.stamp $@

# Resolve again, with the newest releases that pyproject.toml allows; docs/decisions/0001-locked-dependencies.md.
LOCK = $(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links pyproject.toml --extra build
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip --disable-pip-version-check install --quiet uv
	$(LOCK) --extra develop --output-file config/lock/develop.txt
	$(LOCK) --constraint config/lock/develop.txt --output-file config/lock/run.txt
	rm -rf $(VENV)-lock

wheel: $(VENV)/run.stamp
	$(BIN)/hatchling build --target wheel --directory dist

clean:
	rm -rf $(VENV) $(VENV)-lock build dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(SOURCE) -name __pycache__ -type d -prune -exec rm -rf {} +
