#!/usr/bin/env bash
# rediscover: finds again, with no list of exceptions and no seeds, how OpenSSL and GnuTLS are known
# to differ from what is right about chains, and prints which input shows which. Exit 1 when fewer
# than six documented differences are found.
#
#   SECONDS of processor time, default 120; the inputs are in build/rediscover
#
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/common.sh"

./scripts/setup.sh
build replay none "$(variant replay none)/rediscover"
rm -rf "$BUILD/rediscover"
"$(variant replay none)/rediscover" "$BUILD/rediscover" "${BUDGET:-120}"
