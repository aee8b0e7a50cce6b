#!/usr/bin/env bash
# statements_say_what_postgresql_says.sh - each script of tests/sql through psql on a real server and on ours
#
# The outputs must be equal byte for byte, errors with their SQLSTATE, detail, hint and position included. What differs
# for good is where in whose source an error was raised. HOLDFAST_SQL names scripts, of all that there are. A sanitized
# server also discards its caches now and then, as what others do may make it: nobody is to keep a pointer into them.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql
scripts=${HOLDFAST_SQL-$(cd "$HOLDFAST_SRC/tests/sql" && echo *.sql)}

cluster_init theirs --set "autovacuum = off"
cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
! server_is_sanitized || cluster_set ours "debug_discard_caches = 80"
cluster_start theirs
cluster_start ours

next_oid()
{
    cluster_sql "$1" "create schema o; select 'o'::regnamespace::oid::bigint; drop schema o"
}

# Scripts show OIDs, and an earlier one may take more of them on one side: where a temporary table is the first in its
# backend's place, or a statement fails a step later. The side that is behind takes some, too.
align_oids()
{
    local theirs ours behind=ours i
    theirs=$(next_oid theirs)
    ours=$(next_oid ours)
    [ "$ours" -le "$theirs" ] || behind=theirs
    for ((i = theirs > ours ? theirs - ours : ours - theirs; i > 0; i--)); do
        echo "create schema o; drop schema o;"
    done | cluster_psql "$behind" -q
}

# play SIDE SCRIPT: as one session; the output has the statements, too.
play()
{
    as_owner env PGHOST="$(cluster_socket_dir "$1")" PGPORT="$(cluster_port "$1")" PGAPPNAME=play TZ=UTC \
        "$psql" -X -a -U postgres -d postgres -v VERBOSITY=verbose -v SHOW_CONTEXT=always \
        <"$HOLDFAST_SRC/tests/sql/$2" 2>&1 | grep -v '^LOCATION: '
}

different=()
for script in $scripts; do
    align_oids
    play theirs "$script" >theirs.out || true
    play ours "$script" >ours.out || true
    if diff -U 2 theirs.out ours.out >"$script.diff"; then
        ok "$script"
    else
        different+=("$script")
        note "$script: $(grep -c '^[-+]' "$script.diff") lines differ
$(head -60 "$script.diff")"
    fi
done
[ ${#different[@]} = 0 ] || fail "other answers in ${different[*]}"
