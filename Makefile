# Every target sets up its own virtual environment when there is none.
VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
LOWEST := tests/sensors_data tests/anomaly tests/synthesis

.PHONY: audit coverage lock sbom test-lowest alerts-demo demo docs airflow airflow-demo airflow-workers test test-live test-hostile check tools clean help

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/nightscore: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PYTHONDONTWRITEBYTECODE= $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(BIN)/nightscore ## simulate a plant, train, score its last nights, compare with the injected faults
	$(BIN)/nightscore demo --folder demo

airflow: $(BIN)/nightscore ## a local Airflow over a small plant; prints address and password, Ctrl-C stops it
	@$(BIN)/python deploy/demo/serve.py

airflow-demo: $(BIN)/nightscore ## nights through a real Airflow scheduler, asked for over REST; times per task
	$(BIN)/python deploy/demo/nights_demo.py

airflow-workers: $(BIN)/nightscore tools ## a night by two Celery workers over S3, one of them killed on the way
	$(BIN)/python deploy/demo/workers_demo.py

alerts-demo: $(BIN)/nightscore tools ## an anomaly from the score to a webhook through Pushgateway, Prometheus and Alertmanager
	OMP_NUM_THREADS=1 $(BIN)/python deploy/demo/alerts_demo.py --folder demo-alerts

serve: $(BIN)/nightscore ## serve REST and pages over the demo's store, made first where there is none
	test -d demo/store/scores || $(MAKE) demo
	$(BIN)/nightscore serve --settings demo/settings.toml

test: $(BIN)/nightscore tools ## run the checks and the tests
	PATH="$(CURDIR)/$(BIN):$$PATH" $(MAKE) check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

coverage: $(BIN)/nightscore tools ## run the tests with line coverage, which makes them slower; below 90 % it fails
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-fail-under=90

test-live: $(BIN)/nightscore tools ## run the tests that start schedulers, workers and servers
	$(BIN)/python -m pytest -m live

test-hostile: $(BIN)/nightscore tools ## attack it: flips, kills, fuzz, races, full disks, clocks, a year, a crowd; SHARE=1 is all of it
	HOSTILE_SHARE=$(or $(SHARE),0.01) OMP_NUM_THREADS=1 $(BIN)/python -m pytest -s -m hostile tests/hostile

docs: $(BIN)/nightscore ## build the documentation site into site/; a warning fails it
	NO_MKDOCS_2_WARNING=1 OMP_NUM_THREADS=1 $(BIN)/python -m mkdocs --quiet build --strict

check: $(BIN)/nightscore ## ruff, mypy, import-linter, bandit, the documentation site
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml -ll sensors_data anomaly synthesis service dags deploy
	$(MAKE) docs

audit: ## look for known holes in the pinned packages; asks PyPI for each of them
	$(PYTHON) -m venv build/audit-venv
	build/audit-venv/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.9'
	build/audit-venv/bin/pip-audit --no-deps --disable-pip --requirement constraints.txt

sbom: $(BIN)/nightscore ## what the environment consists of, as CycloneDX, into build/sbom.json
	mkdir -p build
	$(BIN)/cyclonedx-py environment $(VENV) --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.json

lock: $(BIN)/nightscore ## the packages of the service with the hash of each file, into build/requirements.lock
	mkdir -p build
	$(BIN)/python deploy/lock '.[celery,s3,service]' > build/requirements.lock

test-lowest: ## install the lowest versions that pyproject.toml allows, and run the core tests with them
	mkdir -p build
	deploy/lowest-versions pyproject.toml > build/lowest.txt
	$(PYTHON) -m venv build/lowest-venv
	build/lowest-venv/bin/pip install --quiet --disable-pip-version-check -r build/lowest.txt
	build/lowest-venv/bin/pip install --quiet --disable-pip-version-check --no-deps -e .
	OMP_NUM_THREADS=1 build/lowest-venv/bin/python -m pytest -q -p no:cacheprovider $(LOWEST)

tools: ## the servers that tests run against, from Debian's packages; without them those tests are skipped
	@deploy/install-tools

clean: ## remove the environment, the demo and all caches
	rm -rf $(VENV) .benchmarks-venv demo demo-airflow demo-airflow-workers build site *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
