#!/usr/bin/env bash
# fuzz: the main job. Runs every target (or T) for BUDGET seconds each, JOBS processes at a time, on
# libFuzzer or AFL++, with a live table; keeps what it finds under build/fuzz/<engine>/<target>/ and
# goes on from there the next time. Ctrl-C stops the engines and prints the summary.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

case ${ENGINE:-} in
  afl) engine=afl ;;
  libfuzzer | replay | '') engine=libfuzzer ;;
  *) die "no engine '$ENGINE'; ENGINE is libfuzzer or afl" ;;
esac
budget=${BUDGET:-60}
[[ $budget =~ ^[1-9][0-9]*$ ]] || die "SECONDS is a number of seconds, not '$budget'"
[[ $JOBS =~ ^[1-9][0-9]*$ ]] || die "JOBS is a number of processes, not '$JOBS'"

MAX_FINDINGS=8             # a target that fails so often in one run should be mended first
MIN_FREE_KIB=${MIN_FREE_KIB:-65536}
OUT=$FUZZ_DIR/$engine
CHECKED=$(variant libfuzzer "$CHECKED_SAN")

declare -A state=() began=() files_before=() crashes_before=() execs_before=() findings=() why=()
declare -A execs=() rate=() edges=() files=() crashes=()
declare -A owner=() role=()
stopping=
lines_drawn=0

list=$(targets)
mapfile -t queue <<<"$list"
all=("${queue[@]}")
if [ "$engine" = afl ]; then
  roles=(main cmplog asan)
  at_once=$((JOBS / 3 > 1 ? JOBS / 3 : 1))
else
  at_once=$((JOBS < ${#all[@]} ? JOBS : ${#all[@]}))
  mapfile -t roles < <(seq 1 $((JOBS / at_once)))
fi

# launch TARGET ROLE COMMAND: starts an engine; its log goes on where an earlier one ended.
launch() {
  "${@:3}" >>"$OUT/$1/log/$2.log" 2>&1 9>&- </dev/null &
  owner[$!]=$1
  role[$!]=$2
}

start_libfuzzer() {
  local target=$1 left=$3 seeds=() dict=()
  [ "$(count_files "corpus/$target")" = 0 ] || seeds+=("corpus/$target")
  seeds+=("$FUZZ_DIR/afl/$target"/out/*/queue)
  [ ! -e "dict/$target.dict" ] || dict=(-dict="dict/$target.dict")
  launch "$target" "$2" "$CHECKED/fuzz_$target" -max_total_time="$left" -timeout=10 \
    -rss_limit_mb=1024 -max_len="$(max_len "$target")" -reload=1 -print_final_stats=1 \
    -artifact_prefix="$OUT/$target/crashes/" "${dict[@]}" "$OUT/$target/corpus" "${seeds[@]}"
}

# The CMPLOG build is the main binary of its own instance (-c 0): Debian's 4.04c takes another path
# given to -c for itself, and then compares nothing. It has no ASan, which hides memcmp from it.
start_afl() {
  local target=$1 part=$2 left=$3 from=corpus/$1 san=none mode=(-S "$2") more=() records=()
  case $part in
    main)
      mkdir -p "$FUZZ_DIR/libfuzzer/$target/corpus"
      mode=(-M main)
      more=(-F "$FUZZ_DIR/libfuzzer/$target/corpus")
      ;;
    cmplog)
      san=cmplog
      more=(-c 0)
      ;;
    asan) san=$CHECKED_SAN ;;
  esac
  if [ "$(count_files "$from")" = 0 ]; then
    from=$OUT/$target/seed
    mkdir -p "$from"
    printf 0 >"$from/zero"
  fi
  [ ! -e "dict/$target.dict" ] || more+=(-x "dict/$target.dict")
  if makefile_list MUTATED | grep -x "$target" >/dev/null; then
    records=("AFL_CUSTOM_MUTATOR_LIBRARY=$(realpath "$(variant afl none)/mutator.so")"
      "SCH_MUTATES=$target")
  fi
  launch "$target" "$part" env -u MSAN_OPTIONS "SCHANNEL_FUZZ_RUN=$$" "${records[@]}" \
    AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
    AFL_AUTORESUME=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_ALLOW_TMP=1 \
    AFL_SKIP_CRASHES=1 AFL_SYNC_TIME=1 AFL_FORKSRV_INIT_TMOUT=30000 AFL_HANG_TMOUT=5000 \
    ASAN_OPTIONS="abort_on_error=1:symbolize=0:detect_leaks=0:quarantine_size_mb=10" \
    UBSAN_OPTIONS="abort_on_error=1:symbolize=0:halt_on_error=1" \
    afl-fuzz -i "$from" -o "$OUT/$target/out" "${mode[@]}" "${more[@]}" -V "$left" -t 2000+ \
    -G "$(max_len "$target")" -- "$(variant afl "$san")/fuzz_$target"
}

start_target() {
  local target=$1 r
  mkdir -p "$OUT/$target"/{corpus,crashes,log}
  rm -f "$OUT/$target"/log/*.log
  state[$target]=running
  began[$target]=$EPOCHSECONDS
  findings[$target]=0
  execs_before[$target]=0
  measure "$target"
  execs_before[$target]=$((-${execs[$target]}))
  files_before[$target]=${files[$target]}
  crashes_before[$target]=${crashes[$target]}
  for r in "${roles[@]}"; do
    "start_$engine" "$target" "$r" "$budget"
  done
}

# said LOG: executions, executions per second and edges, as libFuzzer said last.
said() {
  tail -c 4096 "$1" | awk '
    /^#[0-9]+/ {
      n = substr($1, 2)
      for (i = 2; i < NF; i++) {
        if ($i == "exec/s:") s = $(i + 1)
        if ($i == "cov:") e = $(i + 1)
      }
    }
    /^stat::number_of_executed_units:/ { n = $2 }
    /^stat::average_exec_per_sec:/ { s = $2 }
    END { print n + 0, int(s), e + 0 }'
}

# measure TARGET: reads from the logs and directories how far it is.
measure() {
  local target=$1 sum=0 speed=0 edge=0 file n s e found
  if [ "$engine" = libfuzzer ]; then
    for file in "$OUT/$target"/log/*.log; do
      read -r n s e < <(said "$file")
      sum=$((sum + n)) speed=$((speed + s)) edge=$((e > edge ? e : edge))
    done
    files[$target]=$(count_files "$OUT/$target/corpus")
    crashes[$target]=$(count_files "$OUT/$target/crashes")
  else
    for file in "$OUT/$target"/out/*/fuzzer_stats; do
      read -r n s e < <(awk '
        FILENAME ~ /plot_data$/ && !/^#/ { gsub(/[,%]/, ""); n = $12; s = $11; e = $13 }
        $1 == "execs_done" && $3 > n { n = $3 }
        $1 == "execs_per_sec" && s == 0 { s = $3 }
        $1 == "edges_found" && $3 > e { e = $3 }
        END { print n + 0, (s + 0 < 1e9) ? int(s) : 0, e + 0 }' "$file" "${file%/*}/plot_data")
      sum=$((sum + n)) speed=$((speed + s)) edge=$((e > edge ? e : edge))
    done
    found=("$OUT/$target"/out/*/queue/id*)
    files[$target]=${#found[@]}
    found=("$OUT/$target"/out/*/crashes/id* "$OUT/$target"/out/*/hangs/id*)
    crashes[$target]=${#found[@]}
  fi
  execs[$target]=$((sum + ${execs_before[$target]:-0}))
  rate[$target]=$((execs[$target] > 0 ? speed : 0))
  [ "$edge" = 0 ] || edges[$target]=$edge
}

head_line() {
  printf '%-11s %-9s %11s %8s %6s %6s %5s %7s %7s\n' \
    target engine execs exec/s edges corpus new crashes left
}

row() {
  local target=$1 left
  case ${state[$target]:-} in
    '') left=waiting ;;
    running) left="$((began[$target] + budget - EPOCHSECONDS)) s" ;;
    *) left=${state[$target]} ;;
  esac
  case $left in -*) left='0 s' ;; esac
  printf '%-11s %-9s %11s %8s %6s %6s %5s %7s %7s\n' "$target" "$engine" \
    "${execs[$target]:--}" "${rate[$target]:--}" "${edges[$target]:--}" "${files[$target]:--}" \
    "$((${files[$target]:-0} - ${files_before[$target]:-0}))" \
    "$((${crashes[$target]:-0} - ${crashes_before[$target]:-0}))" "$left"
}

# On a terminal the table is drawn in place every second; elsewhere the running targets get a line
# each every five seconds, so that a log stays readable.
draw() {
  local target
  if [ -t 1 ]; then
    [ "$lines_drawn" = 0 ] || printf '\033[%dA' "$lines_drawn"
    { head_line; for target in "${all[@]}"; do row "$target"; done; } |
      cut -c "1-$(tput cols 2>/dev/null || echo 100)" | sed $'s/$/\033[K/'
    lines_drawn=$((${#all[@]} + 1))
  elif [ $((EPOCHSECONDS - ${drawn_at:-0})) -ge 5 ]; then
    for target in "${all[@]}"; do
      [ "${state[$target]:-}" != running ] || row "$target"
    done
    drawn_at=$EPOCHSECONDS
  fi
}

running_targets() {
  local target count=0
  for target in "${all[@]}"; do
    [ "${state[$target]:-}" != running ] || count=$((count + 1))
  done
  echo "$count"
}

# last_words LOG: what an engine said last, or why it says it gave up.
last_words() {
  sed -e $'s/\033\\[[0-9;?]*[a-zA-Z]//g' "$1" | awk 'NF { last = $0 } /ABORT|ERROR/ { cause = $0 }
    END { print substr(cause ? cause : last, 1, 160) }'
}

# ended PID: an engine has ended. After a finding libFuzzer is started again for the time that is
# left; anything else that is not success is trouble, and said.
ended() {
  local pid=$1 target=${owner[$1]} r=${role[$1]} status=0 left other count
  wait "$pid" || status=$?
  unset "owner[$pid]" "role[$pid]"
  measure "$target"
  left=$((began[$target] + budget - EPOCHSECONDS))
  if [ "$status" != 0 ] && [ -z "$stopping" ] && [ "$engine" = libfuzzer ] &&
    grep -q "Test unit written to" "$OUT/$target/log/$r.log"; then
    findings[$target]=$((findings[$target] + 1))
    if [ "${findings[$target]}" -lt "$MAX_FINDINGS" ] && [ "$left" -ge 2 ]; then
      read -r count _ < <(said "$OUT/$target/log/$r.log")
      execs_before[$target]=$((execs_before[$target] + count))
      mv "$OUT/$target/log/$r.log" "$OUT/$target/log/$r.found-${findings[$target]}"
      start_libfuzzer "$target" "$r" "$left"
    fi
  elif [ "$status" = 72 ]; then
    stopping=${stopping:-interrupted}
  elif [ "$status" != 0 ] && [ -z "$stopping" ] && [ "${findings[$target]}" = 0 ]; then
    why[$target]="exit $status, in $OUT/$target/log/$r.log:"
    why[$target]+=$(last_words "$OUT/$target/log/$r.log")
  fi
  for other in "${owner[@]}"; do
    [ "$other" != "$target" ] || return 0
  done
  [ "$engine" != afl ] || [ "${#owner[@]}" -gt 0 ] || kill_left_behind
  state[$target]=${why[$target]:+failed}
  state[$target]=${state[$target]:-done}
}

stop_engines() {
  local pid
  for pid in "${!owner[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
  done
}

# Debian's afl-fuzz counts -V from its first real execution, so it may need a push at the end.
push_late_ones() {
  local pid
  for pid in "${!owner[@]}"; do
    if [ $((began[${owner[$pid]}] + budget + 15)) -lt "$EPOCHSECONDS" ]; then
      kill -TERM "$pid" 2>/dev/null || true
    fi
  done
}

# An afl-fuzz that is stopped may leave its fork server behind, which holds the lock of its
# directory and ignores SIGTERM. It is known by the number of this run in its environment.
kill_left_behind() {
  local environment pid
  for environment in /proc/[0-9]*/environ; do
    pid=${environment#/proc/}
    if grep -qzx "SCHANNEL_FUZZ_RUN=$$" "$environment" 2>/dev/null; then
      kill -KILL "${pid%/environ}" 2>/dev/null || true
    fi
  done
}

disk_is_full() {
  [ "$(df -Pk "$OUT" | awk 'NR == 2 { print $4 }')" -lt "$MIN_FREE_KIB" ]
}

campaign() {
  local pid
  while [ "${#owner[@]}" -gt 0 ] || { [ "${#queue[@]}" -gt 0 ] && [ -z "$stopping" ]; }; do
    while [ -z "$stopping" ] && [ "${#queue[@]}" -gt 0 ] &&
      [ "$(running_targets)" -lt "$at_once" ]; do
      start_target "${queue[0]}"
      queue=("${queue[@]:1}")
    done
    sleep 1 || true
    for pid in "${!owner[@]}"; do
      if kill -0 "$pid" 2>/dev/null; then
        measure "${owner[$pid]}"
      else
        ended "$pid"
      fi
    done
    push_late_ones
    if [ -z "$stopping" ] && disk_is_full; then
      stopping="the disk is nearly full (under $((MIN_FREE_KIB / 1024)) MiB left on $OUT)"
      stop_engines
    fi
    draw
  done
}

# new_inputs TARGET: what the engines have written in this run as failing.
new_inputs() {
  find "$OUT/$1" \( -path "*/crashes/*" -o -path "*/hangs/id*" \) -type f ! -name README.txt \
    -newer "$OUT/started"
}

# AFL++ has its own names and may call a slow input a hang; what is kept is named by its content.
collect_afl() {
  local target=$1 file
  while read -r -d '' file; do
    cp "$file" "$OUT/$target/crashes/crash-$(sha1sum <"$file" | cut -c 1-40)"
  done < <(find "$OUT/$target/out" -path '*/crashes/id*' -newer "$OUT/started" -print0)
  while read -r -d '' file; do
    if ! run_input "$target" "$file" "$OUT/$target/log/hang.txt"; then
      cp "$file" "$OUT/$target/crashes/timeout-$(sha1sum <"$file" | cut -c 1-40)"
    fi
  done < <(find "$OUT/$target/out" -path '*/hangs/id*' -newer "$OUT/started" -print0)
}

# findings_of TARGET: a line "signature <tab> input" for each input found in this run.
findings_of() {
  local target=$1 file
  while read -r file; do
    printf '%s\t%s\n' "$(signature_of "$target" "$file" "$OUT/$target/log/last.txt")" "$file"
  done < <(find "$OUT/$target/crashes" -type f -newer "$OUT/started" -printf '%s %p\n' |
    sort -n | cut -d ' ' -f 2- | head -n 40)
}

summary() {
  local target found first=
  printf '\n'
  head_line
  for target in "${all[@]}"; do
    row "$target"
  done
  for target in "${all[@]}"; do
    [ -n "${state[$target]:-}" ] || continue
    [ -n "$(new_inputs "$target")" ] || continue
    printf 'judging what was found in %s\n' "$target"
    build_judges "$target"
    [ "$engine" != afl ] || collect_afl "$target"
    found=$(findings_of "$target")
    [ -n "$found" ] || continue
    first=${first:-$(head -n 1 <<<"$found" | cut -f 2)}
    awk -F '\t' -v target="$target" '
      { if (!($1 in count)) { order[++kinds] = $1; file[$1] = $2 } count[$1]++ }
      END { for (i = 1; i <= kinds; i++)
        printf "found in %s: %s (%d inputs)\n      %s\n", target, order[i], count[order[i]],
          file[order[i]] }' <<<"$found"
  done
  for target in "${!why[@]}"; do
    printf 'failed: %s: %s\n' "$target" "${why[$target]}"
  done
  [ -z "$stopping" ] || printf 'stopped early: %s; all is kept, the next run goes on from it\n' \
    "$stopping"
  if [ -n "$first" ]; then
    printf 'to see it: make repro CRASH=%s\nto group and minimise: make triage\n' "$first"
    return 1
  fi
  printf 'nothing was found\n'
  [ "${#why[@]}" = 0 ] || return 1
  case $stopping in *disk*) return 1 ;; esac
}

./scripts/setup.sh
printf 'building for %s\n' "$engine"
if [ "$engine" = afl ]; then
  build afl none "$(variant afl none)/mutator.so"
  for san in none cmplog "$CHECKED_SAN"; do
    build afl "$san" "${all[@]/#/$(variant afl "$san")/fuzz_}"
  done
else
  build libfuzzer "$CHECKED_SAN" "${all[@]/#/$CHECKED/fuzz_}"
fi

mkdir -p "$OUT"
exec 9>"$OUT/lock"
flock -n 9 || die "another 'make fuzz' is writing to $OUT: wait for it, or give this one BUILD=dir"
if disk_is_full; then
  die "less than $((MIN_FREE_KIB / 1024)) MiB free on $OUT: make room, or give BUILD=dir"
fi
touch "$OUT/started"
trap 'stopping=${stopping:-"interrupted"}; stop_engines' INT TERM HUP
trap stop_engines EXIT

printf '%d targets, %d s each, %d at a time on %s; Ctrl-C stops and keeps everything\n' \
  "${#all[@]}" "$budget" "$at_once" "$engine"
[ -t 1 ] || head_line
campaign
summary
