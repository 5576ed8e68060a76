#!/usr/bin/env bash
# repro: runs one input, CRASH, in every variant that is built, and prints who fails, the oracle and
# the stack of the first that does, and the input as text. Exit 1 when any variant fails.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

input=${CRASH:-}
[ -n "$input" ] || die "which input? make repro CRASH=file [T=target]"
[ -f "$input" ] || die "there is no file '$input'"
[ -r "$input" ] || die "cannot read '$input'"
target=$(target_of "$input")
out=$BUILD/repro
rm -rf "$out"
mkdir -p "$out"

printf 'building what judges %s\n' "$target"
build_judges "$target"

failed=0
shown=
# fresh BINARY VARIANT: builds a variant that is there again, so that an old one does not testify.
fresh() {
  local rest=${2#*-}
  local san=${rest%%-*} cc=()
  [ "$san" = "$rest" ] || cc=("CC=${rest#*-}")
  build "${2%%-*}" "${san//+/,}" "$1" "${cc[@]}"
}

for binary in "$BUILD"/*/"fuzz_$target"; do
  name=$(basename "$(dirname "$binary")")
  log=$out/$name.log
  more=()
  case $name in
    *-cover* | *-cmplog*) continue ;;
    libfuzzer-*) more=(-timeout=10 -rss_limit_mb=1024 "-artifact_prefix=$out/") ;;
  esac
  fresh "$binary" "$name"
  status=0
  { timeout -k 5 60 "$binary" "${more[@]}" "$input" >"$log" 2>&1; } 2>/dev/null || status=$?
  if [ "$status" = 0 ]; then
    printf '%-32s passes\n' "$name"
    continue
  fi
  failed=$((failed + 1))
  what=$(signature <"$log")
  printf '%-32s FAILS, exit %d: %s\n' "$name" "$status" "${what:-see $log}"
  case $what in *' '*) shown=${shown:-$log} ;; esac
done

if [ "$failed" != 0 ]; then
  shown=${shown:-$(grep -lE 'oracle|ERROR|runtime error' "$out"/*.log | head -n 1)}
  printf '\n--- %s\n' "${shown:-no variant said anything, see $out}"
  [ -z "$shown" ] || sed -nE '/^oracle |ERROR: |runtime error|\.[ch]:[0-9]+: /,/^SUMMARY/p' \
    "$shown" | head -n 80
fi
printf '\n--- %s, %d bytes, as %s input\n' "$input" "$(wc -c <"$input")" "$target"
explain "$input" "$target"

if [ "$failed" != 0 ]; then
  printf '\n%d variants fail; full output in %s/\n' "$failed" "$out"
  exit 1
fi
printf '\nevery variant passes\n'
