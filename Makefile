# SPDX-License-Identifier: Apache-2.0

# schannel-fuzz: fuzz the token and record buffers of SSPI/Schannel TLS, on Linux.
#
#   make fuzz [T=target] [SECONDS=60]   the main job: every target, both cores, live table
#   make check                          all that a change must pass
#   make help                           this text
#
#   make                    build every target, test and tool for ENGINE and SAN
#   make unit               build and run the unit tests
#   make replay [T=target]  run every committed corpus and crash file, each twice
#   make minimise [T=]      fold what fuzzing found into corpus/, losing no coverage
#   make repro CRASH=file   one input in every variant: stack, oracle, the input as text
#   make triage             group the crashes found by signature and minimise one of each
#   make coverage           coverage of src/ by the committed corpus, build/coverage/
#   make mutants [M=ids] [FUZZ=1]  plant every known bug and see it killed by the corpus
#   make bench              executions per second and memory of every target
#   make seeds dict         write corpus/ and dict/ anew from the code
#   make capture            take the seeds anew that OpenSSL's and GnuTLS's tools say
#   make rediscover         find again how OpenSSL and GnuTLS are known to differ about chains
#   make openssl            build OpenSSL itself with the sanitizers and guides, about 4 minutes
#   make wine               hold Wine's Schannel against the contract, and stream on it; optional
#   make setup              install what is missing (the others call it)
#
#   ENGINE = replay | libfuzzer | afl                             who feeds the bytes
#   SAN    = address,undefined | memory | undefined | none | cover | cmplog    what watches
#   OPENSSL = system | instrumented                               whose libssl is run: the system's,
#                           or that of make openssl (the default of make fuzz once it is built)
#   CC, CFLAGS              yours; another CC than the engine's own gets its own directory
#   LIB_FUZZING_ENGINE      when set (OSS-Fuzz), it alone is linked: ENGINE is then "external"
#
# Each ENGINE x SAN x compiler builds in its own directory under build/, so switching is free.

# The library, in reading order. A module may include only modules above it.
MODULES = base log bytes/span bytes/builder bytes/fifo sspi/abi sspi/status \
  tls/record tls/alert tls/suite tls/engine \
  tls/aead tls/own_alert tls/protocols tls/sessions tls/port tls/engine_openssl \
  tls/connection_aead tls/engine_aead \
  cert/fault cert/value cert/der cert/oid cert/general_name cert/list cert/extension \
  cert/certificate cert/crl cert/name_equal cert/name cert/store_pem cert/store \
  cert/store_file cert/trust cert/chain_policy cert/chain_path cert/chain_cache_openssl \
  cert/chain_crls_openssl cert/chain_param_openssl cert/chain_openssl cert/chain \
  sspi/secbuf sspi/handle sspi/certcontext sspi/personality sspi/context sspi/token sspi/call \
  sspi/message sspi/query sspi/acquire sspi/sspi \
  stream/protocol stream/failure stream/settings stream/verifier stream/caller stream/verify \
  stream/pump stream/stream

# Targets that never touch OpenSSL: they run under MemorySanitizer with no special build.
PURE = canary certificate empty fifo provider record secbuf

# Tests of modules and harness parts that never touch OpenSSL, for the same reason.
PURE_TESTS = base span builder fifo status record alert log plan trace cases der \
  certificate crl name store tls_names scripted mutator protocols sessions frame protocol failure \
  statuses personality chain_case

BUILD ?= build
T     ?=
comma := ,

# What follows differs by engine, and is looked up as $(KEY.$(ENGINE)).
CC.replay     = clang
CC.libfuzzer  = clang
CC.afl        = afl-clang-fast
SAN.replay    = address,undefined
SAN.libfuzzer = address,undefined
SAN.afl       = none
SAN.external  = $(if $(filter memory,$(SANITIZER)),memory,none)
GUIDE.libfuzzer  = -fsanitize=fuzzer-no-link
PLAIN.afl        = clang
DRIVER.libfuzzer = -fsanitize=fuzzer
DRIVER.afl       = -fsanitize=fuzzer
DRIVER.external  = $(LIB_FUZZING_ENGINE)
DRIVER.replay    = $(B)/harness/replay.o

# What differs by sanitizer.
ENV.cmplog  = AFL_LLVM_CMPLOG=1
export AFL_QUIET = 1
WATCH.cover = -fprofile-instr-generate -fcoverage-mapping
WATCH = $(if $(filter none cmplog cover,$(SAN)),$(WATCH.$(SAN)),-fsanitize=$(SAN) \
  -fno-sanitize-recover=all -fno-omit-frame-pointer)

ifneq ($(filter fuzz minimise bench,$(MAKECMDGOALS)),)
ENGINE ?= libfuzzer
endif
ENGINE ?= $(if $(LIB_FUZZING_ENGINE),external,replay)
SAN    ?= $(SAN.$(ENGINE))
ifneq ($(filter default undefined,$(origin CC)),)
CC := $(or $(CC.$(ENGINE)),cc)
endif

# The OpenSSL of `make openssl` has edges that guide, and shows its memory to the sanitizers.
ifneq ($(filter fuzz repro triage minimise,$(MAKECMDGOALS)),)
OPENSSL ?= $(if $(wildcard $(BUILD)/openssl/address+undefined/libssl.a),instrumented,system)
endif
OPENSSL ?= system
INSTRUMENTED = $(filter instrumented,$(OPENSSL))
BUILT = $(BUILD)/openssl/$(if $(filter none cmplog,$(SAN)),afl,$(subst $(comma),+,$(SAN)))
GNUTLS            = $(if $(filter external,$(ENGINE)),,-lgnutls)
LIBS.system       = -Wl$(comma)--as-needed -lssl -lcrypto $(GNUTLS)
LIBS.instrumented = $(BUILT)/libssl.a $(BUILT)/libcrypto.a -Wl$(comma)--as-needed $(GNUTLS)

OTHER = $(filter-out $(or $(CC.$(ENGINE)),$(CC)),$(CC))
B    := $(BUILD)/$(ENGINE)-$(subst $(comma),+,$(SAN))$(addprefix -,$(notdir $(firstword $(OTHER))) \
  $(INSTRUMENTED))
B    := $(subst $() ,,$(B))

CFLAGS ?= -O1 -g
STD     = -std=c11 -D_GNU_SOURCE -Isrc -Iharness \
  $(if $(INSTRUMENTED),-isystem $(BUILT)/include)
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
  -Wmissing-prototypes -Wvla -Werror
GUIDE   = $(GUIDE.$(ENGINE))
COMPILE = $(ENV.$(SAN)) $(CC) $(STD) $(WARN) $(CFLAGS) $(GUIDE) $(WATCH)
LINKER  = $(ENV.$(SAN)) $(CC) $(CFLAGS)
LINKER.external = $(CXX) $(CXXFLAGS)
LINK    = $(or $(LINKER.$(ENGINE)),$(LINKER)) $(WATCH)
# Every block of the library is asked of harness/starve.c first.
WRAP    = -Wl,--wrap=sch_alloc,--wrap=sch_free,-u,__wrap_sch_alloc
LIBS    = $(if $(MEMORY),,$(LIBS.$(OPENSSL)))

# Branches guide an engine through src/ and the targets, and comparisons do. Not the comparisons of
# oracles and of the bounds in src/bytes and src/stream, which are many and say nothing; and what is
# the same for every input, the rest of the harness and the unguided modules, guides by neither. Nor
# does the target provider: what the owner of a stream does shows in the stream.
QUIET = $(if $(GUIDE.$(ENGINE)),-fno-sanitize-coverage=trace-cmp)
UNGUIDED = base log bytes/span bytes/builder tls/suite tls/aead tls/engine_aead \
  $(addprefix sspi/,status handle certcontext context query acquire sspi call personality)
QUIETLY = bytes/% cert/% stream/% tls/connection_aead sspi/token sspi/message
$(QUIETLY:%=$(B)/src/%.o): GUIDE = $(GUIDE.$(ENGINE)) $(QUIET)
$(UNGUIDED:%=$(B)/src/%.o): GUIDE =
$(B)/harness/%.o: GUIDE =
$(B)/harness/fuzz_%.o: GUIDE = $(GUIDE.$(ENGINE)) $(QUIET)
$(B)/harness/fuzz_provider.o: GUIDE =
$(B)/harness/%.o: private CC := $(or $(PLAIN.$(ENGINE)),$(CC))
$(B)/harness/fuzz_%.o: private CC := $(CC)

# V=1 shows the commands themselves.
SAY = @$(if $(V),:,echo ' ')
Q   = $(if $(V),,@)

# Everything is found by its name: fuzz_<target>.c, tests/test_<module>.c; these have a main.
MAINS   = replay sch seeds dict bench_stream capture rediscover wine_far
MEMORY  = $(if $(INSTRUMENTED),,$(filter memory,$(SAN)))
named   = $(patsubst $(1),%,$(sort $(wildcard $(subst %,*,$(1)))))
TARGETS = $(filter $(if $(MEMORY),$(PURE),%),$(call named,harness/fuzz_%.c))
TESTS   = $(filter-out $(INSTRUMENTED:%=known),$(filter $(if $(MEMORY),$(PURE_TESTS),%), \
  $(call named,harness/tests/test_%.c)))
TOOLS   = $(if $(MEMORY),,$(filter-out replay,$(filter $(MAINS),$(call named,harness/%.c))))
CHOSEN  = $(or $(T),$(filter-out empty,$(TARGETS)))

# Not in libharness.a, because each replaces, or is replaced by, a part of it.
APART   = $(MAINS:%=harness/%.c) $(patsubst %,harness/%.c,empty_world no_second_opinion \
  no_gnutls_opinion pool known known_chain locate starve_openssl loop mutate_libfuzzer mutate_afl \
  wine_cases wine_ends wine_guard wine_cat)
LIBRARY = $(patsubst %.c,$(B)/%.o,$(wildcard $(MODULES:%=src/%.c)))
SUPPORT = $(patsubst %.c,$(B)/%.o,$(filter-out harness/fuzz_% $(APART),$(wildcard harness/*.c)))
SEEDERS = $(patsubst %.c,$(B)/%.o,$(wildcard harness/seeds_*.c))
ARCHIVES = $(B)/libharness.a $(B)/libschannel.a
DRIVER   = $(filter %.o,$(DRIVER.$(ENGINE)))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all targets unit replay fuzz check minimise repro triage coverage bench capture \
  mutants rediscover openssl wine seeds dict setup help always

all: targets $(if $(filter replay,$(ENGINE)),$(TESTS:%=$(B)/test_%) $(TOOLS:%=$(B)/%))

targets: $(TARGETS:%=$(B)/fuzz_%)

# A target of the pure half has an empty world; under MemorySanitizer OpenSSL's opinion is not
# asked either, because OpenSSL is not instrumented.
$(PURE:%=$(B)/fuzz_%) $(PURE:%=$(B)/loop_%): $(B)/harness/empty_world.o
ifneq ($(MEMORY),)
$(B)/fuzz_certificate $(B)/test_certificate: $(B)/harness/no_second_opinion.o
endif
ifeq ($(ENGINE),external)
$(B)/fuzz_chain: $(B)/harness/no_gnutls_opinion.o
endif
# Where speed counts, OpenSSL's memory comes from free lists, what it has worked out of certificates
# and DH keys is kept, and its parameters are found without strcmp; the replayer watches all of it.
# The last two stand in for functions of a shared libcrypto; builders from outside link another.
TLS = decrypt handshake stream
SHARED = $(filter-out external,$(ENGINE))
ifeq ($(INSTRUMENTED)$(MEMORY)$(filter replay,$(ENGINE)),)
$(foreach t,certificate chain $(TLS),$(B)/fuzz_$(t) $(B)/loop_$(t)): \
  $(B)/harness/pool.o $(SHARED:%=$(B)/harness/locate.o)
$(B)/harness/pool.o $(B)/harness/locate.o: WATCH =
$(foreach t,$(TLS),$(B)/fuzz_$(t) $(B)/loop_$(t)): $(SHARED:%=$(B)/harness/known.o)
$(B)/fuzz_chain $(B)/loop_chain: $(SHARED:%=$(B)/harness/known_chain.o)
else ifeq ($(MEMORY)$(filter-out replay,$(ENGINE)),)
$(foreach t,chain $(TLS),$(B)/fuzz_$(t)) $(B)/test_starve: $(B)/harness/starve_openssl.o
endif
$(B)/test_known: $(B)/harness/known.o
$(B)/seeds: $(SEEDERS)

# Targets with a mutator that knows their inputs: harness/mutators.c. It brings its own copies of
# what it uses, neither watched nor guided: it is not what is tested, and works before every input.
MUTATED = certificate chain handshake record
MUTATOR = harness/mutators harness/mutator harness/wire harness/tls_names harness/chain_mutate \
  harness/chain_case harness/der_mutate harness/der_fresh harness/der_write src/base \
  src/bytes/span src/bytes/builder src/tls/record src/tls/suite src/cert/oid
FACES   = LLVMFuzzerCustomMutator LLVMFuzzerCustomCrossOver
COPIES  = $(or $(PLAIN.$(ENGINE)),$(CC)) $(STD) $(WARN) -O2 -fPIC -o $@ $(filter %.c,$^)
$(B)/mutator.o $(B)/mutator.so: $(foreach m,$(MUTATOR),$(wildcard $m.c $m.h)) $(B)/.flags
ifeq ($(ENGINE),libfuzzer)
$(MUTATED:%=$(B)/fuzz_%): $(B)/mutator.o
endif
$(B)/mutator.o: harness/mutate_libfuzzer.c
	$(SAY) link $@
	$(Q)$(COPIES) -r -nostdlib
	$(Q)objcopy $(FACES:%=--keep-global-symbol=%) $@
$(B)/mutator.so: harness/mutate_afl.c
	$(SAY) link $@
	$(Q)$(COPIES) -shared

$(B)/fuzz_%: $(B)/harness/fuzz_%.o $(B)/harness/target.o $(DRIVER) $(ARCHIVES)
	$(SAY) link $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(ARCHIVES) $(filter-out %.o,$(DRIVER.$(ENGINE))) \
	  $(WRAP) $(LIBS)

$(B)/loop_%: $(B)/harness/fuzz_%.o $(B)/harness/target.o $(B)/harness/loop.o $(ARCHIVES)
	$(SAY) link $@
	$(Q)$(LINK) $(GUIDE.$(ENGINE)) -o $@ $(filter %.o,$^) $(ARCHIVES) $(WRAP) $(LIBS)

$(B)/test_%: $(B)/harness/tests/test_%.o $(ARCHIVES)
	$(SAY) link $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(ARCHIVES) $(WRAP) $(LIBS)

$(TOOLS:%=$(B)/%): $(B)/%: $(B)/harness/%.o $(ARCHIVES)
	$(SAY) link $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(ARCHIVES) $(WRAP) $(LIBS)

# For Windows (CC=x86_64-w64-mingw32-gcc): the caller, over the Schannel that is there.
WINDOWS = $(patsubst %,$(B)/src/%.o,base log bytes/span bytes/builder bytes/fifo sspi/status \
  tls/record tls/alert stream/failure stream/caller stream/verify stream/pump stream/stream)
$(B)/wine_cases.exe: $(patsubst %,$(B)/harness/%.o,contract frame wine_ends wine_guard)
$(B)/wine_cases.exe: private GUARD = -Wl$(comma)--wrap=sch_alloc$(comma)--wrap=sch_free
$(B)/wine_%.exe: $(B)/harness/wine_%.o $(WINDOWS)
	$(SAY) link $@
	$(Q)$(LINK) -o $@ $^ $(GUARD) -lsecur32 -lcrypt32 -lws2_32

$(B)/libschannel.a: $(LIBRARY)
$(B)/libharness.a: $(SUPPORT)
$(ARCHIVES):
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/%.o: %.c $(B)/.flags | $(BUILD)/.setup
	@mkdir -p $(@D)
	$(SAY) compile $@
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Other flags make other objects: this file changes when they do.
FLAGS = $(CC) $(STD) $(WARN) $(CFLAGS) $(GUIDE.$(ENGINE)) $(WATCH) $(QUIETLY) $(UNGUIDED)
$(B)/.flags: always $(if $(INSTRUMENTED),$(LIBS.instrumented))
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

$(BUILD)/.setup: $(wildcard scripts/setup.sh)
	@mkdir -p $(@D)
	@$(if $<,./$<)
	@touch $@

-include $(shell test -d $(B) && find $(B) -name '*.d')

$(LIBS.instrumented):
	@echo 'there is no $@: make openssl builds what OPENSSL=instrumented takes' >&2; false

unit: $(TESTS:%=$(B)/test_%)
	@failed=0; for test in $^; do $$test || failed=1; done; exit $$failed

replay: $(CHOSEN:%=$(B)/fuzz_%)
	@failed=0; for target in $(CHOSEN); do \
	  $(B)/fuzz_$$target corpus/$$target $$(ls -d crashes/$$target 2>&-) || failed=1; \
	done; exit $$failed

# The rest is scripts/<goal>.sh, which is told what make knows.
GOALS = fuzz check minimise repro triage coverage bench capture mutants rediscover openssl wine
$(GOALS): export MAKE := $(MAKE)
$(GOALS): | $(BUILD)/.setup
	@B='$(B)' BUILD='$(BUILD)' ENGINE='$(ENGINE)' SAN='$(SAN)' T='$(T)' BUDGET='$(SECONDS)' \
	  JOBS='$(JOBS)' CRASH='$(CRASH)' M='$(M)' FUZZ='$(FUZZ)' OPENSSL='$(OPENSSL)' ./scripts/$@.sh

seeds: $(B)/seeds
	$< corpus

dict: $(B)/dict
	$< dict

setup:
	@./scripts/setup.sh

help:
	@sed -n '3,$$ { /^#/!q; s/^# \{0,1\}//p; }' Makefile
