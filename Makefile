# From a bare clone: `make forecast` and `make test` set themselves up in .venv.
# What they say on the way goes to stderr, so `make forecast ARGS=--json` stays one JSON object.

ARGS =
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export UV_SYSTEM_CERTS = 1
install = .venv/bin/python -m pip install --quiet --require-hashes >&2

.DEFAULT_GOAL = help
.PHONY: help forecast test validate lint lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

forecast: .venv/ready ## run the forecast; options go in ARGS='--as-of 2023-01-26 --json'
	@.venv/bin/hourglass forecast $(ARGS)

test: lint ## check style and types, then run every test; pytest's options go in ARGS
	.venv/bin/pytest $(ARGS)

validate: .venv/ready ## make model/VALIDATION.md anew from runs, some hours; what is done is kept
	.venv/bin/python benchmarks/validation.py $(ARGS)
	.venv/bin/pytest -m validate

lint: .venv/ready ## check style, format and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

lock: .venv/locked ## renew requirements.lock from pyproject.toml; ARGS=--upgrade takes the newest
	.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--quiet --output-file requirements.lock $(ARGS)

clean: ## remove .venv, builds and caches; stored runs in .hourglass stay
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name .git -prune -o -name __pycache__ -prune -exec rm -rf {} +

# The stamps are touched last, so a set-up that was cut short starts over.
.venv/ready: .venv/locked pyproject.toml
	@.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $@

# uv, taken from the lock itself, installs the rest in half of pip's time; where it cannot
# (an index that only pip is told of, say), pip does it all.
.venv/locked: requirements.lock
	@python=$$(sh .ci/find-python) && \
		echo "setting up .venv with $$python (once, about a minute)" >&2 && \
		"$$python" -m venv --clear .venv
	@awk '/^[a-z]/ { uv = /^uv==/ } uv' requirements.lock >.venv/uv.lock
	@{ $(install) -r .venv/uv.lock && .venv/bin/uv pip install --quiet --python .venv/bin/python \
		--compile-bytecode --require-hashes -r requirements.lock >&2; } || \
		{ echo "uv could not; trying pip alone" >&2 && $(install) -r requirements.lock; }
	@touch $@
