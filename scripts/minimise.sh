#!/usr/bin/env bash
# minimise: folds what fuzzing found into corpus/<target>: the fewest inputs that keep every feature
# libFuzzer sees and every tuple AFL++ sees. Inputs named by words are seeds and stay as they are;
# the others are named by their SHA-1. Nothing is replaced when anything would be lost.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

export AFL_ALLOW_TMP=1 AFL_QUIET=1
AFL_ENV=(env -u ASAN_OPTIONS -u UBSAN_OPTIONS -u MSAN_OPTIONS)

# gather DIR FILES: copies files into DIR, each content once, named by its SHA-1.
gather() {
  local to=$1 sum file
  mkdir -p "$to"
  shift
  [ "$#" -gt 0 ] || return 0
  while read -r sum file; do
    [ -e "$to/$sum" ] || cp "$file" "$to/$sum"
  done < <(sha1sum -- "$@" | sed 's/^\\//')
}

# features TARGET DIR: what libFuzzer counts when it only reads the directory.
features() {
  "$(variant libfuzzer "$CHECKED_SAN")/fuzz_$1" -runs=0 -max_len="$(max_len "$1")" \
    -artifact_prefix="$BUILD/minimise/" -timeout=10 -rss_limit_mb=1024 "$2" 2>&1 |
    awk '/^#[0-9]+.* ft: / {
      for (i = 1; i < NF; i++) if ($i == "ft:") ft = $(i + 1) } END { print ft + 0 }'
}

# tuples TARGET DIR TO: AFL++'s tuples of every input, a file of them each.
tuples() {
  "${AFL_ENV[@]}" afl-showmap -q -m none -t 5000 -i "$2" -o "$3" -- \
    "$(variant afl none)/fuzz_$1" >/dev/null 2>&1 || true
}

count_tuples() {
  find "$1" -type f -exec cat {} + | sort -u | wc -l
}

# lacking KEPT ALL TUPLES: names in ALL that add a tuple to those of KEPT, greedily, small first.
lacking() {
  local kept=$1 all=$2 map=$3
  {
    find "$kept" -type f -printf 'keep %f\n'
    find "$all" -type f -printf '%s %f\n' | sort -n | sed 's/^[0-9]*/try/'
  } | awk -v map="$map" '
    {
      adds = 0
      file = map "/" $2
      while ((getline line < file) > 0) if (!(line in seen)) { seen[line] = 1; adds = 1 }
      close(file)
      if ($1 == "try" && adds) print $2
    }'
}

minimise() {
  local target=$1 work=$BUILD/minimise/$1 fuzzer file name before after named=()
  fuzzer=$(variant libfuzzer "$CHECKED_SAN")/fuzz_$target
  rm -rf "$work"
  mkdir -p "$work"/{kept,new,maps,aflmin} "corpus/$target"
  for file in "corpus/$target"/*; do
    [[ $(basename "$file") =~ ^[0-9a-f]{40}$ ]] || named+=("$file")
  done
  gather "$work/all" "corpus/$target"/* "$FUZZ_DIR/libfuzzer/$target"/corpus/* \
    "$FUZZ_DIR/afl/$target"/out/*/queue/id*
  if [ "$(count_files "$work/all")" = 0 ]; then
    printf '%-11s nothing to minimise: make seeds, or make fuzz T=%s\n' "$target" "$target"
    return
  fi
  gather "$work/kept" "${named[@]}"
  "$fuzzer" -set_cover_merge=1 -max_len="$(max_len "$target")" -timeout=10 \
    -rss_limit_mb=1024 -artifact_prefix="$work/" "$work/kept" "$work/all" >"$work/merge.log" 2>&1 ||
    die "merging $target failed, see $work/merge.log"
  "${AFL_ENV[@]}" afl-cmin -m none -t 5000 -i "$work/all" -o "$work/aflmin" -- \
    "$(variant afl none)/fuzz_$target" >"$work/cmin.log" 2>&1 </dev/null ||
    die "afl-cmin on $target failed, see $work/cmin.log"
  tuples "$target" "$work/all" "$work/maps"
  for name in $(lacking "$work/kept" "$work/aflmin" "$work/maps") \
    $(lacking "$work/kept" "$work/all" "$work/maps"); do
    cp "$work/all/$name" "$work/kept/$name"
  done
  mkdir -p "$work/maps-kept"
  tuples "$target" "$work/kept" "$work/maps-kept"
  before="$(features "$target" "$work/all") $(count_tuples "$work/maps")"
  after="$(features "$target" "$work/kept") $(count_tuples "$work/maps-kept")"
  printf '%-11s %6d inputs -> %5d (%d by name); features %d -> %d, tuples %d -> %d\n' "$target" \
    "$(count_files "$work/all")" "$(count_files "$work/kept")" "${#named[@]}" \
    "${before% *}" "${after% *}" "${before#* }" "${after#* }"
  if [ "${before% *}" = 0 ] || [ "${before#* }" = 0 ]; then
    die "an input of $target fails: make triage, mend it, then minimise; nothing is changed"
  fi
  if [ "${after% *}" -lt "${before% *}" ] ||
    [ "${after#* }" -lt "${before#* }" ]; then
    die "coverage of $target would be lost: corpus/$target is left as it was; see $work"
  fi
  replace "$target" "$work" "${named[@]}"
}

# replace TARGET WORK NAMED: the new corpus takes the place of the old; seeds are not touched.
replace() {
  local target=$1 work=$2 file sum
  shift 2
  while read -r sum _; do
    rm -f "$work/kept/${sum:?}"
  done < <([ "$#" = 0 ] || sha1sum -- "$@" | sed 's/^\\//')
  for file in "$work/kept"/*; do
    cp -n "$file" "corpus/$target/"
  done
  for file in "corpus/$target"/*; do
    [[ ! $(basename "$file") =~ ^[0-9a-f]{40}$ ]] || [ -e "$work/kept/$(basename "$file")" ] ||
      rm "$file"
  done
}

list=$(targets)
mapfile -t all <<<"$list"
build libfuzzer "$CHECKED_SAN" "${all[@]/#/$(variant libfuzzer "$CHECKED_SAN")/fuzz_}"
build afl none "${all[@]/#/$(variant afl none)/fuzz_}"
for target in "${all[@]}"; do
  minimise "$target"
done
