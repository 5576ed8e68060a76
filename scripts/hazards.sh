#!/usr/bin/env bash
# hazards: every hazard of callers has its entry in src/stream/hazards.txt, and every oracle,
# mutant, test and seed that an entry names exists.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

table=${1:-src/stream/hazards.txt}
ids=(H{1..28} H2b H2c H3b H12{a..f} H21b H22b)
split=(H12) # only in its parts

faults=0
fault() {
  printf '%s: %s\n' "$table" "$*" >&2
  faults=$((faults + 1))
}

# exists KIND NAME
exists() {
  case $1 in
    oracle) grep -q "^  X($2," harness/oracle.h ;;
    mutant) [ -f "harness/mutants/$2.patch" ] ;;
    test) grep -q "^TEST(${2#*/})" "harness/tests/test_${2%%/*}.c" 2>/dev/null ;;
    seed) [ -f "corpus/$2" ] ;;
    *) return 1 ;;
  esac
}

# Continued lines are joined; an entry is then three lines.
joined=$(awk '/^      / { sub(/^ +/, " "); line = line $0; next } { print line; line = $0 }
  END { print line }' "$table")

for id in "${ids[@]}"; do
  [[ " ${split[*]} " != *" $id "* ]] || continue
  count=$(grep -cE "^$id +[A-Z]" <<<"$joined" || true)
  [ "$count" = 1 ] || fault "$id has $count entries, not one"
  grep -A 1 -E "^$id +[A-Z]" <<<"$joined" | grep -q '^here  .' || fault "$id: what happens here?"
  grep -A 2 -E "^$id +[A-Z]" <<<"$joined" | grep -q '^held  .' || fault "$id: what holds it?"
done

named=0
while read -r kind name; do
  named=$((named + 1))
  exists "$kind" "$name" || fault "there is no $kind $name"
done < <(sed -n 's/^held  //p' <<<"$joined" | tr ',' '\n')

[ "$named" -gt 0 ] || fault "nothing is named: this check sees nothing"
[ "$faults" = 0 ] || die "$faults faults"
printf 'hazards: %d entries, %d witnesses\n' "$(grep -c '^held' <<<"$joined")" "$named"
