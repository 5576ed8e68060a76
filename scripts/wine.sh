#!/usr/bin/env bash
# wine: a second opinion on the contract. Runs the client's cases of harness/tests/cases/sspi, and a
# connection of `stream` over loopback TCP to openssl s_server, on Wine's Schannel, and holds what
# is not the same against harness/tests/cases/wine.differences. Installs Wine and the compiler for
# Windows when they are not there; nothing else needs them.
#
#   WINE    wine64, beside which is wineserver (/usr/lib/wine/wine64)
#
# Exit status 1 when a difference is not in the list, or one of the list is not there any more. The
# list as it would be is then in build/wine/differences, `?` where a reason is to be given.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

CASES=harness/tests/cases
LIST=$CASES/wine.differences
COMPILER=x86_64-w64-mingw32-gcc
CRASHED=99 # what wine_cases ends with when the provider crashes
SIZE=1048576
LIMIT=100 # seconds for each program

out=$(realpath -m "$BUILD/wine")
windows=$BUILD/replay-none-$COMPILER
far=$(realpath -m "$(variant replay "$CHECKED_SAN")/wine_far")
report=$out/report

export WINEPREFIX=$out/prefix WINEDEBUG=-all
unset DISPLAY WAYLAND_DISPLAY
WINE=${WINE:-/usr/lib/wine/wine64}

clean_up() {
  "$(dirname "$WINE")/wineserver" -k 2>/dev/null || true
}

# --- the cases

# run_cases: as often as a case crashes the provider: each time goes on with the next case.
run_cases() {
  local pipe=$out/answers code=$CRASHED
  rm -f "$pipe" "$report"
  mkfifo "$pipe"
  touch "$report"
  while [ "$code" = $CRASHED ]; do
    code=0
    "$far" <"$pipe" 2>"$out/far.log" |
      timeout $LIMIT "$WINE" "$windows/wine_cases.exe" "$report" "$out/identity.pfx" \
        "$(grep -c '^case' "$report")" $CASES/sspi/*.txt >"$pipe" 2>"$out/cases.log" || code=$?
  done
  [ "$code" = 0 ] || {
    tail -n 5 "$out/far.log" "$out/cases.log" >&2
    die "wine_cases ended with $code"
  }
}

# --- the stream

# data SEED: SIZE pseudo-random bytes, the same each time.
data() {
  head -c "$SIZE" /dev/zero | openssl enc -aes-128-ctr -iv 00 -K "$1" 2>/dev/null
}

has_all() {
  [ "$(stat -c %s "$1")" -ge "$SIZE" ]
}

# feed: their bytes, and the end of input only when ours have come.
feed() {
  cat theirs
  wait_for has_all theirs.got
}

run_stream() (
  cd "$out"
  data 1 >ours
  data 2 >theirs
  : >theirs.got
  start_server timeout $LIMIT openssl s_server -accept 127.0.0.1:@PORT@ -naccept 1 -quiet \
    -tls1_2 -cert cert.pem -key key.pem < <(feed) >theirs.got 2>theirs.log ||
    die "no s_server; see $out/theirs.log"
  trap 'kill "$server" 2>/dev/null || true' EXIT
  timeout $LIMIT "$WINE" "$1/wine_cat.exe" "$port" ours got "$SIZE" >stream.log 2>&1 || {
    cat stream.log >&2
    die "wine_cat failed"
  }
  wait "$server" || true
  cmp ours theirs.got || die "what s_server got is not what was sent"
  cmp theirs got || die "what came is not what s_server sent"
  title="1 MiB each way to openssl s_server, and a good close"
  printf 'case\tstream\t%s\trun\n' "$title"
  status=$(tail -n 1 stream.log | tr -d '\r')
  [ "$status" = SEC_I_CONTEXT_EXPIRED ] ||
    printf 'line\tstream\t%s\tclosed -> SEC_I_CONTEXT_EXPIRED\tnot SEC_I_CONTEXT_EXPIRED but %s\n' \
      "$title" "$status"
)

# --- the verdict

# judge: reads the list and the report; prints each case with its reasons, differences that are not
# in the list, those of the list that are not there, and the counts.
judge() {
  awk -F '\t' -v fresh="$out/differences" '
    FNR == NR && !title && (/^#/ || /^$/ || /^reason /) { print >fresh }
    FNR == NR && (/^#/ || /^$/) { next }
    FNR == NR && /^reason / {
      split($0, word, " ")
      class[word[2]] = word[3]
      next
    }
    FNR == NR && /^    / {
      text = $0
      sub(/^ +[^:]*: /, "", text)
      why = $0
      sub(/^ +/, "", why)
      sub(/: .*/, "", why)
      count = split(why, names, " ")
      for (i = 1; i <= count; i++)
        if (!(names[i] in class)) {
          printf "%s:%d: no reason is called %s\n", FILENAME, FNR, names[i]
          bad++
        }
      listed[title "\t" line "\t" text] = why
      if (!((line, text) in similar)) similar[line, text] = why
      at[title "\t" line "\t" text] = FNR
      next
    }
    FNR == NR && /^  / { line = substr($0, 3); next }
    FNR == NR { title = $0; next }
    $1 == "case" { state[$2 ": " $3] = $4; order[++cases] = $2 ": " $3 }
    $1 == "line" {
      key = $2 ": " $3 "\t" $4 "\t" $5
      name = $2 ": " $3
      why = key in listed ? listed[key] : ($4, $5) in similar ? similar[$4, $5] : "?"
      if (!differs[name]++) printf "%s%s\n", written++ ? "\n" : "", name >fresh
      if (shown[name] != $4) print "  " $4 >fresh
      printf "    %s: %s\n", why, $5 >fresh
      shown[name] = $4
      if (!(key in listed)) {
        printf "not in the list: %s: %s\n  %s\n    %s\n", $2, $3, $4, $5
        unlisted[name] = 1
        bad++
        next
      }
      count = split(listed[key], names, " ")
      if (!seen[key]++) {
        lines++
        total[class[names[1]]]++
      }
      for (i = 1; i <= count; i++)
        if (!told[name, names[i]]++) reasons[name] = reasons[name] " " names[i]
    }
    END {
      for (key in listed)
        if (!seen[key]) {
          split(key, part, "\t")
          printf "%s:%d: not seen: %s: %s\n", ARGV[1], at[key], part[2], part[3]
          bad++
        }
      for (i = 1; i <= cases; i++) {
        title = order[i]
        verdict = state[title] != "run" ? "not run" : unlisted[title] ? "UNLISTED" : \
          differs[title] ? "differs" : "same"
        sum[verdict]++
        skipped[state[title]]++
        why = verdict == "not run" ? " " state[title] : reasons[title]
        printf "%-9s %s%s\n", verdict, title, why == "" ? "" : " [" substr(why, 2) "]"
      }
      printf "cases: %d same, %d differ as listed, %d differ otherwise; not run: %d", sum["same"],
        sum["differs"], sum["UNLISTED"], sum["not run"]
      printf " (%d need our own engine, %d the server, %d TLS 1.3, %d another personality)\n",
        skipped["own-engine"], skipped["server"], skipped["tls1.3"], skipped["personality"]
      printf "differences: %d lines:", lines
      printf " fact %d, fault %d, personality %d, version %d, follows %d\n", total["fact"],
        total["fault"], total["personality"], total["version"], total["follows"]
      exit bad != 0 || sum["same"] == 0 || sum["differs"] == 0
    }' "$LIST" "$report"
}

./scripts/setup.sh "$WINE wine64" "$COMPILER gcc-mingw-w64-x86-64"
mkdir -p "$out"
trap clean_up EXIT
build replay "$CHECKED_SAN" "$(variant replay "$CHECKED_SAN")/wine_far"
make_clean ENGINE=replay SAN=none CC=$COMPILER "$windows"/wine_{cases,cat}.exe \
  >"$out/make.log" 2>&1 || {
  tail -n 20 "$out/make.log" >&2
  die "building for Windows failed"
}
[ -e "$WINEPREFIX/system.reg" ] || timeout $LIMIT "$WINE" wineboot -i >"$out/boot.log" 2>&1 ||
  die "wineboot failed; see $out/boot.log"
if [ ! -e "$out/identity.pfx" ]; then
  make_certificate "$out"
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=test.example \
    -keyout "$out/rsa.key" -out "$out/rsa.pem" 2>"$out/req.log" &&
    openssl pkcs12 -export -in "$out/rsa.pem" -inkey "$out/rsa.key" -passout pass: \
      -out "$out/identity.pfx" || die "openssl made no identity"
fi

run_cases
run_stream "$(realpath "$windows")" >>"$report"
printf 'wine: %s\n' "$("$WINE" --version)"
judge || die "not as listed in $LIST"
printf 'stream: TLS 1.2 with openssl s_server, %d bytes each way the same, %s calls\n' "$SIZE" \
  "$(tr -d '\r' <"$out/stream.log" | sed -n 's/^calls //p')"
