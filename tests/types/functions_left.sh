#!/usr/bin/env bash
# functions_left.sh - say which functions of language internal are not written yet
#
# Names in tables that pg_proc does not have fail elsewhere (builtin_bind); here the share is told.
# Every folder's table is counted.
# shellcheck source=tests/lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

# A function without prosrc is called as its proname says; language 12 is the default.
awk '/^row / && !/ prolang=/ {
    name = ""
    for (i = 2; i <= NF; i++) {
        if ($i ~ /^proname=/ && name == "")
            name = substr($i, 9)
        if ($i ~ /^prosrc=/)
            name = substr($i, 8)
    }
    print name
}' "$TOP_SRCDIR/server/catalog/pg_proc.def" | LC_ALL=C sort -u >all
awk -F'[(,]' '/^ROW\(/ { print $2 }' "$TOP_SRCDIR"/server/*/builtin.def | LC_ALL=C sort -u >written
LC_ALL=C comm -23 all written >left
LC_ALL=C comm -13 all written >unknown
[ ! -s unknown ] || fail "no such function: $(cat unknown)"
[ -s written ] || fail "no table was found"
cat left
ok "$(wc -l <written) of $(wc -l <all) functions are written, $(wc -l <left) are left"
