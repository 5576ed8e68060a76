#!/usr/bin/env bash
# triage: groups every input that was ever found under build/fuzz by signature, and makes of each
# group one small input with its stack and its text, in build/triage/<target>/<signature>/.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

out=${FUZZ_DIR%/*}/triage
work=$out/work
RUNS=${RUNS:-20000}   # tries of the minimiser before it gives up making an input smaller
LIMIT=${LIMIT:-60}    # seconds it may take for one input

# minimise TARGET FILE SIGNATURE TO: writes to TO the smallest input found that still fails in the
# same way. libFuzzer cannot tell two aborts apart, so the signature is asked again at the end.
minimise() {
  local fuzzer
  fuzzer=$(variant libfuzzer "$CHECKED_SAN")/fuzz_$1
  rm -f "$4"
  "$fuzzer" -minimize_crash=1 -runs="$RUNS" -max_total_time="$LIMIT" -timeout=10 \
    -rss_limit_mb=1024 -artifact_prefix="$work/" -exact_artifact_path="$4" "$2" \
    >"$work/minimise.log" 2>&1 || true
  if [ -s "$4" ] && [ "$(signature_of "$1" "$4" "$work/check.txt")" = "$3" ]; then
    return
  fi
  cp "$2" "$4"
}

declare -A first=() count=() where=()
order=()

rm -rf "$out"
mkdir -p "$work"
inputs=0
while read -r file; do
  target=$(target_of "$file")
  if [ -n "$T" ] && [[ $file != */"$T"/* ]]; then
    continue
  fi
  if [ -z "${where[judge-$target]:-}" ]; then
    build_judges "$target"
    where[judge-$target]=built
  fi
  inputs=$((inputs + 1))
  [ ! -t 2 ] || printf '\rjudging input %d\r' "$inputs" >&2
  key="$target $(signature_of "$target" "$file" "$work/log.txt")"
  if [ -z "${count[$key]:-}" ]; then
    order+=("$key")
    first[$key]=$file
    count[$key]=0
  fi
  count[$key]=$((count[$key] + 1))
done < <(find "$FUZZ_DIR" -path '*/crashes/*' -not -path '*/out/*' -type f -printf '%s %p\n' \
  2>/dev/null | sort -n | cut -d ' ' -f 2-)

if [ "$inputs" = 0 ]; then
  printf 'nothing to triage: make fuzz has found nothing yet\n'
  exit 0
fi

printf '%-11s %6s %7s %7s  %s\n' target inputs bytes least signature
for key in "${order[@]}"; do
  target=${key%% *}
  sign=${key#* }
  dir=$out/$target/$(tr -c 'A-Za-z0-9\n' '-' <<<"$sign" | tr -s - | cut -c 1-80)
  mkdir -p "$dir"
  if [ "$sign" = does-not-fail ]; then
    cp "${first[$key]}" "$dir/input"
  else
    minimise "$target" "${first[$key]}" "$sign" "$dir/input"
  fi
  run_input "$target" "$dir/input" "$dir/stack.txt" || true
  explain "$dir/input" "$target" >"$dir/explain.txt"
  printf '%s\n' "$sign" >"$dir/signature.txt"
  printf '%-11s %6d %7d %7d  %s\n' "$target" "${count[$key]}" "$(wc -c <"${first[$key]}")" \
    "$(wc -c <"$dir/input")" "$sign"
  printf '%26s make repro CRASH=%s\n' '' "$dir/input"
done
rm -rf "$work"
