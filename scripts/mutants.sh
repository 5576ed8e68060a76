#!/usr/bin/env bash
# mutants: plants the known bugs of this field, one at a time, and replays the committed corpus to
# see which target and which oracle tell. Each file harness/mutants/*.patch is one edit, behind a
# header of `name: value` lines:
#
#   id          as the file is called, without .patch
#   stands-for  the real bug: a catalogue number, a commit, a CVE, a review finding
#   breaks      what goes wrong, in one sentence
#   oracle      who is expected to tell: oracles by name, contract, leak, timeout, or a sanitizer's
#               kind of failure; several are separated by spaces
#   target      the targets expected to show it, best first
#   replay      how to replay the corpus first, when that is not --once
#   equivalent  a reason, and only when nothing can tell it from the real code
#
# Each is built out of tree: a copy of one common build by hard links, in which make compiles what
# the edit touches. What is known of a mutant is kept while patch, code and corpus are unchanged.
#
#   M     ids or patterns of ids, default all        JOBS  how many at a time
#   FUZZ  1: also measures how fast libFuzzer finds each, from the corpus and from nothing:
#         the median of RUNS (3) runs of at most SECONDS (60).  AFL=1: AFL++ as well, twice as
#         long, without the seeds that show it at once
#
# Exit status 1 when one survives, is not built or does not apply.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

M=${M:-*}
FUZZ=${FUZZ:-}
AFL=${AFL:-}
RUNS=${RUNS:-3}
BUDGET=${BUDGET:-60}

dir=$BUILD/mutants
[[ $dir = /* ]] || dir=$PWD/$dir
top=$PWD

# A death must say what it was, in few words; a mutant that eats memory must not eat all of it.
export ASAN_OPTIONS=handle_abort=1:detect_leaks=1:symbolize=0:hard_rss_limit_mb=2048
export UBSAN_OPTIONS=print_stacktrace=0:halt_on_error=1

# Warnings are for people: a mutant need not please the compiler.
MAKE_BASE=(BUILD=build WARN=-w OPENSSL=system)

# --- what a patch says

# field FILE NAME: what the header says.
field() {
  sed -n -e '/^--- /q' -e "s/^$2: *//p" "$1"
}

patches() {
  local pattern file found wanted
  read -r -a wanted <<<"$M"
  for pattern in "${wanted[@]}"; do
    found=
    for file in harness/mutants/$pattern.patch; do
      found=1
      printf '%s\n' "$file"
    done
    [ "$found" ] || die "no mutant is called '$pattern'"
  done
}

# --- the common build

# targets_of FILE: the targets expected, then all others.
targets_of() {
  local expected name
  expected=$(field "$1" target)
  for name in $expected $(all_targets); do
    [ ! -e "harness/fuzz_$name.c" ] || printf '%s\n' "$name"
  done | awk '!seen[$0]++'
}

# make_in DIR ENGINE GOAL...: make in a copy of the tree.
make_in() {
  local where=$1 engine=$2
  shift 2
  env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u MAKELEVEL -u B -u T -u ENGINE -u SAN -u CC \
    -u CFLAGS -u LIB_FUZZING_ENGINE -u BUILD make --no-print-directory -C "$where" \
    "${MAKE_BASE[@]}" ENGINE="$engine" SAN="$CHECKED_SAN" "$@"
}

binary() {
  printf 'build/%s-%s/fuzz_%s' "$1" "${CHECKED_SAN//,/+}" "$2"
}

# prepare ENGINE...: brings the common build up to date, and takes a copy of all inputs, so that the
# tree may be worked on meanwhile.
prepare() {
  local engine goals
  mkdir -p "$dir/base" "$dir/inputs"
  rm -rf "$dir/base/src" "$dir/base/harness" "$dir/inputs/"*
  cp -a corpus "$dir/inputs/"
  [ ! -d crashes ] || cp -a crashes "$dir/inputs/"
  cp -a src harness Makefile "$dir/base/"
  for engine; do
    mapfile -t goals < <(all_targets | while read -r name; do binary "$engine" "$name"; echo; done)
    make_in "$dir/base" "$engine" -j"$JOBS" "${goals[@]}" >"$dir/base-$engine.log" 2>&1 || {
      tail -n 20 "$dir/base-$engine.log" >&2
      die "the code without a mutant is not built: $dir/base-$engine.log"
    }
  done
}

# digest_of_tree: of all that can change a verdict but the patch.
digest_of_tree() {
  {
    (cd "$dir" && find base/src base/harness base/Makefile inputs -type f \
      ! -path 'base/harness/mutants/*' -print0 | sort -z | xargs -0 sha1sum)
    sha1sum scripts/mutants.sh
  } | sha1sum | cut -d ' ' -f 1
}

# replay TREE TARGET HOW LOG: replays all inputs of a target with the build in TREE.
replay() {
  local where inputs=()
  for where in "$dir/inputs/corpus/$2" "$dir/inputs/crashes/$2"; do
    [ "$(count_files "$where")" = 0 ] || inputs+=("$where")
  done
  # shellcheck disable=SC2086
  [ "${#inputs[@]}" = 0 ] || "$1/$(binary replay "$2")" --seconds 5 $3 "${inputs[@]}" >"$4" 2>&1
}

# try_base TARGET: what dies without a mutant proves nothing with one.
try_base() {
  local how
  for how in --once --cuts '--starve 1'; do
    replay "$dir/base" "$1" "$how" "$dir/base-$1.log" ||
      die "$1 fails without a mutant: $dir/base-$1.log"
  done
}

# --- one mutant

# kind LOG: what a dead run died of, in one word.
kind() {
  local text
  text=$(signature <"$1" | awk '{ print $1; exit }')
  text=${text#oracle-}
  [[ $text != undefined-* ]] || text=undefined
  if [ -z "$text" ] && grep -q 'hard rss limit exhausted' "$1"; then
    text=out-of-memory
  fi
  printf '%s\n' "${text:-unknown}"
}

# try_replay FILE TREE: replays all there is until something dies; prints "target kind input".
# Each input once is enough for most, twice and at other cuts for the rest, and for a few it takes a
# lack of memory.
try_replay() {
  local name log=$2/log how first
  first=$(field "$1" replay)
  for how in ${first:+"$first"} --once --cuts '--starve 1'; do
    for name in $(targets_of "$1"); do
      make_in "$2" replay "$(binary replay "$name")" >"$2/make.log" 2>&1 || {
        echo "not-built"
        return
      }
      replay "$2" "$name" "$how" "$log" || {
        printf '%s %s %s\n' "$name" "$(kind "$log")" \
          "$(sed -n "s,^replay: found in $dir/inputs/,,p" "$log" | head -n 1)"
        return
      }
    done
  done
  echo survived
}

# judge FILE: applies, builds and replays one mutant; leaves "verdict|target|kind|seconds|input" in
# results/ID and says so.
judge() {
  local file=$1 id tree began verdict target kind input expected
  id=$(basename "$file" .patch)
  tree=$dir/tree/$id
  began=${EPOCHREALTIME/./}
  target='' kind='' input=''
  rm -rf "$tree"
  mkdir -p "$dir/tree" "$dir/results"
  cp -al "$dir/base" "$tree"
  if [ "$(field "$file" id)" != "$id" ] || [ -z "$(field "$file" breaks)" ] ||
    ! patch -p1 --fuzz=2 --no-backup-if-mismatch -s -f -d "$tree" -i "$top/$file" \
      >"$tree/patch.log" 2>&1; then
    verdict='did not apply'
  else
    read -r target kind input < <(try_replay "$file" "$tree")
    case $target in
      not-built) verdict='not built' target='' ;;
      survived)
        verdict=survived target=''
        [ -z "$(field "$file" equivalent)" ] || verdict=equivalent
        ;;
      *)
        verdict=killed
        expected=" $(field "$file" oracle) "
        [[ $expected = *" $kind "* ]] || verdict='killed (unrelated)'
        ;;
    esac
  fi
  printf '%s|%s|%s|%s|%s\n' "$verdict" "$target" "$kind" \
    "$(((${EPOCHREALTIME/./} - began) / 10000))" "$input" >"$dir/results/$id"
  if [ "${verdict%% *}" = killed ] && [ -z "$FUZZ" ]; then
    rm -rf "$tree"
  fi
}

# --- fuzzing

# median: of the numbers on standard input; "-" counts as never.
median() {
  sed 's/^-$/999999999/' | sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }' |
    sed 's/^999999999$/-/'
}

# hunt ENGINE TREE TARGET SEEDS RUN: one run; prints "seconds executions", or "- -".
hunt() {
  local engine=$1 tree=$2 name=$3 seeds=$4 run=$5 work began log more=()
  work=$tree/hunt
  log=$work/log
  rm -rf "$work"
  mkdir -p "$work/corpus"
  began=${EPOCHREALTIME/./}
  if [ "$engine" = libfuzzer ]; then
    [ ! -e "dict/$name.dict" ] || more=(-dict="dict/$name.dict")
    if "$tree/$(binary libfuzzer "$name")" "${more[@]}" -seed="$run" \
      -max_total_time="$BUDGET" -timeout=5 -rss_limit_mb=2048 -max_len="$(max_len "$name")" \
      -print_final_stats=1 -artifact_prefix="$work/" "$work/corpus" ${seeds:+"$seeds"} \
      >"$log" 2>&1; then
      echo '- -'
      return
    fi
    [ "$(kind "$log")" != unknown ] || die "libFuzzer ended for no known reason: $log"
    printf '%s %s\n' "$(((${EPOCHREALTIME/./} - began) / 1000000))" \
      "$(awk '$1 == "stat::number_of_executed_units:" { n = $2 } END { print n + 0 }' "$log")"
    return
  fi
  [ ! -e "dict/$name.dict" ] || more=(-x "dict/$name.dict")
  mkdir -p "$work/seeds"
  if [ -n "$seeds" ]; then cp "$seeds"/* "$work/seeds/"; else printf '0' >"$work/seeds/0"; fi
  # Seeds that show the mutant at once are left out: AFL++ is to find it. It may need a push to end.
  AFL_BENCH_UNTIL_CRASH=1 AFL_SKIP_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_FORKSRV_INIT_TMOUT=30000 \
    ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0 \
    UBSAN_OPTIONS=abort_on_error=1:symbolize=0:halt_on_error=1 \
    timeout -k 5 $((2 * BUDGET + 60)) env -u MSAN_OPTIONS \
    afl-fuzz -s "$run" -V $((2 * BUDGET)) -t 2000+ "${more[@]}" -i "$work/seeds" \
    -o "$work/out" -- "$tree/$(binary afl "$name")" >"$log" 2>&1 || true
  [ -e "$work/out/default/fuzzer_stats" ] || die "afl-fuzz did not run: $log"
  if [ "$(count_files "$work/out/default/crashes")" = 0 ]; then
    echo '- -'
  else
    printf '%s %s\n' "$(((${EPOCHREALTIME/./} - began) / 1000000))" \
      "$(awk '$1 == "execs_done" { print $3 }' "$work/out/default/fuzzer_stats")"
  fi
}

# measure FILE: how fast each engine finds it, in results/ID.fuzz: "what seconds executions" lines.
measure() {
  local file=$1 id tree name engine seeds run
  id=$(basename "$file" .patch)
  tree=$dir/tree/$id
  [[ $(cat "$dir/results/$id") = killed* ]] || return 0
  # The target that showed it by replay can show it again.
  name=$(cut -d '|' -f 2 "$dir/results/$id")
  for engine in libfuzzer ${AFL:+afl}; do
    make_in "$tree" "$engine" "$(binary "$engine" "$name")" >"$tree/make.log" 2>&1 || continue
    for seeds in "$dir/inputs/corpus/$name" ''; do
      for ((run = 1; run <= RUNS; run++)); do
        hunt "$engine" "$tree" "$name" "$seeds" "$run"
      done >"$tree/runs"
      printf '%s/%s %s %s\n' "$engine" "$([ "$seeds" ] && echo seeds || echo empty)" \
        "$(cut -d ' ' -f 1 "$tree/runs" | median)" "$(cut -d ' ' -f 2 "$tree/runs" | median)"
    done
  done >"$dir/results/$id.fuzz.part"
  mv "$dir/results/$id.fuzz.part" "$dir/results/$id.fuzz"
  rm -rf "$tree"
}

# work FILE: one mutant from start to end, unless all of it is known already.
work() {
  local file=$1 id stamp known
  id=$(basename "$file" .patch)
  stamp="$TREE $(sha1sum <"$file" | cut -d ' ' -f 1)"
  known=$(cat "$dir/results/$id.stamp" 2>/dev/null || true)
  if [ "$known" != "$stamp" ] || { [ "$FUZZ" ] && [ ! -e "$dir/results/$id.fuzz" ]; }; then
    rm -f "$dir/results/$id" "$dir/results/$id.stamp" "$dir/results/$id.fuzz"
    judge "$file"
    [ -z "$FUZZ" ] || measure "$file"
    printf '%s\n' "$stamp" >"$dir/results/$id.stamp"
  fi
  line "$file"
}

# --- the table

line() {
  local file=$1 id verdict target kind hundredths input
  id=$(basename "$file" .patch)
  IFS='|' read -r verdict target kind hundredths input <"$dir/results/$id"
  [ "$verdict" != equivalent ] || input=$(field "$file" equivalent)
  [ "$verdict" != survived ] || input="expected: $(field "$file" oracle)"
  printf '%-40s %-18s %-11s %-22s %3d.%02d  %s\n' "$id" "$verdict" "$target" "$kind" \
    $((hundredths / 100)) $((hundredths % 100)) "${input##*/}"
  [ ! -s "$dir/results/$id.fuzz" ] || awk '{
    printf "%-40s %-18s %s\n", "", $1,
      $2 == "-" ? "not found" : $2 " s, " $3 " executions" }' "$dir/results/$id.fuzz"
}

# total VERDICT FILE...: how many have it.
total() {
  local verdict=$1 file count=0
  shift
  for file; do
    case $(cat "$dir/results/$(basename "$file" .patch)") in
      "$verdict|"*) count=$((count + 1)) ;;
    esac
  done
  echo "$count"
}

# found WHAT FILE...: how many an engine has found.
found() {
  local what=$1 file count=0
  shift
  for file; do
    if grep -q "^$what [0-9]" "$dir/results/$(basename "$file" .patch).fuzz" 2>/dev/null; then
      count=$((count + 1))
    fi
  done
  echo "$count"
}

summary() {
  local killed unrelated survived unbuilt unapplied same what
  killed=$(total killed "$@")
  unrelated=$(total 'killed (unrelated)' "$@")
  survived=$(total survived "$@")
  unbuilt=$(total 'not built' "$@")
  unapplied=$(total 'did not apply' "$@")
  same=$(total equivalent "$@")
  for what in ${FUZZ:+libfuzzer/seeds libfuzzer/empty} ${FUZZ:+${AFL:+afl/seeds afl/empty}}; do
    printf '%s finds %d of %d\n' "$what" "$(found "$what" "$@")" "$(($# - same))"
  done
  printf '%d mutants: %d killed (%d of them unrelated), %d survived, %s; %d equivalent\n' \
    $# $((killed + unrelated)) "$unrelated" "$survived" \
    "$unbuilt not built, $unapplied did not apply" "$same"
  [ $((survived + unbuilt + unapplied)) = 0 ]
}

case ${1:-} in
  --one)
    work "$2"
    exit
    ;;
  --base)
    try_base "$2"
    exit
    ;;
esac

mapfile -t all < <(patches)
mapfile -t all < <(printf '%s\n' "${all[@]}" | sort -u)
# shellcheck disable=SC2086
prepare replay ${FUZZ:+libfuzzer ${AFL:+afl}}
TREE=$(digest_of_tree)
export TREE M FUZZ AFL RUNS BUDGET BUILD JOBS
if [ "$(cat "$dir/base.stamp" 2>/dev/null)" != "$TREE" ]; then
  all_targets | xargs -P "$JOBS" -n 1 ./scripts/mutants.sh --base || exit 1
  printf '%s\n' "$TREE" >"$dir/base.stamp"
fi
printf '%-40s %-18s %-11s %-22s %6s  %s\n' mutant verdict target oracle seconds input
printf '%s\n' "${all[@]}" | xargs -P "$JOBS" -n 1 ./scripts/mutants.sh --one ||
  die "a mutant could not be judged; see $dir"
summary "${all[@]}"
