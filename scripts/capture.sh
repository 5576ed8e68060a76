#!/usr/bin/env bash
# capture: seeds of the handshake target from strangers: what the TLS tools of OpenSSL and GnuTLS
# say over loopback to the very side that the target plays. One is kept, in
# corpus/handshake/capture-<tool>-<version>-<scene>, only when its replay is complete, the same each
# time, and the same conversation as the one that was held.
#
#   capture.sh [NAME...]   take all of them anew, or some; exit status 1 when one cannot be had
#   capture.sh --check     do those that are kept still replay to their end?
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

SELF=scripts/capture.sh
OUT=$(realpath -m "$BUILD/capture")
TO=${TO:-corpus/handshake}
SIZE_MAX=8192
TRIES=3
SECONDS_MAX=20

# What is captured: tool-version-scene.
CASES=(
  s_client-tls12-{plain,alpn,client-certificate,resumption,renegotiation}
  s_client-tls13-{plain,alpn,client-certificate,resumption,key-update,hello-retry,padding}
  s_server-tls12-{plain,alpn,client-certificate,renegotiation}
  s_server-tls13-{plain,alpn,client-certificate,key-update,hello-retry,padding}
  gnutls_cli-tls12-{plain,alpn,client-certificate,resumption,renegotiation}
  gnutls_cli-tls13-{plain,alpn,client-certificate,resumption,key-update,hello-retry}
  gnutls_serv-tls12-{plain,alpn,client-certificate}
  gnutls_serv-tls13-{plain,alpn,client-certificate,hello-retry}
)

# --- one case, in a directory of its own, inside a process group that `timeout` ends

# Messages as a trace has them, RFC 8446 section 4.
declare -A MESSAGES=([ClientHello]=1 [ServerHello]=2 [CertificateRequest]=13
  [CertificateVerify]=15 [Finished]=20 [KeyUpdate]=24)

# trace_of MESSAGE...: an expression for a trace with these messages, in this order.
trace_of() {
  local message
  for message in "$@"; do
    printf 'HANDSHAKE_IN %d .*' "${MESSAGES[$message]}"
  done
}

# describe: sets, for the tool and the scene, the options of our side (ours), their command line
# (theirs), what is typed into it (typed), the connections it makes, what must be found in its
# output or in the trace of the replay (proof), and the stages that the replay must reach.
describe() {
  local name=test.example address=127.0.0.1:@PORT@
  local certificate=(-cert ../cert.pem -key ../key.pem)
  local certificate_gnutls=(--x509certfile=../cert.pem --x509keyfile=../key.pem)
  local groups=NORMAL:-GROUP-ALL:+GROUP

  connections=1 proof='' typed=(hello bye)
  stages=(hello keys finished application_data close)
  case $tool in
    s_client)
      ours=server,$version
      theirs=(openssl s_client -connect "$address" -servername "$name")
      typed+=(Q)
      ;;
    s_server)
      ours=client,$version,close
      theirs=(openssl s_server -accept "$address" -naccept 1 "${certificate[@]}")
      typed=()
      ;;
    gnutls_cli)
      ours=server,$version
      theirs=(gnutls-cli --insecure --sni-hostname="$name" -p @PORT@ 127.0.0.1)
      ;;
    gnutls_serv)
      ours=client,$version,close
      theirs=(gnutls-serv --echo -p @PORT@ "${certificate_gnutls[@]}")
      typed=()
      ;;
  esac
  case $tool-$scene in
    s_server-alpn | s_server-key-update | s_server-renegotiation)
      # It takes commands, and at Q it leaves without close_notify.
      ours=client,$version
      typed=(hello bye Q)
      unset 'stages[-1]'
      ;;
    s_server-*) theirs+=(-rev) ;; # It answers our line, and our close.
    *) ;;
  esac
  case $tool-$scene in
    *-plain) ours+=,cuts ;;
    s_*-alpn) theirs+=(-alpn h2) ;;
    gnutls_*-alpn) theirs+=(--alpn=h2) ;;
    s_client-client-certificate) theirs+=("${certificate[@]}") ;;
    gnutls_cli-client-certificate) theirs+=("${certificate_gnutls[@]}") ;;
    s_server-client-certificate) theirs+=(-Verify 1) ;;
    gnutls_serv-client-certificate) theirs+=(--require-client-cert) ;;
    s_client-resumption) theirs+=(-sess_out session) ;;
    gnutls_cli-resumption) theirs+=(--resume --waitresumption) ;;
    s_*-renegotiation) typed=(hello R bye Q) ;;
    s_*-key-update) typed=(hello K bye k bye Q) ;;
    gnutls_cli-renegotiation | gnutls_cli-key-update)
      theirs+=(--inline-commands)
      typed=(hello '^renegotiate^' bye)
      ;;
    s_client-hello-retry) theirs+=(-groups P-521:X25519) ;;
    s_server-hello-retry) theirs+=(-groups P-384) ;;
    gnutls_cli-hello-retry)
      theirs+=(--priority="$groups-SECP521R1:+GROUP-FFDHE2048:+GROUP-SECP256R1")
      ;;
    gnutls_serv-hello-retry) theirs+=(--priority="$groups-SECP384R1") ;;
    s_*-padding) theirs+=(-record_padding 512) ;;
  esac
  case $scene-$ours in
    alpn-*) ours+=,alpn,sni proof='rotocol[a-z ]*: h2' ;;
    client-certificate-server*) ours+=,client-certificate proof=$(trace_of CertificateVerify) ;;
    client-certificate-client*) ours+=,rsa proof=$(trace_of CertificateRequest) ;;
    resumption-*) connections=2 proof='Reused|This is a resumed session' ;;
    renegotiation-server*) proof=$(trace_of ClientHello Finished ClientHello Finished) ;;
    renegotiation-client*) proof=$(trace_of ServerHello Finished ServerHello Finished) ;;
    key-update-*) proof=$(trace_of KeyUpdate) ;;
    hello-retry-server*) proof=$(trace_of ClientHello ClientHello Finished) ;;
    hello-retry-client*) proof=$(trace_of ServerHello ServerHello Finished) ;;
  esac
}

# type_in LINE...: once our side has been heard, the lines, slowly: the tools take a command letter
# only at the start of what they read.
type_in() {
  local line
  [ $# -gt 0 ] || return 0
  wait_for grep -q 'canary' theirs.out
  for line in "$@"; do
    printf '%s\n' "$line"
    sleep 0.2
  done
}

# run_client: the stranger is a client, of ours.
run_client() {
  local ours_pid
  "$CAPTURE" --options "$ours" --connections "$connections" --out seed --listen >port 2>ours.log &
  ours_pid=$!
  wait_for [ -s port ]
  theirs=("${theirs[@]//@PORT@/$(cat port)}")
  type_in "${typed[@]}" | "${theirs[@]}" >theirs.out 2>theirs.log
  if [ "$tool-$scene" = s_client-resumption ]; then
    true >theirs.out
    type_in "${typed[@]}" | "${theirs[@]}" -sess_in session >theirs.out 2>theirs.log
  fi
  wait "$ours_pid"
}

# run_server: the stranger is a server, for ours.
run_server() {
  start_server "${theirs[@]}" < <(type_in "${typed[@]}") >theirs.out 2>theirs.log
  "$CAPTURE" --options "$ours" --out seed --connect "$port" 2>ours.log
}

# said FILE: the last lines of a trace: what was said, what was heard, and how it ended.
said() {
  tail -n 3 "$1" | sed -E 's/^ *trace [0-9]+ //'
}

# prove: the seed replays to its end, as the conversation that was held.
prove() {
  local stage
  "$REPLAY" --trace --stages seed >reached 2>trace
  for stage in "${stages[@]}"; do
    grep -qx "stage $stage 1" reached
  done
  diff <(said ours.log) <(said trace)
  [ -z "$proof" ] || grep -Ezq "$proof" trace theirs.out
  [ "$(stat -c %s seed)" -lt "$SIZE_MAX" ]
}

if [ "${1:-}" = --try ]; then
  IFS=- read -r tool version scene <<<"$2"
  cd "$OUT/$2" || exit
  port='' server=''
  trap 'kill $server $(jobs -p) 2>/dev/null || true; wait' EXIT
  true >theirs.out
  describe
  set -x
  case $tool in
    s_client | gnutls_cli) run_client ;;
    *) run_server ;;
  esac
  prove
  exit
fi

# --- a case, tried more than once: a busy machine can make a tool miss a command

if [ "${1:-}" = --case ]; then
  name=$2
  case $name in
    s_*) seed=capture-openssl-${name//_/-} ;;
    *) seed=capture-${name//_/-} ;;
  esac
  for ((try = 1; try <= TRIES; try++)); do
    rm -rf "${OUT:?}/$name"
    mkdir -p "$OUT/$name"
    if timeout -k 2 "$SECONDS_MAX" bash "$SELF" --try "$name" >"$OUT/$name/case.log" 2>&1; then
      mv "$OUT/$name/seed" "$TO/.$seed.part"
      mv "$TO/.$seed.part" "$TO/$seed"
      printf 'ok %s %d bytes\n' "$seed" "$(stat -c %s "$TO/$seed")"
      exit 0
    fi
  done
  printf 'not ok %s\n' "$seed"
  tail -n 6 "$OUT/$name"/*.log | sed 's/^/  | /'
  exit 1
fi

# --- all cases

REPLAY=$(variant replay "$CHECKED_SAN")/fuzz_handshake
CAPTURE=$(variant replay "$CHECKED_SAN")/capture
build replay "$CHECKED_SAN" "$REPLAY" "$CAPTURE"
REPLAY=$(realpath "$REPLAY")
CAPTURE=$(realpath "$CAPTURE")
export REPLAY CAPTURE BUILD TO

if [ "${1:-}" = --check ]; then
  kept=("$TO"/capture-*)
  [ "${#kept[@]}" -gt 0 ] || die "$TO has no captures: make capture"
  finished=$("$REPLAY" --stages "${kept[@]}" | awk '$1 == "stage" && $2 == "finished" { print $3 }')
  printf 'capture: %d of %d replay to their end\n' "$finished" "${#kept[@]}"
  [ "$finished" = "${#kept[@]}" ] || die "the others are of no use any more: make capture"
  exit
fi
mkdir -p "$OUT" "$TO"
make_certificate "$OUT"
[ $# -gt 0 ] || set -- "${CASES[@]}"
printf '%s\n' "$@" | xargs -P "$JOBS" -I '{}' bash "$SELF" --case '{}' ||
  die "some captures could not be had"
printf 'capture: %d seeds in %s\n' "$#" "$TO"
