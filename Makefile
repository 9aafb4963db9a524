# `make` compiles build/amazonmq-local; `make help` lists the other targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
CC ?= cc
BUILD ?= build
# 1: warnings are errors, as in make lint and in continuous integration.
WERROR ?=
PYTHON := /usr/bin/python3

# --- Flags. Those that depend on the compiler or the packages are determined when something is compiled, and not
# --- when this file is read: `make run` may install both first.

# The output of a shell command, which runs once, at the first use.
once = $(eval $(1) := $(shell $(2)))$($(1))

PACKAGES := libmicrohttpd sqlite3 libcjson gnutls expat
# pkg-config's directory for the target architecture on Debian, after the user's own path.
MULTIARCH = $(call once,MULTIARCH,$(CC) -print-multiarch 2>/dev/null)
FIND_PACKAGES = $(if $(MULTIARCH),PKG_CONFIG_PATH="$${PKG_CONFIG_PATH:+$$PKG_CONFIG_PATH:}/usr/lib/$(MULTIARCH)/pkgconfig") pkg-config
PACKAGE_FLAGS = $(call once,PACKAGE_FLAGS,$(FIND_PACKAGES) --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBRARIES = $(call once,PACKAGE_LIBRARIES,$(FIND_PACKAGES) --libs $(PACKAGES) 2>/dev/null)
LIBRARIES = $(PACKAGE_LIBRARIES) -lunistring

ARCHIVER = $(call once,ARCHIVER,$(CC) -print-prog-name=ar)

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wcast-qual -Wwrite-strings -Wswitch-enum -Wimplicit-fallthrough -Wundef $(if $(WERROR),-Werror)
# Flags that not every compiler or architecture knows. Without the last two, padding would be 5 % of the code.
OPTIONAL := -Wlogical-op -Wduplicated-cond -Wnull-dereference -fstack-clash-protection \
            -ftrivial-auto-var-init=zero -fcf-protection -mbranch-protection=standard -falign-loops=1 -falign-jumps=1
OPTIONAL_LINK := -Wl,-z,pack-relative-relocs
KNOWN = $(call once,KNOWN,for flag in $(OPTIONAL) -D_FORTIFY_SOURCE=3; do $(CC) -O2 -Werror $$flag -include features.h \
            -x c -c -o /dev/null /dev/null 2>/dev/null && echo "$$flag"; done)
KNOWN_LINK = $(call once,KNOWN_LINK,$(CC) -Wl$(comma)--help 2>/dev/null | grep -q -e '-z pack-relative-relocs' && echo '$(OPTIONAL_LINK)')
comma := ,
FORTIFY = -U_FORTIFY_SOURCE $(or $(filter -D_FORTIFY_SOURCE=3,$(KNOWN)),-D_FORTIFY_SOURCE=2)
# Without unwind tables, which would be 10 % of the binary.
HARDENING = -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables -fstack-protector-strong -fPIE $(FORTIFY) \
            $(filter -f% -m%,$(KNOWN))
# With sanitizers, gcc's -Wmaybe-uninitialized warns about correct code.
SANITIZERS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
             $(if $(filter -Wlogical-op,$(KNOWN)),-Wno-maybe-uninitialized)
COMPILE = $(CC) -std=gnu17 -D_GNU_SOURCE -Iserver -I$(BUILD)/generated -DVERSION='"$(VERSION)"' $(WARNINGS) \
          $(filter -W%,$(KNOWN)) $(PACKAGE_FLAGS)
TEST_FLAGS := -DTEST_DATA='"tests/data"' -DSCHEMA_DIR='"schema"'

# The image has a limit. What is not on the way of every request is compiled for size; the instructions of an operation
# are mostly those of SQLite (make bench-check).
FAST := $(addprefix server/base/,arena.c buffer.c crypto.c json_% log.c text.c utf8.c) server/http/% server/loop.c \
        $(addprefix server/gate/,gate.c router.c caller.c) server/api/page.c server/observe/% \
        $(addprefix server/store/,broker_heads.c counts.c database.c statement.c undo.c users.c) server/mq/users.c
FLAGS_release = $(HARDENING) $(if $(filter $(FAST),$<),,-Os) $(CFLAGS)
LINK_release = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(KNOWN_LINK) -Wl,--as-needed $(LDFLAGS)
FLAGS_debug = $(SANITIZERS) $(CFLAGS)
LINK_debug = $(SANITIZERS) -Wl,--as-needed $(LDFLAGS)

# --- The server

SOURCES := $(sort $(wildcard server/*.c server/*/*.c)) \
           $(addprefix generated/,broker_texts.c image.c migrations.c page_html.c run_broker.c zones.c)
BROKER_TEXTS := $(sort $(wildcard server/brokers/*.xml server/brokers/*.properties))
MIGRATIONS := $(sort $(wildcard schema/[0-9]*.sql))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ_SOURCES := $(filter-out tests/fuzz/libfuzzer.c,$(sort $(wildcard tests/fuzz/*.c)))

all: $(BUILD)/amazonmq-local

$(BUILD)/amazonmq-local: $(BUILD)/release/amazonmq-local
	@ln -f $< $@

# If packages are missing, ends make with one line that names them.
NEEDS = $(foreach missing,$(shell CC='$(CC)' FLAGS='$(PACKAGE_FLAGS) $(CFLAGS) $(LDFLAGS) $(LIBRARIES)' \
            sh tests/setup missing | tr ' ' '~'),$(error $(subst ~, ,$(missing))))

# `flags` has a variant's flags, compiler and package versions; everything is recompiled when it changes.
define VARIANT
$(BUILD)/$(1)/flags: FORCE
	$$(NEEDS)@mkdir -p $$(@D)
	@{ echo '$$(subst ','"'"',$$(COMPILE) $$(FLAGS_$(1)) $$(LINK_$(1)) $$(LIBRARIES) $$(FAST))'; $$(CC) --version | head -n 1; \
	   $$(FIND_PACKAGES) --modversion $$(PACKAGES); } >$$@.new
	@if cmp -s $$@.new $$@; then rm $$@.new; else mv $$@.new $$@; fi

$(BUILD)/$(1)/%.o: %.c $(BUILD)/$(1)/flags
	@mkdir -p $$(@D)
	@echo "  CC $$@"
	@$$(COMPILE) $$(FLAGS_$(1)) -MMD -MP -c -o $$@ $$<

$(BUILD)/$(1)/generated/%.o: $(BUILD)/generated/%.c $(BUILD)/$(1)/flags
	@mkdir -p $$(@D)
	@echo "  CC $$@"
	@$$(COMPILE) $$(FLAGS_$(1)) -MMD -MP -c -o $$@ $$<

# Everything but main().
$(BUILD)/$(1)/libserver.a: $(patsubst %.c,$(BUILD)/$(1)/%.o,$(filter-out server/main.c,$(SOURCES))) $(BUILD)/sources.list
	@rm -f $$@
	@$$(ARCHIVER) rcsD $$@ $$(filter %.o,$$^)

$(BUILD)/$(1)/amazonmq-local: $(BUILD)/$(1)/server/main.o $(BUILD)/$(1)/libserver.a
	@echo "  LD $$@"
	@$$(CC) $$(LINK_$(1)) -o $$@ $$^ $$(LIBRARIES)

-include $(patsubst %.c,$(BUILD)/$(1)/%.d,$(SOURCES) $(FUZZ_SOURCES))
endef
$(foreach variant,release debug,$(eval $(call VARIANT,$(variant))))

# These lists change when a file was added or removed, and then their targets are rebuilt.
$(BUILD)/sources.list: FILES = $(SOURCES)
$(BUILD)/migrations.list: FILES = $(MIGRATIONS)
$(BUILD)/broker_texts.list: FILES = $(BROKER_TEXTS)
$(BUILD)/sources.list $(BUILD)/migrations.list $(BUILD)/broker_texts.list: FORCE
	@mkdir -p $(@D)
	@echo '$(FILES)' | cmp -s - $@ || echo '$(FILES)' >$@

# A file as the elements of a C array.
bytes = od -An -v -tx1 $(1) | sed 's/ \(..\)/0x\1,/g'

# Replaces @OPERATIONS@ with the names of the operations.
with_operations = sed "s/@OPERATIONS@/$$(sed -n 's/^    {\.name = "\([A-Za-z]*\)".*/\1/p' server/mq/operations.c | sort | paste -s -d ' ')/" $(1)

# The options as words `--flag=VALUE`, after the rows of their table.
options = sed -n 's/^    {"\([a-z-]*\)", [^"]*\("[A-Z_]*",\)\{0,1\} OPTION_[A-Z]*, AT([a-z_]*), "\{0,1\}\([^",]*\).*/--\1=\3/p' server/options.c | \
          sed 's/=NULL$$/=/' | paste -s -d ' '

$(BUILD)/amazonmq-local.bash: docs/completion/amazonmq-local.bash server/mq/operations.c server/options.c Makefile
	@mkdir -p $(@D)
	@$(call with_operations,$<) | sed "s/@OPTIONS@/$$($(options))/" >$@

# The web page: page.html with the files of its lines `@include FILE`.
PAGE := server/control/page
$(BUILD)/generated/page_html.c: $(PAGE)/page.html $(wildcard $(PAGE)/*) server/mq/operations.c Makefile
	@mkdir -p $(@D)
	@awk '$$1 == "@include" { file = "$(PAGE)/" $$2; while ((getline line <file) > 0) print line; close(file); next } { print }' \
	    $< >$(@D)/page.joined
	@$(call with_operations,$(@D)/page.joined) | sed 's/@VERSION@/$(VERSION)/' >$(@D)/page.html
	@{ echo '#include "control/page.h"'; echo 'const unsigned char page_html[] = {'; $(call bytes,$(@D)/page.html); echo '};'; \
	   echo 'const size_t page_html_len = sizeof page_html;'; } >$@

$(BUILD)/generated/run_broker.c: server/brokers/run-broker Makefile
	@mkdir -p $(@D)
	@{ echo '#include "brokers/run_broker.h"'; echo 'const unsigned char run_broker[] = {'; $(call bytes,$<); echo '};'; \
	   echo 'const size_t run_broker_len = sizeof run_broker;'; } >$@

# Files of real brokers that have the same text, or almost, for all of them.
$(BUILD)/generated/broker_texts.c: $(BROKER_TEXTS) $(BUILD)/broker_texts.list Makefile
	@mkdir -p $(@D)
	@{ echo '#include "brokers/texts.h"'; \
	   for file in $(BROKER_TEXTS); do \
	       echo "static const unsigned char $$(basename $$file | tr .- __)[] = {"; $(call bytes,$$file); echo '};'; done; \
	   echo 'const struct broker_text broker_texts[] = {'; \
	   for file in $(BROKER_TEXTS); do \
	       name=$$(basename $$file | tr .- __); echo "{\"$$(basename $$file)\", $$name, sizeof $$name},"; done; \
	   echo '};'; echo 'const size_t broker_text_count = $(words $(BROKER_TEXTS));'; } >$@

# Each script of schema/, NUL-terminated.
$(BUILD)/generated/migrations.c: $(MIGRATIONS) $(BUILD)/migrations.list Makefile
	@mkdir -p $(@D)
	@{ echo '#include "store/migrations.h"'; \
	   for file in $(MIGRATIONS); do \
	       echo "static const unsigned char m$$(basename $$file .sql)[] = {"; $(call bytes,$$file); echo '0};'; done; \
	   echo 'const unsigned char *const migrations[] = {'; \
	   for file in $(MIGRATIONS); do echo "m$$(basename $$file .sql),"; done; \
	   echo '};'; echo 'const int migration_count = $(words $(MIGRATIONS));'; } >$@

# The store that the migrations make of an empty database: application_id is STORE_APPLICATION_ID. VACUUM leaves no trace
# of the steps. The shell is that of the machine that builds, also for another architecture.
$(BUILD)/generated/image.db: $(MIGRATIONS) $(BUILD)/migrations.list Makefile
	@mkdir -p $(@D)
	@rm -f $@ $@-journal
	@{ echo 'PRAGMA page_size = 4096; BEGIN;'; cat $(MIGRATIONS); \
	   echo 'PRAGMA application_id = 0x416D5131; PRAGMA user_version = $(words $(MIGRATIONS)); COMMIT; VACUUM;'; } | \
	   sqlite3 -batch -bail -init /dev/null $@

# Its lines of 16 bytes, of which three quarters have only zeros and are left out.
$(BUILD)/generated/image.c: $(BUILD)/generated/image.db
	@od -An -v -tx1 $< | awk ' \
	    BEGIN { print "#include \"store/image.h\"\nconst unsigned char image_bytes[] = {" } \
	    /[1-9a-f]/ { if (NR != following) { runs = runs (count ? count "}," : "") "{" NR - 1 ","; count = 0 } \
	                 count++; following = NR + 1; gsub(/ /, ",0x"); print substr($$0, 2) "," } \
	    END { print "};\nconst struct image_run image_runs[] = {" runs count "}};"; \
	          print "const size_t image_run_count = sizeof image_runs / sizeof *image_runs;"; \
	          print "const size_t image_size = " NR * 16 ";" }' >$@

# The zone database of the machine that builds, for systems that lack it or some of its names. The service's clock begins
# in 1970; the fourteen days before are for windows of its first week.
ZONEINFO := /usr/share/zoneinfo
$(BUILD)/generated/zones.c: server/base/zones.awk $(wildcard $(ZONEINFO)/tzdata.zi) Makefile
	@mkdir -p $(@D)
	@export LC_ALL=C; cd $(ZONEINFO) && find [A-Z]* \( -type f -o -type l \) -exec grep -l '^TZif' {} + | sort | xargs cksum | \
	   awk -v root=$(ZONEINFO) -v from=-1209600 -f $(abspath $<) >$(abspath $@)

# --- The static server: `make static` builds it with the libraries of docker/static, in a build of its own. ARCH=arm64
# --- builds it for another architecture.

NATIVE_ARCH = $(call once,NATIVE_ARCH,dpkg --print-architecture 2>/dev/null)
ARCH = $(NATIVE_ARCH)
FOREIGN_ARCH = $(filter-out $(NATIVE_ARCH),$(ARCH))
STATIC = $(BUILD)/static$(if $(FOREIGN_ARCH),-$(FOREIGN_ARCH))
STATIC_LIBRARIES = $(abspath $(BUILD)/static-libraries/$(ARCH))
STATIC_COMPILER_amd64 := x86_64-linux-gnu-gcc
STATIC_COMPILER_arm64 := aarch64-linux-gnu-gcc
# -pie of the other builds stays before -static-pie; the last one counts. STATIC_LINK changes with the libraries, so that
# everything is compiled again.
STATIC_FLAGS = BUILD=$(STATIC) CC='$(STATIC_COMPILER_$(ARCH)) --sysroot=$(STATIC_LIBRARIES)/sysroot' \
    ZONEINFO=$(STATIC_LIBRARIES)/sysroot/usr/share/zoneinfo \
    PACKAGE_FLAGS='-DSTATIC_LINK=0x$(shell head -c 8 $(STATIC_LIBRARIES)/made 2>/dev/null) -isystem $(STATIC_LIBRARIES)/include -ffunction-sections -fdata-sections' \
    PACKAGE_LIBRARIES='-lmicrohttpd -lsqlite3 -lcjson -lgnutls -ltasn1 -lhogweed -lnettle -lgmp -lexpat -lm' \
    LDFLAGS='-static-pie -L$(STATIC_LIBRARIES)/lib -Wl,--gc-sections $(STATIC_QUIET) $(LDFLAGS)'
# The linker would warn that getaddrinfo and getpwuid_r load modules of the machine: base/resolve.h prevents that of the
# first, and nothing calls the second.
STATIC_QUIET = $(call once,STATIC_QUIET,$(STATIC_COMPILER_$(ARCH)) -Wl$(comma)--help 2>/dev/null | grep -q -e '--no-warnings' && echo '-Wl$(comma)--no-warnings')

# --- Programs of the tests. INPUTS leaves out the headers among their prerequisites.

INPUTS = $(filter %.c %.o,$^) $(filter %.a,$^)

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/debug/libserver.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(COMPILE) $(FLAGS_debug) -MMD -MP $(TEST_FLAGS) -o $@ $(INPUTS) $(LINK_debug) $(LIBRARIES) -lcmocka

$(BUILD)/unit/test_fuzz_corpora: $(FUZZ_SOURCES:%.c=$(BUILD)/debug/%.o)

# Built like the release, since the sandbox does not work with sanitizers.
$(BUILD)/unit/test_sandbox: tests/unit/test_sandbox.c $(BUILD)/release/libserver.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(COMPILE) $(FLAGS_release) -MMD -MP -o $@ $(INPUTS) $(LINK_release) $(LIBRARIES) -lcmocka

# Wraps the server's allocations, so that they can fail: tests/unit/failing_heap.h.
$(BUILD)/unit/test_anomaly_memory: private LDFLAGS += \
    $(foreach name,malloc calloc realloc arena_alloc arena_copy arena_printf,-Wl,--wrap=$(name))

# Preloaded into the server by tests/api/test_anomalies.py and test_clock_steps.py.
$(BUILD)/%.so: tests/faults/%.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) -std=gnu17 -D_GNU_SOURCE $(WARNINGS) -O2 -shared -fPIC -o $@ $<

# The same for the static server: the calls are wrapped.
$(BUILD)/amazonmq-local-faults: $(BUILD)/release/server/main.o $(wildcard tests/faults/*.c) $(BUILD)/release/libserver.a
	@echo "  LD $@"
	@$(COMPILE) -O2 $(LINK_release) $(foreach name,malloc calloc realloc mmap clock_gettime,-Wl$(comma)--wrap=$(name)) \
	    -o $@ $(INPUTS) $(LIBRARIES)

$(BUILD)/bench/instructions: tests/bench/instructions.c $(BUILD)/release/libserver.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(COMPILE) -O2 -MMD -MP $(TEST_FLAGS) -o $@ $(INPUTS) $(LDFLAGS) $(LIBRARIES) -lcmocka

# With libFuzzer, which needs clang.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := json_body page_token request request_target seed sigv4 snapshot xml
FUZZ_SANITIZERS := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/%)

$(FUZZERS): $(BUILD)/%: tests/fuzz/libfuzzer.c $(FUZZ_SOURCES:%.c=$(BUILD)/debug/%.o) $(BUILD)/debug/libserver.a
	@echo "  LD $@"
	@$(COMPILE) $(FLAGS_debug) -DFUZZ_TARGET=fuzz_$(@F) -o $@ $(INPUTS) -fsanitize=fuzzer $(LINK_debug) $(LIBRARIES)

-include $(UNIT_TESTS:=.d) $(BUILD)/bench/instructions.d

# --- Targets for users. `make help` prints the text after `##`.

# Runs make again after something was installed, by default with one job for each processor.
AGAIN = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null))

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

deps: ## install the Debian packages that the build needs (root or sudo)
	@sh tests/setup build

run: deps ## install missing packages, build, start with a demo broker
	@+$(AGAIN) all
	@echo "Starting with schema/seeds/demo.sql (Ctrl-C stops it). Try, in another shell:"
	@echo "  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 \\"
	@echo "  aws mq create-user --endpoint-url http://localhost:$(or $(AMAZONMQ_LOCAL_PORT),8267) \\"
	@echo "      --broker-id b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9 --username alice --password 'correct-horse-12'"
	@exec $(BUILD)/amazonmq-local --seed schema/seeds/demo.sql

test: deps ## install missing packages, build, run every suite
	@sh tests/setup test
	@+$(AGAIN) all unit $(BUILD)/bench/instructions
	@tests/run

check: test ## the same as make test

debug: $(BUILD)/debug/amazonmq-local ## build/debug/amazonmq-local with AddressSanitizer and UBSan

unit: $(UNIT_TESTS) ## compile the unit tests; tests/run unit runs them

static: static-libraries ## build/static/amazonmq-local, one file without shared libraries; ARCH=arm64: build/static-arm64
	@+$(AGAIN) $(STATIC_FLAGS) all

static-libraries:
	$(if $(STATIC_COMPILER_$(ARCH)),,$(error ARCH is amd64 or arm64, and not $(ARCH)))@sh tests/setup static$(if $(FOREIGN_ARCH),-$(FOREIGN_ARCH))
	@docker/static build $(STATIC_LIBRARIES) $(ARCH)

# Of every file in a package, and of the list of what is in the static server.
SOURCE_DATE_EPOCH ?= $(call once,SOURCE_DATE,git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile)

# The files of the image, in IMAGE_ROOT: for docker/Dockerfile.
image-root: export SOURCE_DATE_EPOCH := $(SOURCE_DATE_EPOCH)
image-root:
	STRIP=$$($(STATIC_COMPILER_$(ARCH)) -print-prog-name=strip) sh docker/collect $(STATIC)/amazonmq-local $(STATIC_LIBRARIES) $(IMAGE_ROOT) $(VERSION) $(ARCH)

# --- Packages of the static server, for ARCHES. The same commit gives the same files.

ARCHES ?= amd64 arm64
DIST = $(BUILD)/dist

# Of every file of this version.
WRITE_SUMS = cd $(DIST) && LC_ALL=C && sha256sum *[_-]$(VERSION)[._-]* >SHA256SUMS && cat SHA256SUMS

dist: ## archives and Debian packages of the static server in build/dist, with SHA256SUMS; ARCHES=amd64: only for that
	@sh tests/setup dist
	@+for arch in $(ARCHES); do $(AGAIN) static ARCH=$$arch && $(AGAIN) dist-packages ARCH=$$arch || exit 1; done
	@$(WRITE_SUMS)

# After `make static`, for one ARCH.
dist-packages: export SOURCE_DATE_EPOCH := $(SOURCE_DATE_EPOCH)
dist-packages: $(BUILD)/amazonmq-local.bash
	@mkdir -p $(DIST)
	@rm -rf $(DIST)/root-$(ARCH)
	@$(MAKE) --no-print-directory image-root IMAGE_ROOT=$(DIST)/root-$(ARCH) >/dev/null
	@clients/packages/tarball $(DIST)/root-$(ARCH)/root $(VERSION) $(ARCH) $< $(DIST)/amazonmq-local-$(VERSION)-linux-$(ARCH).tar.gz
	@clients/packages/deb $(DIST)/root-$(ARCH)/root $(VERSION) $(ARCH) $< $(DIST)/amazonmq-local_$(VERSION)_$(ARCH).deb
	@rm -rf $(DIST)/root-$(ARCH)

dist-test: dist ## install the packages in new Debian systems, use and remove them
	@tests/packages/run

# --- The npm packages of clients/javascript: one with the client, and one with the static server for each of ARCHES.

NPM_CPU_amd64 := x64
NPM_CPU_arm64 := arm64

npm: ## the npm packages of clients/javascript in build/dist, the same ones each time; ARCHES=amd64: only for that
	@+for arch in $(ARCHES); do $(AGAIN) static ARCH=$$arch && $(AGAIN) npm-platform ARCH=$$arch || exit 1; done
	@clients/javascript/pack main $(BUILD)/dist

# After `make static`, for one ARCH.
npm-platform:
	@rm -rf $(BUILD)/npm/$(ARCH)
	@$(MAKE) --no-print-directory image-root IMAGE_ROOT=$(BUILD)/npm/$(ARCH)
	@xz -dc $(BUILD)/npm/$(ARCH)/root/usr/share/doc/amazonmq-local/licences.xz >$(BUILD)/npm/$(ARCH)/LICENSES
	@clients/javascript/pack $(NPM_CPU_$(ARCH)) $(BUILD)/npm/$(ARCH)/root/amazonmq-local $(BUILD)/npm/$(ARCH)/LICENSES $(BUILD)/dist

npm-test: npm ## run the suite javascript-client with these packages
	@AMAZONMQ_LOCAL_BIN=$(STATIC)/amazonmq-local AMAZONMQ_LOCAL_NPM=$(BUILD)/dist tests/run javascript-client

# --- The Python packages of clients/python.

CLIENT_BACKEND := $(PYTHON) clients/python/backend/backend.py

wheels: ## the Python packages in build/dist, wheels and the source distribution; ARCHES=amd64: only for that
	@+for arch in $(ARCHES); do $(AGAIN) ARCH=$$arch wheel || exit 1; done
	@SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(CLIENT_BACKEND) sdist $(BUILD)/dist

wheel: static
	@rm -rf $(BUILD)/wheel-root-$(ARCH)
	@+$(AGAIN) -s ARCH=$(ARCH) IMAGE_ROOT=$(BUILD)/wheel-root-$(ARCH) image-root
	@SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(CLIENT_BACKEND) wheel $(BUILD)/wheel-root-$(ARCH)/root/amazonmq-local \
	    $(BUILD)/dist $(BUILD)/wheel-root-$(ARCH)/root/usr/share/doc/amazonmq-local/licences.xz

release-files: ## all packages of a release in build/dist, with SHA256SUMS
	@+$(AGAIN) dist && $(AGAIN) npm && $(AGAIN) wheels
	@$(WRITE_SUMS)

static-test: deps static ## run the suite api with build/static/amazonmq-local
	@sh tests/setup test
	@+$(AGAIN) $(STATIC_FLAGS) $(STATIC)/amazonmq-local-faults
	@AMAZONMQ_LOCAL_BIN=$(STATIC)/amazonmq-local tests/run api

static-outdated: ## name the packages of the static server that Debian has replaced; fails if it did so for security
	@sh tests/setup static
	@docker/static outdated

lint: ## formatting, warnings, static analysis, rules of this project
	@sh tests/setup lint
	@tests/lint

image-test: ## build docker/Dockerfile and test the image
	@tests/image/run

fresh-test: ## make run and the unit and API suites in new Debian systems
	@tests/fresh/run --suites bookworm-first bookworm trixie sid

release-test: ## all long tests, for hours; tests/release STAGE runs one stage, tests/release list lists them
	@tests/release

SWEEPS := $(addprefix $(BUILD)/unit/test_,anomaly_memory anomaly_disk store_faults seed_limits)
anomalies: deps ## fail every allocation and disk call once; make test does only a part of them
	@sh tests/setup test
	@+$(AGAIN) all $(SWEEPS)
	@for sweep in $(SWEEPS); do echo "  $$sweep"; AMAZONMQ_LOCAL_ANOMALIES=all $$sweep || exit 1; done
	AMAZONMQ_LOCAL_ANOMALIES=all $(PYTHON) -m pytest -q -p no:cacheprovider tests/api/test_anomalies.py

fuzz: deps ## fuzz every parser and the gate, FUZZ_SECONDS=60 each
	@sh tests/setup fuzz
	@+$(AGAIN) CC=clang BUILD=$(BUILD)/fuzz SANITIZERS='$(FUZZ_SANITIZERS)' fuzzers
	@tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzzers: $(FUZZERS)

sanitize: deps ## run the suites api and abuse with sanitizers
	@sh tests/setup test
	@+$(AGAIN) debug
	@AMAZONMQ_LOCAL_BIN=$(BUILD)/debug/amazonmq-local tests/run api abuse

# Programs that measure time or memory, or enter the sandbox.
VALGRIND_LEFT_OUT := test_sandbox test_anomaly_% test_store_faults test_seed_limits test_statement_costs test_log

valgrind: deps ## run the unit tests under memcheck
	@sh tests/setup test
	@+$(AGAIN) BUILD=$(BUILD)/valgrind SANITIZERS='-O0 -g -DINSTRUMENTED' unit
	@for test in $(filter-out $(addprefix $(BUILD)/valgrind/unit/,$(VALGRIND_LEFT_OUT)),$(UNIT_TESTS:$(BUILD)/%=$(BUILD)/valgrind/%)); do \
	    echo "  MEMCHECK $$test"; \
	    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite $$test >/dev/null 2>$$test.log || \
	        { cat $$test.log; exit 1; }; done
	@echo "valgrind: clean"

coverage: deps ## lines and branches that the suites reach, and the reasons for the rest
	@sh tests/setup test
	@tests/coverage

sdk-matrix: deps ## run every SDK suite; list the clients, their versions and results
	@sh tests/setup test
	@+$(AGAIN) all
	@tests/sdk/matrix

user-life: deps ## random lives of users against a model, 20,000 steps
	@sh tests/setup test
	@+$(AGAIN) all
	@AMAZONMQ_LOCAL_LIFE_STEPS=20000 $(PYTHON) -m pytest -q -p no:cacheprovider tests/api/test_user_life.py

brokers-test: deps ## everything with real brokers; installs a JDK, RabbitMQ and slapd
	@sh tests/setup test
	@sh tests/setup brokers
	@+$(AGAIN) all
	@tests/run runner brokers brokers-more

soak: deps ## valid and invalid traffic for an hour, or SOAK_SECONDS=n
	@sh tests/setup test
	@+$(AGAIN) all
	@AMAZONMQ_LOCAL_SOAK_SECONDS=$(or $(SOAK_SECONDS),3600) tests/run soak

bench: deps ## run the benchmarks, some against the build of an earlier commit
	@sh tests/setup bench
	@+$(AGAIN) all
	@$(PYTHON) tests/bench/run $(BENCH_OPTIONS)

bench-record: ## run the benchmarks and write docs/performance.md
	@$(MAKE) --no-print-directory bench BENCH_OPTIONS='--record docs/performance.md'

bench-peers: deps ## measure moto and ministack, from PyPI, beside the server; RECORD=1 writes docs/performance.md
	@sh tests/setup bench
	@+$(AGAIN) all
	@$(PYTHON) tests/bench/peers $(if $(RECORD),--record docs/performance.md)

bench-check: deps ## count instructions; fails if an operation takes 3 % more than recorded
	@sh tests/setup test
	@sh tests/setup bench
	@+$(AGAIN) $(BUILD)/bench/instructions
	@tests/bench/instructions

fidelity-diff: all ## replay RECORDING=file, made by tests/record, and tell each difference
	@tests/record diff "$(or $(RECORDING),$(error RECORDING=file is missing: tests/record run makes one))" --server $(BUILD)/amazonmq-local

BIN := "$(DESTDIR)$(PREFIX)/bin/amazonmq-local"
LICENCE := "$(DESTDIR)$(PREFIX)/share/doc/amazonmq-local/LICENSE"
MANUAL := "$(DESTDIR)$(PREFIX)/share/man/man1/amazonmq-local.1"
COMPLETION := "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/amazonmq-local"

install: all $(BUILD)/amazonmq-local.bash ## install the server, its man page and completion in PREFIX (/usr/local), below DESTDIR
	install -D -m 0755 $(BUILD)/amazonmq-local $(BIN)
	install -D -m 0644 docs/amazonmq-local.1 $(MANUAL)
	install -D -m 0644 LICENSE $(LICENCE)
	install -D -m 0644 $(BUILD)/amazonmq-local.bash $(COMPLETION)

uninstall: ## remove the installed files
	rm -f $(BIN) $(MANUAL) $(LICENCE) $(COMPLETION)

clean: ## remove build/
	rm -rf $(BUILD)

.PHONY: FORCE all help deps run test check debug unit static static-libraries image-root dist dist-packages dist-test npm npm-platform npm-test wheels wheel release-files static-test \
        static-outdated lint image-test fresh-test release-test anomalies fuzz fuzzers sanitize valgrind coverage sdk-matrix user-life soak \
        bench bench-record bench-peers bench-check fidelity-diff install uninstall clean
.DELETE_ON_ERROR:
