# The front door. `make demo` shows what taut does; `make test` builds and tests it.

PRESET ?= release
BUILD  := build/$(PRESET)
JOBS   ?= $(shell nproc)
PREFIX ?= /usr/local

.DEFAULT_GOAL := build
.PHONY: build demo test test-all test-real test-asan fidelity bench fuzz format lint install clean help

help:            ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

build: build/taut  ## the program, as build/taut

.PHONY: build/taut
build/taut: $(BUILD)/build.ninja
	@ninja -C $(BUILD) -j $(JOBS) taut
	@ln -sf $(PRESET)/src/taut build/taut

$(BUILD)/build.ninja: CMakeLists.txt CMakePresets.json scripts/setup
	@scripts/setup
	@cmake --preset $(PRESET) > build-setup.log 2>&1 || { cat build-setup.log; rm -f build-setup.log; exit 1; }
	@rm -f build-setup.log

demo: build/taut  ## a cluster, a Git repository and taut between them, on this machine
	@build/taut demo

test: build/taut  ## builds everything and runs the quick suites
	@ninja -C $(BUILD) -j $(JOBS)
	@tools/run_tests $(BUILD) quick

test-all: test  ## the slower suites too: sanitizers, fuzzing, real API server
	@tools/run_tests $(BUILD) slow

# A folder of another compiler is begun anew: CMake would keep it and drop the preset's settings.
configure_asan = cmake $$(grep -qs 'CMAKE_CXX_COMPILER:.*clang' build/asan/CMakeCache.txt || echo --fresh) --preset asan

test-asan:  ## unit and corpus tests under the address and undefined-behaviour sanitizers
	@scripts/setup --tests
	@$(configure_asan) > /dev/null && ninja -C build/asan -j $(JOBS)
	@tools/run_tests build/asan unit

test-real: build/taut  ## end to end on a real kube-apiserver, built from Go modules
	@ninja -C $(BUILD) -j $(JOBS) kube_server_test
	@tests/real/suite $(BUILD)

fidelity: build/taut  ## how equal each engine is to the real tool, on the corpus of TAUT_CORPUS
	@ninja -C $(BUILD) -j $(JOBS) taut_fidelity
	@tests/fidelity/run $(BUILD)

bench: build/taut  ## speed and memory, as ratios to the real tools
	@scripts/setup --tests
	@cmake --preset release -DTAUT_BENCH=ON > /dev/null && ninja -C $(BUILD) -j $(JOBS)
	@bench/run $(BUILD)

fuzz:  ## every parser of outside input, a short run each (FUZZ_SECONDS=20)
	@scripts/setup --tests
	@$(configure_asan) > /dev/null && ninja -C build/asan -j $(JOBS) fuzzers
	@fuzz/run build/asan

format:  ## rewrites the sources in the house style
	@git ls-files '*.cc' '*.hh' | xargs clang-format-14 -i

lint: build/taut  ## layers, lengths, clang-tidy on what changed
	@python3 tools/check_layers.py && python3 tools/check_lengths.py
	@git diff --name-only HEAD~1 -- '*.cc' | xargs -r clang-tidy-14 -p $(BUILD) --quiet

install: build/taut  ## to PREFIX (default /usr/local)
	install -D -m 755 build/taut $(DESTDIR)$(PREFIX)/bin/taut

clean:  ## removes build/
	rm -rf build
