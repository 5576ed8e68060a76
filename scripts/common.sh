# common: what all scripts share. Sourced, never run. All paths are relative to the top of the tree,
# because libFuzzer's merge and minimise modes cannot take a path with a space in it.
#
# From the environment, as make sets it: BUILD (where everything is written), T (targets, default
# all), ENGINE, OPENSSL, JOBS, BUDGET (seconds for each target), CRASH (an input).
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

set -euo pipefail
shopt -s nullglob
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BUILD=${BUILD:-build}
JOBS=${JOBS:-2}
FUZZ_DIR=${FUZZ_DIR:-$BUILD/fuzz} # where campaigns keep what they find
T=${T:-}
OPENSSL=${OPENSSL:-system} # whose libssl is run

# One setting for every run: oracles abort, so abort must carry a stack; memory stays bounded.
export ASAN_OPTIONS="handle_abort=1:detect_leaks=1:dedup_token_length=6:quarantine_size_mb=10"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
export MSAN_OPTIONS="handle_abort=1:dedup_token_length=6"

CHECKED_SAN=address,undefined

die() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 1
}

# variant ENGINE SAN: the directory of that build.
variant() {
  local whose=
  [ "$OPENSSL" = system ] || whose=-$OPENSSL
  printf '%s/%s-%s%s' "$BUILD" "$1" "${2//,/+}" "$whose"
}

# make_clean ARGS: make, free of the variables and the job server of the make that called us.
make_clean() {
  env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u MAKELEVEL -u B -u T -u ENGINE -u SAN -u CC \
    -u CFLAGS -u LIB_FUZZING_ENGINE make --no-print-directory -j"$JOBS" BUILD="$BUILD" \
    OPENSSL="$OPENSSL" "$@"
}

# build ENGINE SAN [GOAL]: builds a variant, quietly; shows the errors when it fails.
build() {
  local log
  log="$BUILD/make-$1-${2//,/+}.log"
  mkdir -p "$BUILD"
  make_clean ENGINE="$1" SAN="$2" "${@:3}" >"$log" 2>&1 || {
    grep -E -A 2 'error:|undefined reference|\*\*\*' "$log" | head -n 20 >&2
    die "building $1 with $2 failed; all of it is in $log"
  }
}

# makefile_list NAME: the words of a variable of the Makefile.
makefile_list() {
  awk -v name="$1" '
    $1 == name && $2 == "=" { on = 1; $1 = ""; $2 = "" }
    on { more = sub(/\\$/, ""); print; on = more }' Makefile | xargs -n 1
}

# all_targets: every target that looks for bugs. canary fails on purpose and empty does nothing.
all_targets() {
  local file name
  for file in harness/fuzz_*.c; do
    name=${file#harness/fuzz_}
    name=${name%.c}
    case $name in canary | empty) ;; *) printf '%s\n' "$name" ;; esac
  done
}

# targets: T when given, checked, else all of them.
targets() {
  local name
  if [ -z "$T" ]; then
    all_targets
    return
  fi
  for name in ${T//,/ }; do
    [ -e "harness/fuzz_$name.c" ] ||
      die "there is no target '$name'; T is one of: $(all_targets | xargs)"
    printf '%s\n' "$name"
  done
}

# is_pure TARGET: whether it is built without OpenSSL.
is_pure() {
  makefile_list PURE | grep -qx "$1"
}

# max_len TARGET: the longest input worth trying, in bytes. The one table of it.
max_len() {
  case $1 in
    canary | empty) echo 64 ;;
    secbuf | stream) echo 512 ;;
    decrypt | provider | chain) echo 1024 ;;
    fifo) echo 4096 ;;
    certificate) echo 16384 ;;
    record) echo 20480 ;;
    *) echo 65536 ;;
  esac
}

# count_files DIR: how many files are directly in it.
count_files() {
  local files=("$1"/*)
  echo "${#files[@]}"
}

# signature: reads what a failing run printed, prints one line: the kind of failure and up to three
# frames of the project. Stable over line moves; names the oracle, so that two aborts differ.
# Hangs are named by their outermost frames: the innermost ones depend on when the clock struck.
signature() {
  awk '
    function slug(text) {
      gsub(/[^A-Za-z0-9_]+/, "-", text)
      sub(/^-/, "", text)
      sub(/-$/, "", text)
      return text
    }
    function name(text) { if (kind == "") kind = text }
    /^oracle [a-z0-9_]+:/ { oracle = $2; sub(/:.*/, "", oracle); name("oracle-" oracle) }
    /caller broke|callee broke|unreachable/ && /\.[ch]:[0-9]+:/ { contract = 1 }
    /^timeout: / { name("timeout") }
    /runtime error:/ {
      text = $0
      sub(/.*runtime error: /, "", text)
      sub(/[:0-9].*/, "", text)
      name("undefined-" slug(text))
    }
    /ERROR: LeakSanitizer/ || /detected memory leaks/ { name("leak") }
    /ERROR: AddressSanitizer: / {
      text = $0
      sub(/.*AddressSanitizer: /, "", text)
      sub(/ .*/, "", text)
      if (text == "ABRT") aborted = 1
      else name(slug(text))
    }
    /MemorySanitizer: / && /WARNING|ERROR/ {
      text = $0
      sub(/.*MemorySanitizer: /, "", text)
      sub(/ .*/, "", text)
      if (text == "ABRT") aborted = 1
      else name(slug(text))
    }
    /ERROR: libFuzzer: / {
      text = $0
      sub(/.*libFuzzer: /, "", text)
      sub(/[ (].*/, "", text)
      if (text == "deadly") aborted = 1
      else name(slug(text))
    }
    /^[ ]+#[0-9]+ 0x/ {
      at = $1
      sub(/#/, "", at)
      if (at + 0 == 0) stacks++
      if (stacks == 1 && $0 ~ /\/(src|harness)\/[A-Za-z0-9_\/]+\.[ch]:[0-9]/ &&
          $4 !~ /^(sch_target_body|sch_target_run|main)$/ &&
          $0 !~ /\/harness\/(target|oracle|replay|trace|plan)\.c:/ && $0 !~ /\/src\/base\.c:/)
        frame[++frames] = $4
    }
    END {
      if (kind == "" && aborted) kind = contract ? "contract" : "abort"
      if (kind == "") exit
      printf "%s", kind
      first = 1
      last = frames
      if (kind == "timeout") {
        while (last > 0 && frame[last] == "fuzz_body") last--
        first = last
        for (i = 0; i < 3 && first >= 1; i++) printf " %s", frame[first--]
      } else {
        for (i = first; i <= last && i < first + 3; i++) printf " %s", frame[i]
      }
      printf "\n"
    }'
}

# run_input TARGET FILE LOG: runs one input where every kind of failure is seen (memory, undefined
# behaviour, leaks, hangs, memory use, and, by the replayer, a trace that differs the second time).
# Everything printed is kept in LOG; returns 1 when the input fails.
run_input() {
  local fuzzer replayer
  fuzzer=$(variant libfuzzer "$CHECKED_SAN")/fuzz_$1
  replayer=$(variant replay "$CHECKED_SAN")/fuzz_$1
  "$fuzzer" -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$BUILD/" "$2" >"$3" 2>&1 || return 1
  "$replayer" "$2" >"$3" 2>&1 || return 1
}

# signature_of TARGET FILE LOG: the signature of an input, or "does-not-fail".
signature_of() {
  local text
  if run_input "$@"; then
    echo does-not-fail
    return
  fi
  text=$(signature <"$3")
  echo "${text:-unknown}"
}

# target_of FILE: the target an input belongs to: T, or the directory of its path that is one.
target_of() {
  local part parts found=
  if [ -n "$T" ]; then
    targets
    return
  fi
  IFS=/ read -r -a parts <<<"$1"
  for part in "${parts[@]}"; do
    [ ! -e "harness/fuzz_$part.c" ] || found=$part
  done
  [ -n "$found" ] || die "which target is $1 for? give T=target, one of: $(all_targets | xargs)"
  printf '%s\n' "$found"
}

# build_judges TARGET: the two binaries that signature_of and repro judge by.
build_judges() {
  local engine
  for engine in libfuzzer replay; do
    build "$engine" "$CHECKED_SAN" "$(variant "$engine" "$CHECKED_SAN")/fuzz_$1"
  done
}

# explain FILE TARGET: the input as text; the tool is built when its source is there.
explain() {
  local tool
  tool=$(variant replay "$CHECKED_SAN")/sch
  if [ -e harness/sch.c ]; then
    build replay "$CHECKED_SAN" "$tool"
    "$tool" explain --target "$2" "$1" 2>&1 || true
  else
    od -A x -t x1z "$1" | head -n 64
  fi
}

# --- conversations with other people's TLS tools, over loopback

# make_certificate DIR: a certificate for test.example and its key, DIR/cert.pem and DIR/key.pem.
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj /CN=test.example -addext subjectAltName=DNS:test.example \
    -keyout "$1/key.pem" -out "$1/cert.pem" 2>"$1/req.log" || die "openssl req failed"
}

# wait_for COMMAND: until it succeeds; the time limit of the caller is the limit.
wait_for() {
  until "$@" 2>/dev/null; do
    sleep 0.05
  done
}

# listens PORT: whether someone does; looking does not disturb a server that serves one client.
listens() {
  awk -v port="$(printf ':%04X' "$1")" '
    substr($2, length($2) - 4) == port && $4 == "0A" { found = 1 }
    END { exit !found }' /proc/net/tcp /proc/net/tcp6
}

# start_server COMMAND...: runs it in the background, @PORT@ replaced by a free port, until one
# starts to listen. Sets port and server.
start_server() {
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    ! listens "$port" || continue
    "${@//@PORT@/$port}" <&0 &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
      ! listens "$port" || return 0
      sleep 0.05
    done
  done
  return 1
}
