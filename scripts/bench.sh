#!/usr/bin/env bash
# bench: executions per second and peak memory of every target, from its seeds, on libFuzzer with
# ASan and UBSan, beside a target that does nothing. Time is processor time of one core, so that
# other work on the machine does not count. Then what the record-aware mutator is worth: what is
# reached in the same number of executions with it and without. Exit 1 when a target is under its
# bar.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

budget=${BUDGET:-5}
out=$BUILD/bench
bin=$(variant libfuzzer "$CHECKED_SAN")
RSS_BAR=300 # MiB

# bar TARGET: executions per second that it must reach.
bar() {
  case $1 in
    record | secbuf | fifo) echo 100000 ;;
    certificate) echo 40000 ;;
    decrypt | provider) echo 30000 ;;
    handshake | chain) echo 1500 ;;
    stream) echo 2000 ;;
    *) echo 0 ;;
  esac
}

# is_conversation TARGET: both its speed over the seeds and while fuzzing are printed. The bar of
# handshake and chain is over their seeds; that of every other target is on fuzzing from them.
is_conversation() {
  case $1 in handshake | decrypt | provider | stream | chain) ;; *) false ;; esac
}

# print_share TARGET: how many of the chains that were fuzzed have signatures that check.
print_share() {
  sed -n 's/^signatures check/  of the fuzzed chains signatures check/p' "$out/$1.log"
}

# seeded TARGET: "executions, executions per second, peak MiB" of running the seeds in turn.
seeded() {
  local seeds=("corpus/$1"/*)
  [ "${#seeds[@]}" -gt 0 ] || die "corpus/$1 is empty: make seeds"
  "$bin/loop_$1" "$budget" "${seeds[@]}" 2>"$out/$1.log" || die "$1 fails, see $out/$1.log"
}

# fuzzed TARGET: the same, of fuzzing from a copy of the seeds, as make fuzz does.
fuzzed() {
  local target=$1 log=$out/$1.log seeds=("corpus/$1"/*)
  rm -rf "${out:?}/$target"
  mkdir -p "$out/$target"
  [ "${#seeds[@]}" = 0 ] || cp "${seeds[@]}" "$out/$target/"
  TIMEFORMAT='processor %U %S'
  { time SCH_SHARE=1 "$bin/fuzz_$target" -seed=1 -max_len="$(max_len "$target")" \
    -print_final_stats=1 -artifact_prefix="$out/" -max_total_time="$budget" "$out/$target" \
    >"$log" 2>&1; } \
    2>"$out/$target.time" || die "$target fails, see $log, and: make fuzz T=$target"
  awk '
    /^stat::number_of_executed_units:/ { n = $2 }
    /^stat::peak_rss_mb:/ { rss = $2 }
    /^processor/ { cpu = $2 + $3 }
    END { print n + 0, int(n / (cpu > 0 ? cpu : 1)), rss + 0 }' "$log" "$out/$target.time"
}

# executions TARGET: how many the ablation of its mutator takes, each time.
executions() {
  case $1 in
    record) echo 100000 ;;
    *) echo 10000 ;;
  esac
}

# reached TARGET SEED with|without: "edges features" that fuzzing reaches in that many executions,
# from a few of the seeds. libFuzzer lets inputs grow slowly where there is no mutator: off in both.
reached() {
  local target=$1 log=$out/$1-reached.log seeds=("corpus/$1"/*) i
  rm -rf "${out:?}/$target"
  mkdir -p "$out/$target"
  for ((i = 0; i < ${#seeds[@]}; i += ${#seeds[@]} / 8 + 1)); do
    cp "${seeds[i]}" "$out/$target/"
  done
  unset SCH_NO_MUTATOR
  [ "$3" = with ] || export SCH_NO_MUTATOR=1
  "$bin/fuzz_$target" -seed="$2" -len_control=0 -max_len="$(max_len "$target")" \
    -runs="$(executions "$target")" -dict="dict/$target.dict" -artifact_prefix="$out/" \
    "$out/$target" >"$log" 2>&1 || die "$target fails, see $log"
  awk '$2 == "DONE" { print $4, $6 }' "$log"
}

# ablation TARGET: what the record-aware mutator is worth, in executions: the means of three runs
# with it and without.
ablation() {
  local target=$1 setting seed line edges=() features=() e f
  for setting in with without; do
    e=0 f=0
    for seed in 1 2 3; do
      line=$(reached "$target" "$seed" "$setting") || return 1
      e=$((e + ${line% *})) f=$((f + ${line#* }))
    done
    edges+=($((e / 3))) features+=($((f / 3)))
  done
  printf '%-11s %10d %10d %10d %10d %10d\n' "$target" "$(executions "$target")" \
    "${edges[@]}" "${features[@]}"
}

./scripts/setup.sh
list=$(targets)
mapfile -t all <<<"$list"
build libfuzzer "$CHECKED_SAN" "$bin/fuzz_empty" "${all[@]/#/$bin/fuzz_}" \
  "$bin/loop_handshake" "$bin/loop_chain" "$bin/loop_decrypt" "$bin/loop_provider" \
  "$bin/loop_stream"
mkdir -p "$out"

below=0
result=$(fuzzed empty)
read -r _ empty _ <<<"$result"
printf '%-11s %10s %10s %10s %9s %8s\n' target execs exec/s bar of-empty peak-MiB
printf '%-11s %10s %10d %10s %9s %8s\n' empty - "$empty" - 100.00% -
for target in "${all[@]}"; do
  how=fuzzed other=seeded label="  seeds"
  if [ "$target" = handshake ] || [ "$target" = chain ]; then
    how=seeded other=fuzzed label="  fuzzing"
  fi
  result=$("$how" "$target") || {
    below=$((below + 1))
    printf '%-11s fails\n' "$target"
    continue
  }
  read -r execs speed rss <<<"$result"
  least=$(bar "$target")
  verdict=PASS
  if [ "$speed" -lt "$least" ] || [ "$rss" -ge "$RSS_BAR" ]; then
    verdict=below
    below=$((below + 1))
  fi
  share=$(awk -v a="$speed" -v b="$empty" 'BEGIN { printf "%.2f%%", b ? 100 * a / b : 0 }')
  printf '%-11s %10d %10d %10d %9s %8d %s\n' "$target" "$execs" "$speed" "$least" "$share" \
    "$rss" "$verdict"
  if is_conversation "$target"; then
    result=$("$other" "$target")
    read -r execs speed rss <<<"$result"
    printf '%-11s %10d %10d %10s %9s %8d\n' "$label" "$execs" "$speed" - - "$rss"
    [ "$target" != chain ] || print_share chain
  fi
done

printf '\n%-11s %10s %10s %10s %10s %10s\n' mutator execs edges without features without
mutated=$(makefile_list MUTATED)
for target in "${all[@]}"; do
  if grep -qx "$target" <<<"$mutated"; then
    ablation "$target" || below=$((below + 1))
  fi
done

if [ -e harness/bench_stream.c ]; then
  build replay none "$(variant replay none)/bench_stream"
  "$(variant replay none)/bench_stream"
fi
[ "$below" = 0 ] || die "$below targets are below their bar (or over $RSS_BAR MiB)"
