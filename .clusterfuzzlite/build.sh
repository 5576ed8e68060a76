#!/bin/bash
# The build for ClusterFuzzLite and OSS-Fuzz: targets with seeds, dictionaries and options, to $OUT.
# CC, CFLAGS, CXX, CXXFLAGS and LIB_FUZZING_ENGINE are the builder's; the Makefile honours them.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
# OpenSSL is linked in: the machines that run the targets need not have it.
BUILD=$WORK/schannel-fuzz make -j"$(nproc)" targets \
  LIBS="-Wl,-Bstatic -lssl -lcrypto -Wl,-Bdynamic -ldl -pthread"
. scripts/common.sh
for target in $(all_targets); do
  cp "$WORK"/schannel-fuzz/external-*/"fuzz_$target" "$OUT/"
  zip -q -j -r "$OUT/fuzz_${target}_seed_corpus.zip" "corpus/$target"
  printf '[libfuzzer]\nmax_len = %d\n' "$(max_len "$target")" >"$OUT/fuzz_$target.options"
  [ ! -e "dict/$target.dict" ] || cp "dict/$target.dict" "$OUT/fuzz_$target.dict"
done
