#!/usr/bin/env bash
# layers: proves that the library is layered. A module includes only itself and modules above it in
# MODULES (Makefile), every source file belongs to a module, OpenSSL is seen in few places only, and
# libssl in exactly one.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

# The one file that sees libssl.
LIBSSL=src/tls/engine_openssl.c

# openssl_rule FILE HEADER: libssl is for LIBSSL alone, X.509 for it and cert/chain*_openssl,
# libcrypto also for the other parts of the engines; the rest of the library knows no OpenSSL.
openssl_rule() {
  case "$1" in
    "$LIBSSL") ;;
    src/cert/chain*_openssl.[ch]) [[ ! $2 =~ ^openssl/(ssl|tls|dtls) ]] ;;
    src/tls/*aead.[ch] | src/tls/port.[ch] | src/tls/own_alert.[ch])
      [[ ! $2 =~ ^openssl/(ssl|tls|dtls|x509) ]]
      ;;
    *) return 1 ;;
  esac
}

declare -A place=()
mapfile -t modules < <(makefile_list MODULES)
for index in "${!modules[@]}"; do
  place[${modules[index]}]=$index
done
[ "${#modules[@]}" -gt 0 ] || die "MODULES is not in the Makefile"

faults=0
fault() {
  printf '%s\n' "$*" >&2
  faults=$((faults + 1))
}

for module in "${modules[@]}"; do
  [ -e "src/$module.h" ] || [ -e "src/$module.c" ] ||
    fault "Makefile: module $module has no file in src/: write it or take it off MODULES"
done

includes=0
while read -r file; do
  module=${file#src/}
  module=${module%.[ch]}
  if [ -z "${place[$module]:-}" ]; then
    fault "$file: not in MODULES: add $module to the Makefile, below what it includes"
    continue
  fi
  while IFS=: read -r line included; do
    includes=$((includes + 1))
    other=${included%.h}
    case $included in
      openssl/*)
        openssl_rule "$file" "$included" ||
          fault "$file:$line: includes <$included>: libssl is for $LIBSSL, see openssl_rule"
        continue
        ;;
    esac
    if [ -z "${place[$other]:-}" ]; then
      fault "$file:$line: includes \"$included\", which is no module of src/"
    elif [ "${place[$other]}" -gt "${place[$module]}" ]; then
      fault "$file:$line: includes \"$included\", which is below $module in MODULES"
    fi
  done < <(awk -F '["<>]' -v OFS=: '
    /^[ \t]*#[ \t]*include[ \t]*("|<openssl\/)/ { print NR, $2 }' "$file")
done < <(find src -name '*.[ch]' | sort)

grep -q '^#include <openssl/ssl.h>' "$LIBSSL" || fault "$LIBSSL: does not include openssl/ssl.h"
[ "$includes" -gt 0 ] || fault "no include was seen: this check sees nothing"
[ "$faults" = 0 ] || die "$faults faults"
printf 'layers: %d modules, %d includes, none upward\n' "${#modules[@]}" "$includes"
