# What a developer does here. `make` alone lists it; every target also works in CI and twice in a row.

PYTHON ?= python3
ARGS ?=
VENV := .venv
LOCK := requirements-dev.lock
INSTALLED := $(VENV)/.installed
# The Pulumi CLI and its hosts go in front of PATH for one command: WITH_PULUMI command.
WITH_PULUMI = bin="$$($(PYTHON) tools/pulumi_cli.py)" && PATH="$$bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help setup python-version pulumi-bin demo picture test test-install check test-matrix bench bench-content bench-fleet bench-load bench-schedule explore explore-emulator verify-live schema states plugin docs check-workflows dist try-dist release lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED)  ## .venv with the locked tools and this package, and a Pulumi CLI (built if there is none)
	@$(PYTHON) tools/pulumi_cli.py >/dev/null
	@$(VENV)/bin/python tools/sdk_checks.py

$(INSTALLED): $(LOCK) pyproject.toml | python-version
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked tools into $(VENV) (about a minute)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

python-version:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "$(PYTHON) is too old or missing: Python 3.10 or newer is needed, as in: make setup PYTHON=python3.12" >&2; \
	  exit 1; }

pulumi-bin: python-version  ## print what goes on PATH for the Pulumi CLI (use: make -s pulumi-bin)
	@$(PYTHON) tools/pulumi_cli.py

demo: setup  ## a release from preview to destroy, against Amplify emulated here; a YAML program: make demo ARGS="--front yaml"
	@$(WITH_PULUMI) $(VENV)/bin/python -m tools.demo $(ARGS)

picture: setup  ## docs/demo.svg, the picture in the README, from what `make demo` shows
	@$(WITH_PULUMI) $(VENV)/bin/python -m tools.picture

test: setup  ## all tests that are not slow; more options as in: make test ARGS="-k cancel -x"
	@$(WITH_PULUMI) $(VENV)/bin/python -m pytest -n auto --dist worksteal $(ARGS)

test-install: setup  ## the slow tests: each way to install, in new environments
	@$(WITH_PULUMI) $(VENV)/bin/python -m pytest -n 2 --dist worksteal -m slow $(ARGS)

check: setup  ## lint, format, types, and what the built wheel and sdist hold
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/pyright
	$(VENV)/bin/python -m tools.check_wheel

test-matrix: setup  ## the tests on each Python here, and on the oldest and newest dependencies
	@$(WITH_PULUMI) $(VENV)/bin/python tools/test_matrix.py $(ARGS)

bench: setup  ## all figures of docs/performance.md, with peers; a part: make bench ARGS="--only growth"
	@$(WITH_PULUMI) $(VENV)/bin/python -m bench $(ARGS)

bench-content: setup  ## digests and zips of 10,000 files, against hashlib and zlib: make bench-content ARGS="--mb 100"
	@$(VENV)/bin/python -m bench.content $(ARGS)

bench-fleet: setup  ## 5,000 releases in many accounts, simulated; measure the costs first: ARGS=--measure
	@$(WITH_PULUMI) $(VENV)/bin/python -m bench.fleet $(ARGS)

bench-load: setup  ## 64 threads that call one emulator for a minute, and check each answer: ARGS="--state"
	@$(VENV)/bin/python -m bench.load $(ARGS)

bench-schedule: setup  ## how late a build's end is seen, against calls: simulated builds, and the best possible
	@$(WITH_PULUMI) $(VENV)/bin/python -m bench --only schedule $(ARGS)

explore: setup  ## a long walk through random faults: make explore ARGS="--calls 200000"
	@$(VENV)/bin/python -m tests.machine.explore $(ARGS)

explore-emulator: setup  ## random requests to the emulator: make explore-emulator ARGS="--examples 20000"
	@$(VENV)/bin/python -m tests.machine.explore_emulator $(ARGS)

verify-live: setup  ## ask AWS what is not confirmed, in the app AMPLIFY_LIVE_APP of your account; says what it costs, and asks
	@$(VENV)/bin/python -m tests.live $(ARGS)

schema: setup  ## remake schema.json after a change of inputs, outputs, settings or their texts
	@$(VENV)/bin/python -m tools.schema

states: setup  ## keep the state of this version's stacks, for the tests of later versions
	@$(WITH_PULUMI) $(VENV)/bin/python -m tests.states.make

plugin: setup  ## dist/pulumi-resource-amplify-job-vVERSION.tar.gz, for pulumi plugin install --file
	@$(VENV)/bin/python -m tools.plugin_archive

docs: setup  ## the documentation as a site in build/docs; a link that leads nowhere fails
	@$(VENV)/bin/python -m tools.site

check-workflows: setup  ## GitHub's workflows and forms here and in the examples: schemas, zizmor, actionlint
	@$(VENV)/bin/python -m tools.check_workflows

dist: setup  ## dist/ with all files of a release, and their checksums
	@$(VENV)/bin/python -m tools.distribution

try-dist: setup  ## install what is in dist/, and make releases with it
	@$(WITH_PULUMI) $(VENV)/bin/python -m tools.try_distribution

release: setup  ## the commit and the tag of a version, pushed by nobody: make release VERSION=1.2.3 ARGS=--dry-run
	@$(VENV)/bin/python -m tools.release $(VERSION) $(ARGS)

lock: python-version  ## remake the lock after a change in pyproject.toml; newer versions: ARGS=--upgrade
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@test -x $(VENV)/bin/uv || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.10 \
	  --all-extras --group dev --generate-hashes --no-annotate \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  --output-file $(LOCK) $(ARGS)

clean:  ## remove what these targets made in the checkout, .venv included
	rm -rf $(VENV) plugin/.venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
