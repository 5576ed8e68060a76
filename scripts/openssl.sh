#!/usr/bin/env bash
# openssl: builds libssl and libcrypto from Debian's source package, out of tree, so that their own
# edges guide the engines and the sanitizers see inside them. make uses them with
# OPENSSL=instrumented. Nothing of OpenSSL is changed: no patch, no fuzzing mode.
#
#   openssl.sh [KIND...]   default: all
#
#   address+undefined   for libFuzzer and the replayer, with sanitizer coverage
#   memory              the same under MemorySanitizer, without assembler, which it cannot follow
#   cover               for the coverage report
#   afl                 for AFL++
#
# In BUILD/openssl: source/, and for each kind its include/, libssl.a and libcrypto.a. What is built
# already is left as it is. The packages come through apt-get and are verified by its signatures,
# from lists of its own: the machine's are not touched.
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

KINDS=(address+undefined memory cover afl)
home=$PWD/$BUILD/openssl
[[ $BUILD != /* ]] || home=$BUILD/openssl

# What no peer over SSPI can reach, and what only tools need, is left out: it would cost minutes.
FEATURES=(no-shared no-module no-tests no-engine no-legacy no-cmp no-cms no-ts no-gost no-idea
  no-mdc2 no-rc5 no-seed no-whirlpool no-bf no-cast no-rc2 no-sctp no-ssl-trace
  enable-nextprotoneg enable-weak-ssl-ciphers enable-ec_nistp_64_gcc_128)

# flags KIND: the compiler and what it adds, one a line.
flags() {
  case $1 in
    address+undefined)
      printf '%s\n' CC=clang "-fsanitize=$CHECKED_SAN,fuzzer-no-link" \
        -fno-sanitize=alignment -fno-sanitize-recover=all
      ;;
    memory) printf '%s\n' CC=clang no-asm -fsanitize=memory,fuzzer-no-link ;;
    cover) printf '%s\n' CC=clang -fprofile-instr-generate -fcoverage-mapping ;;
    afl) printf '%s\n' CC=afl-clang-fast ;;
    *) die "there is no kind '$1'; the kinds are: ${KINDS[*]}" ;;
  esac
}

# archive COMMAND...: apt-get or apt-cache on lists of source packages, made from the machine's own
# list of archives.
archive() {
  "$1" -q -o Dir::Etc::sourcelist="$home/apt/sources.list" \
    -o Dir::Etc::sourceparts="$home/apt/parts" -o Dir::State::lists="$home/apt/lists" \
    -o APT::Sandbox::User=root "${@:2}"
}

# fetch: the newest version whose files the archive really has, into source/.
fetch() {
  local version versions part
  mkdir -p "$home/apt/lists/partial" "$home/apt/parts" "$home/package"
  : >"$home/apt/sources.list"
  [ ! -e /etc/apt/sources.list ] ||
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$home/apt/sources.list"
  for part in /etc/apt/sources.list.d/*.list; do
    sed -n 's/^deb /deb-src /p' "$part" >"$home/apt/parts/${part##*/}"
  done
  for part in /etc/apt/sources.list.d/*.sources; do
    sed 's/^Types:.*/Types: deb-src/' "$part" >"$home/apt/parts/${part##*/}"
  done
  archive apt-get update >"$home/fetch.log" 2>&1 || true
  versions=$(archive apt-cache showsrc openssl 2>>"$home/fetch.log" |
    sed -n 's/^Version: //p' | sort -Vru)
  for version in $versions; do
    rm -rf "$home/package"
    mkdir -p "$home/package"
    if (cd "$home/package" && archive apt-get source --only-source --download-only \
      "openssl=$version" >>"$home/fetch.log" 2>&1); then
      printf 'openssl: source package %s\n' "$version"
      rm -rf "$home/source.part"
      dpkg-source --no-copy -x "$home"/package/*.dsc "$home/source.part" \
        >>"$home/fetch.log" 2>&1 ||
        die "cannot unpack it, see $home/fetch.log"
      mv "$home/source.part" "$home/source"
      return
    fi
  done
  die "the archive has no source package of openssl whose files are there, see $home/fetch.log"
}

# compile KIND
compile() {
  local kind=$1 part=$home/$1.part log=$home/$1.log words compiler began=$SECONDS
  mapfile -t words < <(flags "$kind")
  compiler=${words[0]#CC=}
  rm -rf "$part" "${home:?}/$kind"
  mkdir -p "$part/include"
  (
    cd "$part"
    CC=$compiler AFL_QUIET=1 ../source/config "${FEATURES[@]}" "${words[@]:1}" \
      -gline-tables-only -O1 -fno-omit-frame-pointer
    env -u MAKEFLAGS -u MAKELEVEL AFL_QUIET=1 make build_generated
    env -u MAKEFLAGS -u MAKELEVEL AFL_QUIET=1 make -j"$JOBS" libcrypto.a libssl.a
  ) >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    die "building $kind failed; all of it is in $log"
  }
  # Debian's own headers are not for it: all of its own stand in one place.
  cp -rn "$home/source/include/openssl" "$part/include/"
  find "$part" -mindepth 1 -maxdepth 1 ! -name include ! -name 'lib*.a' -exec rm -rf {} +
  mv "$part" "$home/$kind"
  printf 'openssl: %-17s built in %d s\n' "$kind" $((SECONDS - began))
}

kinds=("$@")
[ "${#kinds[@]}" -gt 0 ] || kinds=("${KINDS[@]}")
for kind in "${kinds[@]}"; do
  flags "$kind" >/dev/null
done
./scripts/setup.sh 'dpkg-source dpkg-dev' 'perl perl' 'patch patch'
[ -d "$home/source" ] || fetch
for kind in "${kinds[@]}"; do
  if [ -e "$home/$kind/libssl.a" ]; then
    printf 'openssl: %-17s is there\n' "$kind"
  else
    compile "$kind"
  fi
done
