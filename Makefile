# make            build/amazonmq-local, the release
# make run        builds it and starts it with a demo broker
# make test       builds and runs every suite
# make debug      build/debug/amazonmq-local with address and undefined-behaviour sanitizers
# make help       everything else

VERSION := 0.1.0
PREFIX ?= /usr/local
CC ?= cc
BUILD ?= build
PYTHON := /usr/bin/python3

comma := ,
PACKAGES := libmicrohttpd sqlite3 libcjson gnutls expat
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wcast-qual -Wwrite-strings -Wswitch-enum -Wimplicit-fallthrough -Wundef -Werror
# GNU make's default for CC is `cc`, gcc on Debian.
ifeq ($(findstring clang,$(shell $(CC) --version 2>/dev/null | head -n 1)),)
WARNINGS += -Wlogical-op -Wduplicated-cond -Wnull-dereference
HARDENING_EXTRA := -D_FORTIFY_SOURCE=3 -fstack-clash-protection -ftrivial-auto-var-init=zero
else
HARDENING_EXTRA := -D_FORTIFY_SOURCE=2
endif
# Relative relocations in a tenth of their size, where the linker knows how.
PACKED := $(if $(findstring pack-relative-relocs,$(shell $(CC) -Wl,--help 2>/dev/null)),-Wl$(comma)-z$(comma)pack-relative-relocs)
# Where an indirect jump may land is marked, each processor in its way.
ifneq ($(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null)),)
HARDENING_EXTRA += -fcf-protection
else ifneq ($(findstring aarch64,$(shell $(CC) -dumpmachine 2>/dev/null)),)
HARDENING_EXTRA += -mbranch-protection=standard
endif
# Nobody unwinds the release's stack: the tables for it would be a tenth of the binary.
HARDENING := -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables -fstack-protector-strong -fPIE $(HARDENING_EXTRA)
SANITIZERS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

BASE_FLAGS := -std=gnu17 -D_GNU_SOURCE -Iserver -I$(BUILD)/generated -DVERSION='"$(VERSION)"' $(WARNINGS)
LIBRARIES = $(shell pkg-config --libs $(PACKAGES)) -lunistring

SOURCES := $(sort $(wildcard server/*.c server/*/*.c))
MIGRATIONS := $(sort $(wildcard schema/[0-9]*.sql))
GENERATED := $(BUILD)/generated/migrations.c
LIBRARY_SOURCES := $(filter-out server/main.c,$(SOURCES))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))

release_objects := $(SOURCES:%.c=$(BUILD)/release/%.o) $(BUILD)/release/migrations.o $(BUILD)/release/page_html.o
debug_objects := $(SOURCES:%.c=$(BUILD)/debug/%.o) $(BUILD)/debug/migrations.o $(BUILD)/debug/page_html.o
fuzz_sources := $(filter-out tests/fuzz/libfuzzer.c,$(sort $(wildcard tests/fuzz/*.c)))
fuzz_objects := $(fuzz_sources:%.c=$(BUILD)/debug/%.o)
library_objects := $(LIBRARY_SOURCES:%.c=$(BUILD)/debug/%.o) $(BUILD)/debug/migrations.o $(BUILD)/debug/page_html.o

.PHONY: all
all: $(BUILD)/amazonmq-local

$(BUILD)/amazonmq-local: $(release_objects)
	@echo "  LD $@"
	@$(CC) -pie -Wl,-z,relro,-z,now,-z,noexecstack $(PACKED) -Wl,--as-needed $(LDFLAGS) -o $@ $^ $(LIBRARIES)

$(BUILD)/debug/amazonmq-local: $(debug_objects)
	@echo "  LD $@"
	@$(CC) $(SANITIZERS) -Wl,--as-needed $(LDFLAGS) -o $@ $^ $(LIBRARIES)

$(BUILD)/release/%.o: %.c | needs
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(HARDENING) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/debug/%.o: %.c | needs
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(SANITIZERS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/release/page_html.o: $(BUILD)/generated/page_html.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(HARDENING) $(CFLAGS) -c -o $@ $<

$(BUILD)/debug/page_html.o: $(BUILD)/generated/page_html.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(SANITIZERS) $(CFLAGS) -c -o $@ $<

$(BUILD)/generated/page_html.c: server/control/page.html Makefile
	@mkdir -p $(@D)
	@{ echo '#include "control/page.h"'; echo 'const unsigned char page_html[] = {'; \
	   od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '};'; \
	   echo 'const size_t page_html_len = sizeof page_html;'; } > $@

$(BUILD)/release/migrations.o: $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(HARDENING) $(CFLAGS) -c -o $@ $<

$(BUILD)/debug/migrations.o: $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(SANITIZERS) $(CFLAGS) -c -o $@ $<

# The scripts of schema/ as byte arrays, each ended by a NUL.
$(GENERATED): $(MIGRATIONS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "store/migrations.h"'; \
	   for file in $(MIGRATIONS); do \
	       echo "static const unsigned char m$$(basename $$file .sql)[] = {"; \
	       od -An -v -tx1 $$file | sed 's/ \(..\)/0x\1,/g'; echo '0};'; \
	   done; \
	   echo 'const unsigned char *const migrations[] = {'; \
	   for file in $(MIGRATIONS); do echo "m$$(basename $$file .sql),"; done; \
	   echo '};'; echo 'const int migration_count = $(words $(MIGRATIONS));'; } > $@

# Build packages that are missing are installed before anything is compiled.
.PHONY: needs
needs:
	@sh tests/setup build

.PHONY: debug
debug: $(BUILD)/debug/amazonmq-local

$(BUILD)/unit/%: tests/unit/%.c $(library_objects)
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(SANITIZERS) $(CFLAGS) -MMD -MP -DTEST_DATA='"tests/data"' -DSCHEMA_DIR='"schema"' \
	    -o $@ $(filter %.c %.o,$^) $(LDFLAGS) $(LIBRARIES) -lcmocka

$(BUILD)/unit/test_fuzz_corpora: $(fuzz_objects)

# Sanitizers write files and map executable memory: this one is built like the release.
$(BUILD)/unit/test_sandbox: tests/unit/test_sandbox.c $(filter-out %/main.o,$(release_objects))
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) $(HARDENING) $(CFLAGS) -MMD -MP -o $@ $^ -pie $(LDFLAGS) $(LIBRARIES) -lcmocka

# Makes the server's own allocations fail: tests/unit/failing_heap.h.
$(BUILD)/unit/test_anomaly_memory: private LDFLAGS += \
    $(foreach name,malloc calloc realloc arena_alloc arena_copy arena_printf,-Wl,--wrap=$(name))

# For the running server: tests/api/test_anomalies.py.
$(BUILD)/failing_malloc.so: tests/faults/failing_malloc.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) -std=gnu17 -D_GNU_SOURCE $(WARNINGS) -O2 -shared -fPIC -o $@ $<

# Every allocation and every call to the disk fails once; make test tries fewer of the later ones.
.PHONY: anomalies
anomalies: all $(BUILD)/unit/test_anomaly_memory $(BUILD)/unit/test_anomaly_disk
	AMAZONMQ_LOCAL_ANOMALIES=all $(BUILD)/unit/test_anomaly_memory
	AMAZONMQ_LOCAL_ANOMALIES=all $(BUILD)/unit/test_anomaly_disk
	AMAZONMQ_LOCAL_ANOMALIES=all $(PYTHON) -m pytest -q -p no:cacheprovider tests/api/test_anomalies.py

.PHONY: unit
unit: $(UNIT_TESTS)

.PHONY: run
run: all
	@echo "Starting with schema/seeds/demo.sql (Ctrl-C stops it). Try, in another shell:"
	@echo "  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 \\"
	@echo "  aws mq create-user --endpoint-url http://localhost:$(or $(AMAZONMQ_LOCAL_PORT),8267) \\"
	@echo "      --broker-id b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9 --username alice --password 'correct-horse-12'"
	@exec $(BUILD)/amazonmq-local --seed schema/seeds/demo.sql

.PHONY: test
test:
	@sh tests/setup build
	@sh tests/setup test
	@$(MAKE) --no-print-directory all unit $(BUILD)/bench/instructions
	@tests/run

.PHONY: image-test
image-test:
	@tests/image/run

.PHONY: bench
bench: all
	@sh tests/setup bench
	@$(PYTHON) tests/bench/run

.PHONY: bench-record
bench-record: all
	@sh tests/setup bench
	@$(PYTHON) tests/bench/run --record docs/performance.md

$(BUILD)/bench/instructions: tests/bench/instructions.c $(filter-out %/server/main.o,$(release_objects))
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(BASE_FLAGS) -O2 -MMD -MP -DTEST_DATA='"tests/data"' -DSCHEMA_DIR='"schema"' -o $@ $(filter %.c %.o,$^) \
	    $(LDFLAGS) $(LIBRARIES) -lcmocka

.PHONY: bench-check
bench-check:
	@sh tests/setup build
	@sh tests/setup test
	@sh tests/setup bench
	@$(MAKE) --no-print-directory $(BUILD)/bench/instructions
	@tests/bench/instructions

.PHONY: coverage
coverage:
	@sh tests/setup build
	@sh tests/setup test
	@tests/coverage

# The whole API suite against the build with sanitizers, which the unit programs have anyway.
.PHONY: sanitize
sanitize: debug
	@sh tests/setup test
	@AMAZONMQ_LOCAL_BIN=$(BUILD)/debug/amazonmq-local tests/run api abuse

# memcheck, over the unit programs built without sanitizers; those that count time or memory of their own, or lock themselves in, are left out.
VALGRIND_LEFT_OUT := test_sandbox test_anomaly_% test_store_faults test_seed_limits test_statement_costs test_log
.PHONY: valgrind
valgrind:
	@sh tests/setup test
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/valgrind SANITIZERS='-O0 -g -DINSTRUMENTED' unit
	@for test in $(filter-out $(addprefix $(BUILD)/valgrind/unit/,$(VALGRIND_LEFT_OUT)),$(UNIT_TESTS:$(BUILD)/%=$(BUILD)/valgrind/%)); do \
	    echo "  MEMCHECK $$test"; \
	    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite $$test >/dev/null 2>$$test.log || \
	        { cat $$test.log; exit 1; }; done
	@echo "valgrind: clean"

.PHONY: sdk-matrix
sdk-matrix: all
	@sh tests/setup test
	@tests/sdk/matrix

.PHONY: soak
soak: all
	@sh tests/setup test
	@AMAZONMQ_LOCAL_SOAK_SECONDS=$(or $(SOAK_SECONDS),3600) tests/run soak

# libFuzzer, which is clang's: each target FUZZ_SECONDS long, and an end at the first crash.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := json_body page_token request request_target seed sigv4 xml
FUZZ_SANITIZERS := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/%)

.PHONY: fuzz
fuzz:
	@sh tests/setup fuzz
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzz SANITIZERS='$(FUZZ_SANITIZERS)' fuzzers
	@tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ_TARGETS)

.PHONY: fuzzers
fuzzers: $(FUZZERS)

$(FUZZERS): $(BUILD)/%: tests/fuzz/libfuzzer.c $(library_objects) $(fuzz_objects)
	@echo "  LD $@"
	@$(CC) $(BASE_FLAGS) $(SANITIZERS) -fsanitize=fuzzer $(CFLAGS) -DFUZZ_TARGET=fuzz_$(@F) \
	    -o $@ $(filter %.c %.o,$^) $(LDFLAGS) $(LIBRARIES)

.PHONY: lint
lint:
	@sh tests/setup lint
	@tests/lint

.PHONY: install
install: all
	install -D -m 0755 $(BUILD)/amazonmq-local "$(DESTDIR)$(PREFIX)/bin/amazonmq-local"
	install -D -m 0644 docs/amazonmq-local.1 "$(DESTDIR)$(PREFIX)/share/man/man1/amazonmq-local.1"
	install -D -m 0644 docs/completion/amazonmq-local.bash \
	    "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/amazonmq-local"

.PHONY: clean
clean:
	rm -rf $(BUILD)

.PHONY: help
help:
	@echo "make               build $(BUILD)/amazonmq-local"
	@echo "make run           build and start it with a demo broker"
	@echo "make test          run every suite"
	@echo "make debug         build $(BUILD)/debug/amazonmq-local with sanitizers"
	@echo "make image-test    build docker/Dockerfile and test the image"
	@echo "make bench         measure, as ratios"
	@echo "make bench-record  the same, and write docs/performance.md"
	@echo "make anomalies     fail every allocation and disk call once"
	@echo "make bench-check   count instructions; fails where an operation takes a tenth more than kept"
	@echo "make coverage      lines and branches that the suites reach, and why the rest is not"
	@echo "make sanitize      the API suite against the build with sanitizers"
	@echo "make valgrind      the unit programs under memcheck"
	@echo "make sdk-matrix    every SDK suite, and which client passed in which version"
	@echo "make soak          good and bad traffic for an hour, or SOAK_SECONDS=n"
	@echo "make fuzz          feed every parser and the gate what nobody thought of, FUZZ_SECONDS=60 each"
	@echo "make lint          formatting, static analysis, house rules"
	@echo "make install       to PREFIX ($(PREFIX)), below DESTDIR"
	@echo "make clean         remove $(BUILD)"

-include $(release_objects:.o=.d) $(debug_objects:.o=.d) $(UNIT_TESTS:=.d) $(fuzz_objects:.o=.d)
