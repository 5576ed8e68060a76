#!/usr/bin/env bash
# bench: executions per second and peak memory of every target, from its seeds, on libFuzzer with
# ASan and UBSan, beside a target that does nothing. Time is processor time of one core, so that
# other work on the machine does not count. Exit 1 when a target is under its bar.
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
    handshake) echo 1500 ;;
    *) echo 0 ;;
  esac
}

# replays TARGET: how many executions its seeds are replayed for; 0 where fuzzing from them is
# measured. A conversation under mutation is another one, mostly short or mostly slow, so the bar of
# those targets is over the seeds, and their speed while fuzzing is printed beside it.
replays() {
  case $1 in
    handshake) echo 16000 ;;
    decrypt) echo 200000 ;;
    *) echo 0 ;;
  esac
}

# run TARGET EXECUTIONS: "executions, executions per second of processor time, peak MiB" of a
# replay, or with 0 executions of fuzzing from a copy of the seeds.
run() {
  local target=$1 log=$out/$1.log seeds=("corpus/$1"/*) count=0 mode
  rm -rf "${out:?}/$target"
  mkdir -p "$out/$target"
  if [ "$2" != 0 ]; then
    [ "${#seeds[@]}" -gt 0 ] || die "corpus/$target is empty: make seeds"
    count=$(($2 / ${#seeds[@]} + 1))
    mode=(-runs="$count" "${seeds[@]}")
  else
    [ "${#seeds[@]}" = 0 ] || cp "${seeds[@]}" "$out/$target/"
    mode=(-max_total_time="$budget" "$out/$target")
  fi
  TIMEFORMAT='processor %U %S'
  { time "$bin/fuzz_$target" -seed=1 -max_len="$(max_len "$target")" -print_final_stats=1 \
    -artifact_prefix="$out/" "${mode[@]}" >"$log" 2>&1; } 2>"$out/$target.time" ||
    die "$target fails, see $log, and: make fuzz T=$target"
  awk -v replayed=$((count * ${#seeds[@]})) '
    /^stat::number_of_executed_units:/ { n = $2 }
    /^stat::peak_rss_mb:/ { rss = $2 }
    /^processor/ { cpu = $2 + $3 }
    END {
      n = replayed ? replayed : n
      print n + 0, int(n / (cpu > 0 ? cpu : 1)), rss + 0
    }' "$log" "$out/$target.time"
}

./scripts/setup.sh
list=$(targets)
mapfile -t all <<<"$list"
build libfuzzer "$CHECKED_SAN" "$bin/fuzz_empty" "${all[@]/#/$bin/fuzz_}"
mkdir -p "$out"

below=0
result=$(run empty 0)
read -r _ empty _ <<<"$result"
printf '%-11s %10s %10s %10s %9s %8s\n' target execs exec/s bar of-empty peak-MiB
printf '%-11s %10s %10d %10s %9s %8s\n' empty - "$empty" - 100.00% -
for target in "${all[@]}"; do
  result=$(run "$target" "$(replays "$target")") || {
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
  if [ "$(replays "$target")" != 0 ]; then
    result=$(run "$target" 0)
    read -r execs speed rss <<<"$result"
    printf '%-11s %10d %10d %10s %9s %8d\n' "  fuzzing" "$execs" "$speed" - - "$rss"
  fi
done

if [ -e harness/bench_stream.c ]; then
  build replay none "$(variant replay none)/bench_stream"
  "$(variant replay none)/bench_stream"
fi
[ "$below" = 0 ] || die "$below targets are below their bar (or over $RSS_BAR MiB)"
