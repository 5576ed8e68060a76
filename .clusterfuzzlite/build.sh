#!/bin/bash
# The build for ClusterFuzzLite and OSS-Fuzz: targets with seeds, dictionaries and options, to $OUT.
# CC, CFLAGS, CXX, CXXFLAGS and LIB_FUZZING_ENGINE are the builder's; the Makefile honours them.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
BUILD=$WORK/schannel-fuzz make -j"$(nproc)" targets
. scripts/common.sh
for target in $(all_targets); do
  cp "$WORK"/schannel-fuzz/external-*/"fuzz_$target" "$OUT/"
  zip -q -j -r "$OUT/fuzz_${target}_seed_corpus.zip" "corpus/$target"
  printf '[libfuzzer]\nmax_len = %d\n' "$(max_len "$target")" >"$OUT/fuzz_$target.options"
  [ ! -e "dict/$target.dict" ] || cp "dict/$target.dict" "$OUT/fuzz_$target.dict"
done
