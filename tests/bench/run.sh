#!/bin/bash
# run.sh - run benchmarks one after the other and show what they print
#
#     run.sh PROGRAM-or-SCRIPT...
#
# HOLDFAST_SRC and HOLDFAST_BUILD are set as for tests; tests/run_tests.sh explains them.
set -eu
: "${HOLDFAST_SRC:?}" "${HOLDFAST_BUILD:?}"
export HOLDFAST_SRC HOLDFAST_BUILD
export HOLDFAST_SHARED=${HOLDFAST_SHARED-}
export HOLDFAST_BIN=$HOLDFAST_BUILD/bin
export PATH=$HOLDFAST_BIN:$PATH

if [ $# = 0 ]; then
    echo "make bench: there is no benchmark yet" >&2
    exit 1
fi
for bench in "$@"; do
    echo "== $bench"
    case $bench in
    *.sh) bash "$HOLDFAST_SRC/$bench" ;;
    *) "$HOLDFAST_BUILD/$bench" ;;
    esac
done
