#!/usr/bin/env bash
# check: all that a change must pass. Every step is named, timed and logged to
# build/check/<step>.log; one that fails shows the end of its log. Steps that do not disturb each
# other run two at a time. The last line is "N passed, N failed".
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

T= # the check is of everything
export T
out=$BUILD/check
rm -rf "$out"
mkdir -p "$out"
passed=0
failed=0
declare -A name_of=() began_at=()

CHECKED=$(variant replay "$CHECKED_SAN")
GCC=$(variant replay none)-gcc
GCC_UB=$(variant replay undefined)-gcc
MEMORY=$(variant replay memory)
FUZZER=$(variant libfuzzer "$CHECKED_SAN")
AFL=$(variant afl "$CHECKED_SAN")

# --- the runner

# step NAME COMMAND: starts a step, when fewer than JOBS are running.
step() {
  local name=$1
  shift
  while [ "${#name_of[@]}" -ge "$JOBS" ]; do
    settle
  done
  ("$@") >"$out/$name.log" 2>&1 </dev/null &
  name_of[$!]=$name
  began_at[$!]=${EPOCHREALTIME/./}
}

# settle: waits for one step to end and counts it.
settle() {
  local pid status=0 name took
  wait -n -p pid "${!name_of[@]}" || status=$?
  name=${name_of[$pid]}
  took=$(((${EPOCHREALTIME/./} - began_at[$pid]) / 100000))
  unset "name_of[$pid]" "began_at[$pid]"
  if [ "$status" = 0 ]; then
    passed=$((passed + 1))
    printf 'ok    %-40s %4d.%d s  %s\n' "$name" $((took / 10)) $((took % 10)) \
      "$(tail -n 1 "$out/$name.log" | cut -c 1-60)"
  else
    failed=$((failed + 1))
    printf 'FAIL  %-40s %4d.%d s, exit %d, %s\n' "$name" $((took / 10)) $((took % 10)) \
      "$status" "$out/$name.log"
    tail -n 20 "$out/$name.log" | sed 's/^/      | /'
  fi
}

all_settled() {
  while [ "${#name_of[@]}" -gt 0 ]; do
    settle
  done
}

finish() {
  all_settled
  printf '%d passed, %d failed\n' "$passed" "$failed" | tee "$out/summary"
  [ "$failed" = 0 ]
}

# --- steps

unit_tests() {
  local file
  for file in harness/tests/test_*.c; do
    file=${file##*/}
    printf '%s\n' "${file%.c}"
  done
}

# unit BIN TEST: a broken contract is expected to end in a real abort, not in a sanitizer's exit.
unit() {
  env -u ASAN_OPTIONS -u MSAN_OPTIONS "$1/$2"
}

# replay BIN TARGET OPTIONS: every committed input and every fixed bug, all of them.
replay() {
  local bin=$1 target=$2 dirs=() files=() dir
  shift 2
  for dir in "corpus/$target" "crashes/$target"; do
    [ "$(count_files "$dir")" = 0 ] || dirs+=("$dir")
  done
  [ "${#dirs[@]}" -gt 0 ] || die "corpus/$target is empty: make seeds"
  mapfile -t files < <(find "${dirs[@]}" -type f)
  "$bin/fuzz_$target" --expect "${#files[@]}" "$@" "${dirs[@]}"
}

# starve TARGET: every named seed, without each block of memory in turn.
starve() {
  local files=()
  mapfile -t files < <(find "corpus/$1" -type f | grep -vE '/[0-9a-f]{40}$' | sort)
  "$CHECKED/fuzz_$1" --starve 5 --expect "${#files[@]}" "${files[@]}"
}

# under_valgrind TARGET: ten inputs, evenly chosen, without a sanitizer.
under_valgrind() {
  local all=("corpus/$1"/*) some=() index
  [ "${#all[@]}" -gt 0 ] || die "corpus/$1 is empty: make seeds"
  for ((index = 0; index < 10 && index < ${#all[@]}; index++)); do
    some+=("${all[index * ${#all[@]} / (${#all[@]} < 10 ? ${#all[@]} : 10)]}")
  done
  valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite "$GCC/fuzz_$1" --seconds 300 \
    --expect "${#some[@]}" "${some[@]}"
}

# canary BIN LETTERS OPTIONS: each letter's failure must be seen, and be seen as what it is; the
# harmless seeds must pass.
canary() {
  local bin=$1 letters=$2 letter want got log dir
  shift 2
  dir=$(mktemp -d "$out/canary.XXXXXX")
  log=$dir/log
  [ -x "$bin/fuzz_canary" ] || die "$bin/fuzz_canary is not built"
  [ "$(count_files corpus/canary)" != 0 ] || die "corpus/canary is empty: make seeds"
  "$bin/fuzz_canary" "$@" corpus/canary/* >"$log" 2>&1 || {
    cat "$log"
    die "the harmless seeds of canary fail in $bin"
  }
  while read -r letter; do
    case $letter in
      o) want=oracle-canary ;;
      h) want=heap-buffer-overflow ;;
      f) want=heap-use-after-free ;;
      l) want=leak ;;
      i) want=undefined-signed-integer-overflow ;;
      u) want=use-of-uninitialized-value ;;
      t) want=timeout ;;
      m) want="out-of-memory" ;;
    esac
    printf '%sCANARY' "$letter" >"$dir/$letter"
    if "$bin/fuzz_canary" "$@" "$dir/$letter" >"$log" 2>&1; then
      die "$bin does not see $want"
    fi
    got=$(signature <"$log")
    printf '%s: %s\n' "$letter" "${got:-nothing}"
    [ "${got%% *}" = "$want" ] || {
      cat "$log"
      die "$bin sees $want as ${got:-nothing}"
    }
  done < <(fold -w 1 <<<"$letters")
}

# seeds_same: the seed writer gives the committed seeds again, byte for byte, no fewer, no more.
seeds_same() {
  local dir=$out/seeds file
  mkdir -p "$dir"
  "$CHECKED/seeds" "$dir"
  for file in corpus/*/*; do
    [[ $(basename "$file") =~ ^([0-9a-f]{40}|capture-.*)$ ]] ||
      [ -e "$dir/${file#corpus/}" ] ||
      die "$file is no seed of the seed writer, no capture, no SHA-1: remove it"
  done
  for file in "$dir"/*/*; do
    cmp "$file" "corpus/${file#"$dir"/}"
  done
  printf '%d seeds\n' "$(find "$dir" -type f | wc -l)"
}

dict_same() {
  mkdir -p "$out/dict"
  "$CHECKED/dict" "$out/dict"
  diff -r "$out/dict" dict
  [ "$(count_files dict)" != 0 ] || die "no dictionaries: make dict"
}

# campaign ENGINE SECONDS TARGETS: a short make fuzz from nothing; every target must execute.
campaign() {
  local engine=$1 target log=$out/campaign-$1.txt
  FUZZ_DIR=$out/fuzz ENGINE=$engine BUDGET=$2 T="${*:3}" ./scripts/fuzz.sh | tee "$log"
  for target in ${3:-$(all_targets)}; do
    awk -v t="$target" '$1 == t && $NF == "done" && $3 >= 1000 { ok = 1 } END { exit !ok }' \
      "$log" || die "$target did not run a thousand inputs"
  done
}

# finding: the whole way of a bug: make fuzz finds it and fails, repro shows it, triage shrinks it.
finding() {
  local dir=$out/finding crash
  if FUZZ_DIR=$dir ENGINE=libfuzzer BUDGET=20 T=canary ./scripts/fuzz.sh >"$out/finding.txt"; then
    die "make fuzz did not find the canary"
  fi
  cat "$out/finding.txt"
  crash=$(sed -nE 's/^to see it: make repro CRASH=//p' "$out/finding.txt")
  [ -f "$crash" ] || die "make fuzz names no input"
  if CRASH=$crash T=canary ./scripts/repro.sh >"$out/repro.txt"; then
    die "repro does not reproduce"
  fi
  grep FAILS "$out/repro.txt"
  FUZZ_DIR=$dir RUNS=1000 LIMIT=5 ./scripts/triage.sh | tee "$out/triage.txt"
  grep -q '^canary ' "$out/triage.txt"
}

# oss_fuzz: the ClusterFuzzLite build, as its builder calls it, and its targets run where they lie.
oss_fuzz() {
  local dir target
  dir=$out/oss-fuzz
  mkdir -p "$dir/out" "$dir/work"
  env -u ENGINE -u SAN SRC=. OUT="$dir/out" WORK="$dir/work" CC=clang CXX=clang++ \
    LIB_FUZZING_ENGINE=-fsanitize=fuzzer CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address" \
    CXXFLAGS="-O1 -g -fsanitize=address" bash .clusterfuzzlite/build.sh
  dir=$(cd "$dir" && pwd)
  for target in $(all_targets); do
    [ -s "$dir/out/fuzz_${target}_seed_corpus.zip" ]
    [ -s "$dir/out/fuzz_$target.options" ]
    (cd / && "$dir/out/fuzz_$target" -runs=10)
  done
}

coverage_floor() {
  ./scripts/coverage.sh | tee "$out/coverage.txt"
  awk '/^branches with those of contracts:/ { all = $NF + 0 >= 80 }
    /^coverage src:/ { ok = $4 + 0 >= 95 && $6 + 0 >= 88 } END { exit !(ok && all) }' \
    "$out/coverage.txt" ||
    die "coverage of src/ by what is committed is under 95% of lines, 88% of branches, or 80% of" \
      "branches with those of contracts"
}

# --- the order

step setup ./scripts/setup.sh
all_settled
step layers ./scripts/layers.sh
step tidy ./scripts/tidy.sh
step hazards ./scripts/hazards.sh
all_settled

mapfile -t every < <(all_targets)
mapfile -t pure < <(makefile_list PURE | grep -v '^empty$')
mapfile -t pure_tests < <(makefile_list PURE_TESTS | sed 's/^/test_/')

building_failed=$failed
step build-gcc build replay none all CC=gcc
all_settled
step build-gcc-undefined build replay undefined targets CC=gcc
all_settled
step build-clang-address-undefined build replay "$CHECKED_SAN" all
all_settled
step build-libfuzzer build libfuzzer "$CHECKED_SAN" targets
all_settled
step build-memory build replay memory all
all_settled
step build-afl build afl "$CHECKED_SAN" targets
all_settled
if [ "$failed" != "$building_failed" ]; then
  printf 'the other steps need what could not be built\n'
  finish
fi

for name in $(unit_tests); do
  step "unit-gcc-$name" unit "$GCC" "$name"
  step "unit-clang-$name" unit "$CHECKED" "$name"
  if printf '%s\n' "${pure_tests[@]}" | grep -qx "$name"; then
    step "unit-memory-$name" unit "$MEMORY" "$name"
  fi
done
for target in "${every[@]}" canary; do
  step "replay-address-undefined-$target" replay "$CHECKED" "$target"
  step "replay-gcc-undefined-$target" replay "$GCC_UB" "$target"
done
for target in "${every[@]}"; do
  step "starve-$target" starve "$target"
done
for target in "${pure[@]}"; do
  step "replay-memory-$target" replay "$MEMORY" "$target"
done
step stages-handshake replay "$CHECKED" handshake --once --require-stages
step cuts-handshake replay "$CHECKED" handshake --once --cuts
step cuts-decrypt replay "$CHECKED" decrypt --once --cuts
step cuts-provider replay "$CHECKED" provider --once --cuts
step stages-stream replay "$CHECKED" stream --once --require-stages
step cuts-chain replay "$CHECKED" chain --once --cuts
step cuts-stream replay "$CHECKED" stream --once --cuts
step splits-handshake "$CHECKED/fuzz_handshake" --once --splits --expect 4 --seconds 120 \
  corpus/handshake/*-aes-256-gcm-sha384-ecdsa-plain
for target in handshake decrypt record; do
  step "splits-all-$target" replay "$GCC" "$target" --once --splits=32 --seconds 60
done
step canary-replay canary "$CHECKED" ohfit --seconds 2
step canary-libfuzzer canary "$FUZZER" ohflitm -timeout=2 \
  -rss_limit_mb=1024 "-artifact_prefix=$out/"
step canary-memory canary "$MEMORY" ou --seconds 2
step canary-gcc canary "$GCC" ot --seconds 2
step canary-gcc-undefined canary "$GCC_UB" oi --seconds 2
step canary-afl canary "$AFL" ohfi
step seeds-reproducible seeds_same
step dict-reproducible dict_same
step oss-fuzz-build oss_fuzz
for target in "${every[@]}"; do
  step "valgrind-$target" under_valgrind "$target"
done
step coverage coverage_floor
all_settled
step fuzz-libfuzzer campaign libfuzzer 5
all_settled
step fuzz-afl campaign afl 10 record
all_settled
step finding finding
all_settled
step captures ./scripts/capture.sh --check
step interop ./scripts/interop.sh
all_settled
step mutants ./scripts/mutants.sh
finish
