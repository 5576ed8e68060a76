#!/usr/bin/env bash
# setup: makes sure that the tools this project needs are there; on Debian it installs what is not.
# Quick, and no network, when nothing is missing.
#
#   setup.sh ['PROOF PACKAGE'...]   what a goal needs beyond what all need
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

# What proves that a package is there (a command, or a file), and the package.
needs() {
  cat <<'END'
cc gcc
make make
git git
awk mawk
/usr/include/openssl/ssl.h libssl-dev
/usr/include/gnutls/x509.h libgnutls28-dev
clang clang
/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a libclang-rt-14-dev
llvm-symbolizer llvm
llvm-cov llvm
afl-fuzz afl++
openssl openssl
gnutls-cli gnutls-bin
valgrind valgrind
zip zip
clang-format clang-format
END
}

has() {
  local found
  case $1 in
    */*)
      # shellcheck disable=SC2206 # The pattern is meant to be expanded.
      found=($1)
      [ "${#found[@]}" -gt 0 ] && [ -e "${found[0]}" ]
      ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing=()
while read -r proof package; do
  has "$proof" || missing+=("$package")
done < <(
  needs
  [ $# = 0 ] || printf '%s\n' "$@"
)
[ "${#missing[@]}" -gt 0 ] || exit 0

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
install=(apt-get install -y --no-install-recommends "${missing[@]}")
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)

if ! command -v apt-get >/dev/null; then
  die "missing, and this is not Debian: install what holds ${missing[*]}"
fi
if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
  die "missing tools; run: sudo ${install[*]}"
fi

printf 'setup: installing %s\n' "${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" "${install[@]}" >/dev/null 2>&1 || {
  "${as_root[@]}" apt-get update >/dev/null 2>&1 || true
  "${as_root[@]}" "${install[@]}" >&2 ||
    die "could not install; run: apt-get update && ${install[*]}"
}
