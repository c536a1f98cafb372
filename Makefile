# The only place that knows commands. `make demo` and `make test` set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUST := Cargo.toml Cargo.lock $(shell find rust/core rust/py -name '*.rs' -o -name Cargo.toml)
FUZZ_SECONDS ?= 600
FUZZ_TARGETS := decode split encode json dispatch relay

IN_PARALLEL := $(addprefix tests/test_,standard.py event.py decoder.py json.py)

PROGRAMS := chromium nginx haproxy node npm

.PHONY: demo gateway test machine programs lint format bench docs fuzz dist clean

demo: $(VENV)/built ## the main job: two answers over real HTTP, as they come
	$(BIN)/ssewire demo

gateway: $(VENV)/built ## a gateway with its web page, on the loopback
	$(BIN)/python -m examples.gateway --usage build/gateway.sqlite3

test: $(VENV)/built ## everything that must hold
	cargo test --workspace --locked
	$(BIN)/python -m pytest -n auto --dist loadfile
	$(BIN)/python -m pytest --quiet --parallel-threads=4 $(IN_PARALLEL)

machine: programs ## what tests need beside Python: where it is missing, those tests are skipped
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory tests/node/node_modules; fi

programs:
	@missing=; for program in $(PROGRAMS); do \
	  PATH="$$PATH:/usr/sbin" command -v $$program >/dev/null || missing="$$missing $$program"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi; \
	if ! command -v apt-get >/dev/null || ! $$as_root true 2>/dev/null; then \
	  echo "not here, and not to be installed without apt-get and root:$$missing"; exit 0; \
	fi; \
	$$as_root apt-get update -qq && \
	$$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
	  apt-get install -qq --no-install-recommends $$(echo "$$missing " | sed 's/ node / nodejs /')

tests/node/node_modules: tests/node/package-lock.json
	cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

lint: $(VENV)/built
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest ssewire._core

format:
	cargo fmt --all
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/built ## the table of the README, then the core alone
	$(BIN)/python benches/compare.py
	cargo bench --locked --package ssewire-core --bench core

docs: $(VENV)/docs ## the site, in build/docs; warnings are errors. Needs Python 3.11
	$(BIN)/python -m sphinx -E -W --keep-going -q -d build/doctrees docs build/docs

fuzz: ## FUZZ_SECONDS for each target
	cargo +nightly fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	for target in $(FUZZ_TARGETS); do \
	  mkdir -p rust/fuzz/corpus/$$target && cp -n tests/corpus/*/*.sse rust/fuzz/corpus/$$target/; \
	  case $$target in json|dispatch|relay) dict=json;; *) dict=sse;; esac; \
	  cargo +nightly fuzz run --fuzz-dir rust/fuzz $$target -- -dict=rust/fuzz/$$dict.dict -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

dist: $(VENV)/ready ## wheel and sdist, and proof that both install and the wheel needs nothing else
	rm -rf dist
	$(BIN)/maturin build --release --locked --sdist --out dist
	rm -rf build/empty && $(PYTHON) -m venv build/empty
	build/empty/bin/python -m pip install --quiet --no-index dist/*.whl
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir build/from-sdist dist/*.tar.gz
	cd build && empty/bin/python -c "import ssewire; print(ssewire.Decoder().feed(b'data: works\n\n'))"

clean:
	rm -rf $(VENV) target dist build

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	touch $@

$(VENV)/docs: $(VENV)/built
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group docs
	touch $@

$(VENV)/built: $(VENV)/ready $(RUST)
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/maturin develop --release --locked --quiet
	touch $@
