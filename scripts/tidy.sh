#!/usr/bin/env bash
# tidy: the house style, as far as a script can see it. Prints file:line: what, and why.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

ALLOWED_TOP=(Makefile harness src corpus dict crashes scripts README.md LICENSE .ci .github
  .clusterfuzzlite .clang-format .gitignore .git)

report=$(mktemp)
trap 'rm -f "$report"' EXIT

mapfile -t sources < <(find src harness -name '*.[ch]' | sort)
[ "${#sources[@]}" -gt 0 ] || die "no sources found: run it from the project"

# bare FILE: the file without the insides of strings and comments, line by line.
bare() {
  awk '{
    line = $0
    out = ""
    for (i = 1; i <= length(line); i++) {
      c = substr(line, i, 1)
      two = substr(line, i, 2)
      if (in_comment) {
        if (two == "*/") { in_comment = 0; i++ }
      } else if (quote != "") {
        if (c == "\\") i++
        else if (c == quote) { quote = ""; out = out c }
      } else if (two == "/*") {
        in_comment = 1
        i++
      } else if (two == "//") {
        out = out substr(line, i)
        break
      } else {
        if (c == "\"" || c == "\047") quote = c
        out = out c
      }
    }
    print out
  }' "$1"
}

# words FILE: banned words, in what is code.
words() {
  bare "$1" | awk -v file="$1" '
    function fault(text) { printf "%s:%d: %s\n", file, NR, text }
    function call(name) { return $0 ~ ("(^|[^A-Za-z0-9_])" name "[ ]*\\(") }
    BEGIN {
      library = file ~ /^src\//
      free_if = file ~ /^src\/(base|sspi\/abi|sspi\/sspi)\.h$/
      owner = file == "src/base.c"
    }
    /(^|[^A-Za-z0-9_])goto[ ;]/ { fault("goto: use SCOPED or a function") }
    call("assert") { fault("assert: use REQUIRE, ENSURE or CHECK") }
    call("strcpy") || call("strcat") || call("sprintf") || call("vsprintf") || call("gets") {
      fault("an unbounded string function: use snprintf or a builder")
    }
    library && !owner && (call("malloc") || call("calloc") || call("realloc") || call("free")) {
      fault("allocates by hand: use sch_alloc and sch_free")
    }
    library && !owner && file !~ /^src\/bytes\// && (call("memcpy") || call("memmove")) {
      fault("copies by hand: use sch_copy or src/bytes")
    }
    /\/\/[^ ]*[ ]*[^ ]/ { fault("a // comment: use /* */") }
    /^[ ]*#[ ]*(if|elif|else)/ && !free_if {
      if ($0 ~ /^#ifndef SCH_[A-Z0-9_]+_H$/ && !guarded++) next
      fault("#if: a variant is a file, not a condition")
    }'
}

# shape FILE: lengths and marks, in the file as it is.
shape() {
  awk -v file="$1" '
    function fault(text) { printf "%s:%d: %s\n", file, NR, text }
    length($0) > 100 { fault("over 100 columns") }
    /\t/ { fault("a tab") }
    /[ \t]$/ { fault("blanks at the end of the line") }
    /TO[D]O|FI[X]ME|X[X]X/ { fault("an unfinished mark: do it or open an issue") }
    /SPDX-License-Identifier: Apache-2.0/ { licensed = 1 }
    /^[A-Za-z_]/ && !start { start = NR }
    start && /^[^ ].*;$/ && !/^}/ && !/\{/ { start = 0 }
    /^}/ {
      if ($0 == "}" && start && NR - start + 1 > 70)
        fault("a function of " NR - start + 1 " lines, over 70")
      start = 0
    }
    END {
      if (!licensed) { NR = 1; fault("no line SPDX-License-Identifier: Apache-2.0") }
      # One file alone may see libssl, so all that needs it is in that file.
      limit = file == "src/tls/engine_openssl.c" ? 900 : 400
      if (file ~ /^src\// && NR > limit) fault("over " limit " lines")
    }' "$1"
}

{
  for file in "${sources[@]}"; do
    words "$file"
    shape "$file"
  done
  for file in Makefile scripts/* .ci/run .github/workflows/*.yml .clusterfuzzlite/*; do
    grep -q 'SPDX-License-Identifier: Apache-2.0' "$file" || echo "$file:1: no SPDX line"
    awk -v file="$file" 'length($0) > 100 { printf "%s:%d: over 100 columns\n", file, NR }' "$file"
  done
  for file in scripts/*.sh .ci/run .clusterfuzzlite/build.sh; do
    bash -n "$file" 2>&1 || true
  done
} >"$report"

clang-format --dry-run "${sources[@]}" 2>&1 |
  sed -nE 's/^([^:]+:[0-9]+):[0-9]+: .*(code should be clang-formatted).*/\1: \2/p' |
  sort -u >>"$report"

find . -path ./.git -prune -o -path "./${BUILD#./}" -prune -o -path ./build -prune -o \
  -type f -size +1024k -printf '%p:1: over 1 MiB\n' >>"$report"

for name in * .[!.]*; do
  [ "$name" = build ] || [ "$name" = "${BUILD%%/*}" ] ||
    case " ${ALLOWED_TOP[*]} " in
      *" $name "*) ;;
      *) echo "$name:1: not a name of the top directory" >>"$report" ;;
    esac
done

if [ -s "$report" ]; then
  cat "$report" >&2
  die "$(wc -l <"$report") faults"
fi
printf 'tidy: %d sources, no faults\n' "${#sources[@]}"
