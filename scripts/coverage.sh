#!/usr/bin/env bash
# coverage: what of src/ the committed corpus and crashes reach. HTML in build/coverage/, a table by
# file, and last one line: coverage src: lines X% branches Y%. One process a target, so that each
# profile is whole: the replayer must not fail here, and says so if it does.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

out=$BUILD/coverage
bin=$(variant replay cover)
list=$(targets)
mapfile -t all <<<"$list"

build replay cover "${all[@]/#/$bin/fuzz_}"
rm -rf "$out"
mkdir -p "$out/raw"

objects=()
for target in "${all[@]}"; do
  inputs=()
  for dir in "corpus/$target" "crashes/$target"; do
    [ ! -d "$dir" ] || inputs+=("$dir")
  done
  [ "${#inputs[@]}" -gt 0 ] || die "no corpus/$target: make seeds"
  LLVM_PROFILE_FILE="$out/raw/$target.profraw" "$bin/fuzz_$target" --once "${inputs[@]}" \
    >"$out/raw/$target.log" 2>&1 ||
    die "replay of $target failed, see $out/raw/$target.log"
  objects+=(-object "$bin/fuzz_$target")
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
  }' "$out/lcov.info" || die "no figures in $out/lcov.info"
