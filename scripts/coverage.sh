#!/usr/bin/env bash
# coverage: what of src/ the committed corpus, crashes and case files reach. HTML in
# build/coverage/, a table by file, and last one line: coverage src: lines X% branches Y%.
#
# What counts is what is committed as data, replayed in every way that `make check` replays it:
#   - corpus/<target> and crashes/<target>;
#   - the named seeds again, starved of memory: of each allocation of the library in turn, and of
#     one of OpenSSL's an input;
#   - the case files harness/tests/cases, by the three programs that run them. What these try
#     besides, wrong cases, is done in children that leave no profile.
# Unit tests with code of their own do not count. One process each, so that each profile is whole:
# none may fail here.
#
# Every line that is not reached stands in harness/tests/uncovered.txt with its reason, and nothing
# else does: an unlisted line and a listed one that is reached fail. The list as it would be is then
# in build/coverage/uncovered.txt, `?` where a reason is to be given. With T only the figures of
# those targets are given, and nothing is held against the list.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

LIST=harness/tests/uncovered.txt
CASES=(test_rows test_cases test_cert_cases)

out=$BUILD/coverage
bin=$(variant replay cover)
list=$(targets)
mapfile -t all <<<"$list"

build replay cover "${all[@]/#/$bin/fuzz_}" "${CASES[@]/#/$bin/}"
rm -rf "$out"
mkdir -p "$out/raw"

# run NAME PROGRAM ARGUMENTS...: runs it into a profile of its own.
run() {
  LLVM_PROFILE_FILE="$out/raw/$1.profraw" "$bin/$2" "${@:3}" >"$out/raw/$1.log" 2>&1 ||
    die "$1 failed, see $out/raw/$1.log"
}

objects=()
for target in "${all[@]}"; do
  inputs=()
  for dir in "corpus/$target" "crashes/$target"; do
    [ ! -d "$dir" ] || inputs+=("$dir")
  done
  [ "${#inputs[@]}" -gt 0 ] || die "no corpus/$target: make seeds"
  mapfile -t named < <(find "corpus/$target" -type f | grep -vE '/[0-9a-f]{40}$' | sort)
  run "$target" "fuzz_$target" --once "${inputs[@]}"
  run "starve-$target" "fuzz_$target" --starve 1 "${named[@]}"
  objects+=(-object "$bin/fuzz_$target")
done
[ -z "$T" ] || CASES=()
for program in "${CASES[@]}"; do
  run "$program" "$program"
  objects+=(-object "$bin/$program")
done

llvm-profdata merge -sparse -o "$out/profile" "$out"/raw/*.profraw
view=("${objects[@]:1}" "-instr-profile=$out/profile")
llvm-cov show "${view[@]}" -format=html -output-dir="$out" -ignore-filename-regex='harness/' \
  -show-branches=count >"$out/show.log" 2>&1 || die "llvm-cov show failed, see $out/show.log"

# Headers hold no code but macros, which are counted where they are used.
# A contract that holds has a branch that no input can take, because taking it would be the bug: the
# figure leaves out the branches on lines of contracts, and a line of its own says it with them.
llvm-cov export "${view[@]}" -format=lcov -ignore-filename-regex='harness/' \
  >"$out/lcov.info" 2>"$out/show.log"
awk -F '[:,]' -v OFS= '
  function share(part, whole) { return sprintf("%.2f%%", whole ? 100 * part / whole : 0) }
  $1 == "SF" {
    path = substr($0, 4)
    name = path
    sub(/^.*\/src\//, "", name)
    for (n = 0; (getline text < path) > 0;)
      contract[++n] = text ~ /(REQUIRE|ENSURE|UNREACHABLE)\(/
    close(path)
    lines = hit = branches = taken = 0
  }
  $1 == "DA" { lines++; hit += $3 > 0 }
  $1 == "BRDA" && path ~ /\.c$/ {
    every++
    every_taken += $5 > 0
    if (!contract[$2]) { branches++; taken += $5 > 0 }
  }
  $1 == "end_of_record" && path ~ /\.c$/ {
    if (!files++)
      printf "%-28s %6s %8s %9s %8s\n", "file", "lines", "reached", "branches", "taken"
    printf "%-28s %6d %8s %9d %8s\n", name, lines, share(hit, lines), branches,
      share(taken, branches)
    all_lines += lines
    all_hit += hit
    all_branches += branches
    all_taken += taken
  }
  END {
    if (!all_lines) exit 1
    printf "branches with those of contracts: %s\n", share(every_taken, every)
    printf "coverage src: lines %s branches %s\n", share(all_hit, all_lines),
      share(all_taken, all_branches)
  }' "$out/lcov.info" >"$out/figures" || die "no figures in $out/lcov.info"

# The list as it would be: its head, and every line not reached, with the reason that the list has
# for it. A function that is not called is one line; lines of brackets and of the
# preprocessor go with those around them.
awk -F '[:,]' '
  FNR == NR && (/^#/ || /^reason /) {
    if (/^reason /) { split($0, word, " "); known[word[2]] = 1 }
    print
    next
  }
  FNR == NR && /^[^ ]/ { place = $0; next }
  FNR == NR && NF > 1 {
    text = reason = $0
    sub(/^ *[^:]*: /, "", text)
    sub(/^ */, "", reason)
    sub(/: .*/, "", reason)
    why[place, text, ++listed[place, text]] = reason in known ? reason : "?"
    next
  }
  FNR == NR { next }
  function say(text,  place, times) {
    place = name ": " function_at
    times = ++seen[place, text]
    if (place != last) print "\n" place
    last = place
    print "  " ((place, text, times) in why ? why[place, text, times] : "?") ": " text
  }
  $1 == "SF" {
    name = path = substr($0, 4)
    sub(/^.*\/src\//, "", name)
    split("", begins)
    split("", called)
    for (n = 0; (getline line[++n] < path) > 0;) sub(/^ +/, "", line[n])
    close(path)
    function_at = ""
  }
  path !~ /\.c$/ { next }
  $1 == "FN" { sub(/^.*:/, "", $NF); begins[$2] = $NF }
  $1 == "FNDA" { sub(/^.*:/, "", $NF); called[$NF] += $2 }
  $1 == "DA" && $2 in begins {
    function_at = begins[$2]
    if (!called[function_at]) say("(not called)")
  }
  $1 == "DA" && $3 == 0 && called[function_at] && line[$2] !~ /^([ {})]*;?|#.*)$/ {
    say(line[$2])
  }
  ' "$LIST" "$out/lcov.info" >"$out/uncovered.txt"

# What the list says of a line is said again, so that any difference is a line more or a line less.
if [ -z "$T" ] && { ! diff -U 0 "$LIST" "$out/uncovered.txt" || grep '^  ?: ' "$LIST"; }; then
  cat "$out/figures"
  die "lines not reached, or their reasons, are not in $LIST: see $out/uncovered.txt"
fi
cat "$out/figures"
