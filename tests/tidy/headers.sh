#!/bin/bash
# headers.sh - every header compiles alone
set -u
: "${HOLDFAST_SRC:?}" "${HOLDFAST_BUILD:?}" "${HOLDFAST_CC:?}"

# The include paths are relative to the build tree.
cd "$HOLDFAST_BUILD" || exit 1

# CC may be a command with arguments.
# shellcheck disable=SC2016,SC2086
(cd "$HOLDFAST_SRC" && find common tools pgdump pgbasebackup walarchive server tests -name '*.h' 2>/dev/null) |
    LC_ALL=C sort |
    xargs -r -P 2 -n 1 sh -c '$HOLDFAST_CC $HOLDFAST_CPPFLAGS -DHAVE_CONFIG_H $HOLDFAST_CFLAGS -fsyntax-only \
        -include "$1" -x c /dev/null || { echo "$1 does not compile alone"; exit 1; }' sh
