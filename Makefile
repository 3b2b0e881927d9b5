# libphoenix: one way to build. `make demo` and `make check` install what they
# need; the other targets say what is missing.
#
#   make            library and server          make check      all quick tests
#   make install    DESTDIR= PREFIX=            make check-all  every compiler and checker
#   make DEV=1      warnings are errors         make bench      figures; see docs/performance.md

PREFIX  ?= /usr/local
BUILD   ?= build
# A folder below this one has one name, however it was given: dependency files
# of build/ are those of /here/build/.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
CC      ?= cc
VERSION := 0.1.0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
        -Wcast-qual -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes \
        -Wvla -Wundef -Wdouble-promotion -Wformat=2
ifeq ($(DEV),1)
WARN += -Werror
endif
OPTIMISE ?= -O2 -g
HARDEN   ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2
STD      := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
INCLUDES := -Iinclude -Ilibphoenix -I.
EXTRA    ?=
CFLAGS   += $(STD) $(OPTIMISE) $(HARDEN) $(WARN) $(INCLUDES) -fPIC \
            -fvisibility=hidden -pthread -MMD -MP $(EXTRA)

# Rooms in the order of their ranks, as in libphoenix/ROOMS; the extension, a
# library of its own, is below.
ROOMS := base json model wire attr block cost arrow expect lint prompt store trace query frame api

LIBRARY_LIBS := -lsqlite3 -lzstd -lpcre2-8 -lsodium -lxxhash -lpthread -lm
SERVER_LIBS  := -lmicrohttpd -lnghttp2 -lz $(LIBRARY_LIBS)

room_sources = $(wildcard libphoenix/$(1)/*.c)
LIBRARY_SOURCES := $(foreach room,$(ROOMS),$(call room_sources,$(room)))
SCHEMA_IMAGE    := $(BUILD)/libphoenix/store/schema_image.o
LIBRARY_OBJECTS := $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o) $(SCHEMA_IMAGE)
SERVER_SOURCES  := $(wildcard server/*.c server/*/*.c)
SERVER_OBJECTS  := $(SERVER_SOURCES:%.c=$(BUILD)/%.o)

# The server stands on phoenix.h; of the inner rooms it may use base and json.
SERVER_ROOMS := $(patsubst %.c,$(BUILD)/%.o,$(call room_sources,base) $(call room_sources,json))

# What SQLite of other programs loads: the store room compiled to call it by
# the table it hands in, and lower rooms as they are.
EXTENSION_ROOMS := base json model wire attr block cost
EXTENSION_SOURCES := $(foreach room,store extension,$(call room_sources,$(room)))
EXTENSION_OBJECTS := $(EXTENSION_SOURCES:%.c=$(BUILD)/extension/%.o) $(SCHEMA_IMAGE) \
    $(foreach room,$(EXTENSION_ROOMS),$(patsubst %.c,$(BUILD)/%.o,$(call room_sources,$(room))))

LIBRARY_A  := $(BUILD)/libphoenix.a
LIBRARY_SO := $(BUILD)/libphoenix.so.0
EXTENSION  := $(BUILD)/libphoenix_sqlite.so
SERVER     := $(BUILD)/phoenix-server

# The load generator of the benches, the demo and the tests.
LOAD := $(BUILD)/load

.PHONY: all
all: $(LIBRARY_A) $(LIBRARY_SO) $(EXTENSION) $(SERVER)

$(BUILD)/tests/columns/%.o: CFLAGS += -Itests

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

# The tables of a new store as SQLite keeps them. A machine that cannot run what
# it builds names in RUN what can.
$(BUILD)/schema_image: $(BUILD)/tools/schema_image.o $(BUILD)/libphoenix/store/schema.o
	$(CC) $(EXTRA) -o $@ $^ -lsqlite3

$(SCHEMA_IMAGE:.o=.c): $(BUILD)/schema_image
	$(RUN) $< > $@.part && mv $@.part $@

$(SCHEMA_IMAGE): $(SCHEMA_IMAGE:.o=.c)
	$(CC) $(CFLAGS) -c -o $@ $<

# One object whose inner names are local, so that they never clash with a
# host program's.
$(LIBRARY_A): $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(LD) -r -o $(BUILD)/phoenix-whole.o $^
	objcopy --localize-hidden $(BUILD)/phoenix-whole.o
	rm -f $@ && $(AR) rcs $@ $(BUILD)/phoenix-whole.o

EXPORTS := libphoenix/exports.map
LINK_SO = $(CC) -shared -Wl,-soname,libphoenix.so.0 -Wl,-z,defs \
    -Wl,--version-script=$(EXPORTS) $(EXTRA) -o $@ $(LIBRARY_OBJECTS)

$(LIBRARY_SO): $(LIBRARY_OBJECTS) $(EXPORTS)
	$(LINK_SO) $(LIBRARY_LIBS)
	ln -sf libphoenix.so.0 $(BUILD)/libphoenix.so

# What packages of other languages carry: SQLite and its like are inside and
# hidden, so that other copies of them in a process do not matter.
CARRIED := $(BUILD)/carried/libphoenix.so.0
SYSTEM_LIBS := -lpthread -lm
.PHONY: carried
carried: $(CARRIED)
$(CARRIED): $(LIBRARY_OBJECTS) $(EXPORTS)
	@mkdir -p $(@D)
	$(LINK_SO) -s -Wl,-Bstatic $(filter-out $(SYSTEM_LIBS),$(LIBRARY_LIBS)) \
	    -Wl,-Bdynamic $(SYSTEM_LIBS)

$(BUILD)/extension/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -include libphoenix/extension/inside.h -c -o $@ $<

$(EXTENSION): $(EXTENSION_OBJECTS)
	$(CC) -shared -Wl,-z,defs $(EXTRA) -o $@ $^ $(filter-out -lsqlite3,$(LIBRARY_LIBS))

$(SERVER): $(SERVER_OBJECTS) $(SERVER_ROOMS) $(LIBRARY_A)
	$(CC) -pthread $(EXTRA) -o $@ $^ $(SERVER_LIBS)

$(LOAD): $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/ask.c %/limit.c %/retain.c %/search.c,$(wildcard tests/bench/*.c)))
	$(CC) $(EXTRA) -o $@ $^ -lnghttp2 -lz

# What the disk and zstd alone would allow.
LIMIT     := $(BUILD)/limit
LOAD_ONLY := %/load.c %/send.c %/wire.c %/ask.c %/retain.c %/search.c
$(LIMIT): $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(LOAD_ONLY),$(wildcard tests/bench/*.c)))
	$(CC) $(EXTRA) -o $@ $^ -lzstd

# What retention takes, alone with its store; what a statement of SQL takes.
RETAIN := $(BUILD)/retain
ASK    := $(BUILD)/ask
$(RETAIN) $(ASK): $(BUILD)/%: $(BUILD)/tests/bench/%.o $(LIBRARY_A)
	$(CC) -pthread $(EXTRA) -o $@ $^ $(LIBRARY_LIBS)

# Made-up columns, for readers in other languages.
COLUMNS := $(BUILD)/columns.so
$(COLUMNS): $(patsubst %.c,$(BUILD)/%.o,tests/columns/made.c $(call room_sources,base) $(call room_sources,json) $(call room_sources,arrow))
	$(CC) -shared -Wl,-z,defs $(EXTRA) -o $@ $^ -lzstd -lsodium -lm

# What a search takes; beside the server of its store, or alone.
SEARCH := $(BUILD)/search
$(SEARCH): $(BUILD)/tests/bench/search.o $(LIBRARY_A)
	$(CC) -pthread $(EXTRA) -o $@ $^ $(LIBRARY_LIBS)

# --- tests ------------------------------------------------------------------
# tests/unit/ROOM/NAME_test.c is built with TEST_BUILD (small constants, freed
# memory filled, faults on demand) and linked with its room and lower ones.

T := $(BUILD)/test
TEST_CFLAGS = $(CFLAGS) -DTEST_BUILD=1 -Itests -Ilibphoenix
TEST_LIBS   = -lcmocka -lcjson -lz $(LIBRARY_LIBS)

room_archive = $(T)/$(1).a
define room_rule
$(T)/$(1).a: $(patsubst %.c,$(T)/%.o,$(call room_sources,$(1)))
	@mkdir -p $$(@D)
	rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))
$(T)/store.a: $(SCHEMA_IMAGE)

$(T)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -c -o $@ $<

below_base  :=
below_json  := base
below_model := json base
below_wire  := model json base
below_attr  := $(below_wire)
below_block := $(below_wire)
below_cost  := model json base
below_arrow := json base
below_expect := model json base
below_lint  := model json base
below_prompt := json base
below_store := cost block attr wire model json base
below_trace := store $(below_store)
below_query := store $(below_store)
below_frame := arrow query $(below_query)
below_api   := frame trace expect lint prompt $(below_frame)

UNIT_SOURCES := $(wildcard tests/unit/*/*_test.c)
UNIT_TESTS   := $(UNIT_SOURCES:%.c=$(T)/%)
define unit_rule
$(T)/tests/unit/$(1)/%_test: $(T)/tests/unit/$(1)/%_test.o $(foreach room,$(1) $(below_$(1)),$(call room_archive,$(room)))
	$$(CC) -pthread $(EXTRA) -o $$@ $$^ $(TEST_LIBS)
endef
$(foreach room,$(ROOMS),$(eval $(call unit_rule,$(room))))

.PHONY: check-unit
check-unit: $(UNIT_TESTS)
	@tests/run-each $(UNIT_TESTS)

# Tests that use the whole library, by its public header or by its inner
# doors; and the fuzz targets over their corpora.

WHOLE := $(foreach room,api frame query trace store prompt lint expect arrow cost block attr wire model json base,$(call room_archive,$(room)))

# A test of the server may bring fakes instead of what the archives hold.
SERVER_TESTED := $(filter-out server/main.c,$(SERVER_SOURCES))
$(T)/server.a: $(SERVER_TESTED:%.c=$(T)/%.o)
	rm -f $@ && $(AR) rcs $@ $^

$(T)/tests/unit/server/%_test: $(T)/tests/unit/server/%_test.o $(T)/server.a $(WHOLE)
	$(CC) -pthread $(EXTRA) -o $@ $^ -lcmocka -lcjson $(SERVER_LIBS)

CONTRACT_TESTS := $(patsubst %.c,$(T)/%,$(wildcard tests/contract/*_test.c))
FAULT_TESTS    := $(patsubst %.c,$(T)/%,$(wildcard tests/fault/*_test.c))
FUZZ_NAMES     := $(filter-out main,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))

$(CONTRACT_TESTS) $(FAULT_TESTS): %: %.o $(WHOLE)
	$(CC) -pthread $(EXTRA) -o $@ $^ $(TEST_LIBS)

$(FAULT_TESTS): $(T)/tests/fault/disk.o

$(T)/replay/%: $(T)/tests/fuzz/%.o $(T)/tests/fuzz/main.o $(WHOLE)
	@mkdir -p $(@D)
	$(CC) -pthread $(EXTRA) -o $@ $^ $(TEST_LIBS)

.PHONY: check-contract check-fault check-fuzz
check-contract: $(CONTRACT_TESTS)
	@tests/run-each $(CONTRACT_TESTS)

check-fault: $(FAULT_TESTS)
	@tests/run-each $(FAULT_TESTS)

check-fuzz: $(FUZZ_NAMES:%=$(T)/replay/%)
	@tests/check/replay $(T)/replay $(FUZZ_NAMES)

# The cases that C, Python and Node run alike, on a library that tells what
# memory it holds.
CASES := tests/bindings/cases
$(T)/cases.c: $(addprefix $(CASES)/,cases.json read.py write_c.py) bindings/api.json
	@mkdir -p $(@D)
	python3 -B $(CASES)/write_c.py $@

$(T)/cases.o: $(T)/cases.c
	$(CC) $(TEST_CFLAGS) -I$(CASES) -Wno-overlength-strings -c -o $@ $<

$(T)/cases: $(T)/cases.o $(WHOLE)
	$(CC) -pthread $(EXTRA) -o $@ $^ $(TEST_LIBS)

$(T)/libphoenix.so.0: $(T)/$(CASES)/balance.o $(WHOLE)
	$(CC) -shared $(EXTRA) -o $@ -Wl,--whole-archive $^ -Wl,--no-whole-archive \
	    $(LIBRARY_LIBS)

.PHONY: check-cases
check-cases: $(T)/cases $(T)/libphoenix.so.0
	@$(CASES)/run --build $(BUILD)

# make fuzz FUZZ=name TIME=60; what it finds new goes to the tree by fuzz-keep.
TIME ?= 60
FUZZ_BUILD = $(MAKE) BUILD=$(BUILD)/fuzz CC=clang HARDEN= OPTIMISE="-O1 -g" \
    EXTRA="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"

$(T)/fuzz/%: $(T)/tests/fuzz/%.o $(WHOLE)
	@mkdir -p $(@D)
	$(CC) -pthread $(EXTRA) -fsanitize=fuzzer -o $@ $^ $(TEST_LIBS)

.PHONY: fuzz fuzz-keep
fuzz:
	@tools/install-packages all
	$(FUZZ_BUILD) $(BUILD)/fuzz/test/fuzz/$(FUZZ)
	@mkdir -p $(BUILD)/fuzz/corpus/$(FUZZ) tests/fuzz/corpus/$(FUZZ)
	$(BUILD)/fuzz/test/fuzz/$(FUZZ) -max_total_time=$(TIME) -max_len=65536 \
	    -artifact_prefix=$(BUILD)/fuzz/$(FUZZ)- \
	    $(BUILD)/fuzz/corpus/$(FUZZ) tests/fuzz/corpus/$(FUZZ)

fuzz-keep:
	$(BUILD)/fuzz/test/fuzz/$(FUZZ) -merge=1 -max_len=4096 \
	    tests/fuzz/corpus/$(FUZZ) $(BUILD)/fuzz/corpus/$(FUZZ)

# --- checks -------------------------------------------------------------------
# Each ends with "N passed, N failed"; `make check` adds them up.

CHECKS := check-rooms check-style check-unit check-contract check-fault \
          check-fuzz check-header check-symbols check-readme check-installed \
          check-vectors check-golden check-server check-rest check-bindings check-cases

.PHONY: check check-all demo
check:
	@tools/install-packages test
	@echo "building ..."
	@$(MAKE) -s --no-print-directory all
	@MAKE="$(MAKE) -s" tests/run-checks $(CHECKS)

.PHONY: check-rooms check-style check-header check-symbols check-readme
check-rooms:
	@python3 tests/check/rooms.py --self-test
	@python3 tests/check/rooms.py

check-style:
	@tests/check/style

check-header:
	@tests/check/header

check-symbols: $(LIBRARY_A) $(LIBRARY_SO) $(EXTENSION)
	@tests/check/symbols $(BUILD)

check-readme: $(LIBRARY_A)
	@CC="$(CC)" python3 tests/check/readme.py $(BUILD)

.PHONY: check-installed check-vectors check-golden check-recordings
check-installed: all
	@rm -rf $(BUILD)/installed
	@$(MAKE) --no-print-directory install DESTDIR= PREFIX=$(abspath $(BUILD)/installed) >/dev/null
	@CC="$(CC)" tests/check/installed $(abspath $(BUILD)/installed)

# Debian packages; what is not committed is in them, if git knows of it.
.PHONY: check-debian
check-debian:
	@tools/install-packages debian
	@tests/check/debian $(abspath $(BUILD))

# What is generated from phoenix.h, and Python and Node on top of it, as far as
# they are here; check-bindings-whole installs more from their registries.
.PHONY: generate check-generated check-bindings check-bindings-whole
generate:
	@python3 bindings/generate

check-generated:
	@python3 bindings/generate --check

check-bindings: all
	@tests/bindings/run --build $(BUILD)

check-bindings-whole: all
	@tests/bindings/run --build $(BUILD) --install

# make check-vectors VECTORS=DIR FAMILIES="otlp_decode ..."
VECTORS  ?= tests/vectors
FAMILIES ?=
check-vectors: all
	@python3 tests/vectors/check.py --build $(BUILD) $(VECTORS) $(FAMILIES)

check-golden: all
	@python3 tests/golden/replay.py --build $(BUILD) tests/golden

RECORDINGS ?= $(or $(wildcard ../shared/data/otlp),tests/golden)
check-recordings: all
	@python3 tests/golden/replay.py --build $(BUILD) $(RECORDINGS)

.PHONY: check-server check-crash
check-server: all
	@tests/check/server $(BUILD)

# docs/rest.md: its routes, and the tests that ask for them, as check-server and
# check-vectors have noted.
.PHONY: rest-page check-rest
rest-page: check-vectors check-server
	@tools/rest-page $(BUILD)

check-rest:
	@tools/rest-page --check $(BUILD)

# Real senders, installed and built under $(BUILD)/senders: needs the registries
# of Python, Node and Go at first.
.PHONY: check-senders
check-senders: all
	@tests/senders/run --build $(BUILD)

# Phoenix's clients, installed under $(BUILD)/senders: answers to the one for Python are
# those recorded from the reference (tests/clients/record.py), and all hold to its
# OpenAPI document where that is at hand; check-answers holds those to it that
# the tests of the server get.
CONTRACT ?= $(wildcard ../shared/contract/openapi.json)
.PHONY: check-clients check-answers
check-clients: all
	@tests/clients/run --build $(BUILD) --contract "$(CONTRACT)"

check-answers: all
	@tests/clients/answers --build $(BUILD) --contract "$(CONTRACT)"

# pyarrow, polars, DuckDB and pandas over columns that are made up, and over those
# of a store; they are installed from PyPI at first.
.PHONY: check-columns
check-columns: all $(COLUMNS)
	@tests/columns/run --build $(BUILD)

ROUNDS ?= 20
check-crash: all $(LOAD)
	@python3 tests/server/crash.py --build $(BUILD) --rounds $(ROUNDS)

# Every compiler and checker. Each of these is a build of its own.
SANITIZED = check-unit check-contract check-fault check-fuzz
.PHONY: check-asan check-tsan check-valgrind check-gcc check-clang
check-asan:
	@SLOW=1 $(MAKE) BUILD=$(BUILD)/asan HARDEN= OPTIMISE="-O1 -g" \
	    EXTRA="-fsanitize=address,undefined -fno-sanitize-recover=undefined -DARENA_PLAIN=1" \
	    SANITIZED="$(SANITIZED) check-cases check-server" check-sanitized

check-tsan:
	@SLOW=1 SWEEP_FEW=1 $(MAKE) BUILD=$(BUILD)/tsan HARDEN= OPTIMISE="-O1 -g" \
	    EXTRA=-fsanitize=thread ROUNDS=3 \
	    SANITIZED="$(SANITIZED) check-server check-crash" check-sanitized

# What is possibly lost are pages of SQLite, which points into their middle.
check-valgrind:
	@SWEEP_FEW=1 WRAP="valgrind -q --error-exitcode=9 --leak-check=full \
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite" \
	    $(MAKE) BUILD=$(BUILD)/valgrind OPTIMISE="-O1 -g" EXTRA=-DARENA_PLAIN=1 \
	    check-sanitized

check-gcc check-clang: check-%:
	@$(MAKE) BUILD=$(BUILD)/$* CC=$* DEV=1 all
	@$(MAKE) BUILD=$(BUILD)/$* CC=$* DEV=1 check-unit

.PHONY: check-sanitized
check-sanitized:
	@MAKE="$(MAKE)" tests/run-checks $(SANITIZED)

# Every fault, not a sample of them; a sanitizer with plain arenas would take
# hours over it.
.PHONY: check-sweep
check-sweep:
	@SWEEP_ALL=1 $(MAKE) --no-print-directory check-fault

check-all:
	@tools/install-packages all
	@$(MAKE) --no-print-directory all
	@MAKE="$(MAKE)" tests/run-checks $(CHECKS) check-sweep check-gcc check-clang \
	    check-asan check-tsan check-valgrind check-crash check-recordings \
	    check-debian

$(BUILD)/examples/%: examples/%.c $(LIBRARY_A)
	@mkdir -p $(@D)
	$(CC) -std=c11 -O2 -Wall -Wextra -Iinclude $(EXTRA) -o $@ $^ $(LIBRARY_LIBS)

demo:
	@tools/install-packages build
	@echo "building ..."
	@$(MAKE) -s --no-print-directory all $(LOAD) $(BUILD)/examples/ingest_file
	@tools/demo.sh $(BUILD)

# --- figures ------------------------------------------------------------------
# make bench [BENCH="rate grpc ..."] [SPANS=N] [BIG=1] [OUT=docs/performance.md]
# Never a pass or a failure. BIG=1 fills a store of 10 M spans.

SPANS      ?= 1000000
PEER_SPANS ?= 63000
BIG        ?= 0
BENCH      ?=
OUT        ?=
.PHONY: bench bench-peers
bench:
	@tools/install-packages test
	@$(MAKE) --no-print-directory all $(LOAD) $(LIMIT) $(RETAIN) $(ASK) $(SEARCH)
	@python3 tests/bench/bench.py --build $(BUILD) --spans $(SPANS) \
	    $(if $(filter 1,$(BIG)),--big) --recordings $(RECORDINGS) \
	    $(if $(OUT),--out $(OUT)) $(BENCH)

# Phoenix 20.3.0 from PyPI beside ours; it goes to build/peers, and takes a quarter of
# an hour to store its spans.
bench-peers:
	@tools/install-packages test
	@$(MAKE) --no-print-directory all $(LOAD)
	@python3 tests/bench/peers.py --build $(BUILD) --spans $(PEER_SPANS) \
	    $(if $(OUT),--out $(OUT))

# --- install ------------------------------------------------------------------

# Paths in what is installed for CMake go from there, not from the root.
LIBDIR   ?= $(PREFIX)/lib
CMAKEDIR := $(LIBDIR)/cmake/libphoenix
FILL     := sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
    -e 's|@VERSION@|$(VERSION)|' \
    -e "s|@INCLUDE@|$$(realpath -m --relative-to=$(CMAKEDIR) $(PREFIX)/include)|"
HEADERS  := phoenix.h phoenix_openinference.h libphoenix-test.h

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/bin \
	    $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(CMAKEDIR)
	install -m 644 $(HEADERS:%=include/%) $(DESTDIR)$(PREFIX)/include
	install -m 644 $(LIBRARY_A) $(DESTDIR)$(LIBDIR)
	install -m 755 $(LIBRARY_SO) $(DESTDIR)$(LIBDIR)/libphoenix.so.$(VERSION)
	ln -sf libphoenix.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libphoenix.so.0
	ln -sf libphoenix.so.0 $(DESTDIR)$(LIBDIR)/libphoenix.so
	install -m 755 $(EXTENSION) $(DESTDIR)$(LIBDIR)
	$(FILL) packaging/libphoenix.pc.in \
	    > $(DESTDIR)$(LIBDIR)/pkgconfig/libphoenix.pc
	for name in Config ConfigVersion; do \
	    $(FILL) packaging/libphoenix$$name.cmake.in \
	        > $(DESTDIR)$(CMAKEDIR)/libphoenix$$name.cmake; done
	install -m 755 $(SERVER) $(DESTDIR)$(PREFIX)/bin

# --- house-keeping ------------------------------------------------------------

.PHONY: clean format
format:
	clang-format -i $$(find libphoenix server tests examples -name '*.[ch]' ! -path '*/corpus/*')

clean:
	rm -rf $(BUILD)

.SECONDARY:
-include $(shell find $(BUILD) -path $(BUILD)/senders -prune -o \
    -name '*.d' -type f -print 2>/dev/null)
