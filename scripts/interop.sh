#!/usr/bin/env bash
# interop: `sch` against strangers, over loopback TCP: OpenSSL's and GnuTLS's tools, both roles, TLS
# 1.2 and 1.3, a megabyte each way compared byte for byte, and a good close at the end.
#
#   interop.sh                 all cases; exit status 1 when one fails
#   interop.sh --capture DIR   small transfers; keeps what our side received from the wire in DIR
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

self=scripts/interop.sh
OUT=$(realpath -m "$BUILD/interop")
SIZE=${SIZE:-1048576}
SECONDS_MAX=20
CAPTURE_SIZE=1000

# --- inside one case: its name is role-peer-version-special, and so is its directory. Its
# processes share a process group, which `timeout` ends with it.

# data SEED: SIZE pseudo-random bytes, the same each time.
data() {
  head -c "$SIZE" /dev/zero | openssl enc -aes-128-ctr -iv 00 -K "$1" 2>/dev/null
}

# lines SEED: the same as text, for peers that think in lines.
lines() {
  data "$1" | base64 -w 64 >lines
  head -c "$SIZE" lines
}

holds() {
  [ "$(stat -c %s "$1")" -ge "$SIZE" ]
}

# feed FILE RECEIVED...: FILE, and the end of input only when all is received.
feed() {
  local received
  cat "$1"
  for received in "${@:2}"; do
    wait_for holds "$received"
  done
}

gnutls_priority() {
  echo "NORMAL:-VERS-ALL:+VERS-TLS$1"
}

# Our side closes first.
case_connect() {
  local peer=$1 version=$2 extra=$3 options=(--insecure) theirs=()
  case $extra in
    alpn) options+=(--alpn nothing,second,first) theirs+=(-alpn first,second) ;;
    client_certificate) options+=(--identity rsa) theirs+=(-Verify 1) ;;
    *) ;;
  esac
  if [ "$peer" = s_server ]; then
    start_server openssl s_server -accept "127.0.0.1:@PORT@" -naccept 1 -quiet \
      "-tls${version/./_}" -cert ../cert.pem -key ../key.pem "${theirs[@]}" \
      < <(feed theirs got theirs.got) >theirs.got 2>theirs.log
  else
    lines 2 >ours
    cp ours theirs # an echo: what comes back has gone both ways
    heard=got
    start_server gnutls-serv --quiet --echo --crlf -p @PORT@ --x509certfile ../cert.pem \
      --x509keyfile ../key.pem --disable-client-cert --priority "$(gnutls_priority "$version")" \
      < <(feed theirs got theirs.got) >theirs.got 2>theirs.log
  fi
  feed ours got "$heard" |
    "$SCH" connect --tls "$version" --capture wire "${options[@]}" "127.0.0.1:$port" >got 2>ours.log
}

# Their side closes first: our input ends only when all is over.
case_serve() {
  local peer=$1 version=$2 extra=$3 options=() theirs=() sch port
  case $extra in
    alpn) options+=(--alpn first,second) theirs+=(-alpn nothing,second,first) ;;
    client_certificate)
      options+=(--client-cert --insecure)
      theirs+=(-cert ../cert.pem -key ../key.pem)
      ;;
    resumption) options+=(--loop 2) ;;
    long_chain) options+=(--identity long-chain) ;;
    *) ;;
  esac
  "$SCH" serve --tls "$version" --capture wire "${options[@]}" 0 \
    < <(feed ours got theirs.got && wait_for [ -e over ]) >got 2>ours.log &
  sch=$!
  until grep -q '^listening' ours.log; do
    kill -0 "$sch"
    sleep 0.05
  done
  port=$(sed -n 's/^listening on .*://p' ours.log)
  theirs+=(-connect "127.0.0.1:$port" "-tls${version/./_}" -quiet -nocommands -no_ign_eof)
  if [ "$peer" = s_client ]; then
    feed theirs got theirs.got |
      openssl s_client "${theirs[@]}" -sess_out session >theirs.got 2>theirs.log
    if [ "$extra" = resumption ]; then
      openssl s_client "${theirs[@]}" -sess_in session </dev/null >>theirs.log 2>&1
    fi
  else
    feed theirs got theirs.got |
      gnutls-cli --insecure --logfile=theirs.log --priority "$(gnutls_priority "$version")" \
        -p "$port" 127.0.0.1 >theirs.got 2>theirs.err
  fi
  wait "$sch"
}

# verdict: what must hold when a case is over.
verdict() {
  cmp ours "$heard"
  cmp theirs got
  grep -q "^connected: TLS $1 " ours.log
  grep -q '^closed: both sides, in good order' ours.log
  case $2 in
    alpn) grep -q ' alpn=first' ours.log ;;
    client_certificate) grep -q ' peer-certificate=' ours.log ;;
    resumption) grep -q '^connected: .* resumed' ours.log ;;
    *) ;;
  esac
}

if [ "${1:-}" = --case ]; then
  IFS=- read -r role peer version special <<<"$2"
  cd "$OUT/$2"
  trap 'touch over; kill ${server:-} $(jobs -p) 2>/dev/null || true' EXIT
  touch got theirs.got
  data 1 >ours
  data 2 >theirs
  heard=theirs.got
  set -x
  "case_$role" "$peer" "$version" "$special"
  verdict "$version" "$special"
  exit
fi

# --- all cases

capture=
if [ "${1:-}" = --capture ]; then
  capture=${2:?"--capture takes a directory"}
  SIZE=$CAPTURE_SIZE
elif [ $# != 0 ]; then
  die "usage: interop.sh [--capture DIR]"
fi
if [ -z "${SCH:-}" ]; then
  SCH=$(variant replay "$CHECKED_SAN")/sch
  build replay "$CHECKED_SAN" "$SCH"
fi
SCH=$(realpath "$SCH")
export SCH SIZE BUILD

rm -rf "$OUT"
mkdir -p "$OUT"
make_certificate "$OUT"

CASES=(
  connect-s_server-1.2-plain connect-s_server-1.3-plain
  connect-gnutls_serv-1.2-plain connect-gnutls_serv-1.3-plain
  serve-s_client-1.2-plain serve-s_client-1.3-plain
  serve-gnutls_cli-1.2-plain serve-gnutls_cli-1.3-plain
  connect-s_server-1.2-alpn connect-s_server-1.3-client_certificate
  serve-s_client-1.3-alpn serve-s_client-1.2-client_certificate
  serve-s_client-1.2-resumption serve-s_client-1.3-resumption
  serve-gnutls_cli-1.3-long_chain
)
declare -A case_of=()
failed=0

# settle: waits for one case and says how it ended.
settle() {
  local pid status=0 name role peer version special text dir
  wait -n -p pid "${!case_of[@]}" || status=$?
  name=${case_of[$pid]}
  unset "case_of[$pid]"
  dir=$OUT/$name
  IFS=- read -r role peer version special <<<"$name"
  case $peer in
    s_*) peer=openssl-$peer ;;
    *) peer=${peer/_/-} ;;
  esac
  text="interop sch-$role $peer TLS$version ${special/_/ }"
  if [ "$status" = 0 ]; then
    printf 'ok %s %d bytes each way\n' "$text" "$SIZE"
    [ -z "$capture" ] || cp "$dir/wire" "$capture/$name"
    return
  fi
  failed=$((failed + 1))
  printf 'not ok %s: exit %d\n' "$text" "$status"
  tail -n 8 "$dir"/*.log | sed 's/^/  | /'
}

# end_all: what still runs; `timeout` passes it on to its whole group.
end_all() {
  [ "${#case_of[@]}" = 0 ] || kill "${!case_of[@]}" 2>/dev/null || true
}

trap end_all EXIT
[ -z "$capture" ] || mkdir -p "$capture"
for name in "${CASES[@]}"; do
  while [ "${#case_of[@]}" -ge "$JOBS" ]; do
    settle
  done
  mkdir "$OUT/$name"
  timeout -k 2 "$SECONDS_MAX" bash "$self" --case "$name" >"$OUT/$name/case.log" 2>&1 &
  case_of[$!]=$name
done
while [ "${#case_of[@]}" -gt 0 ]; do
  settle
done
printf 'interop: %d passed, %d failed\n' $((${#CASES[@]} - failed)) "$failed"
[ "$failed" = 0 ]
