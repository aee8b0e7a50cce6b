#!/usr/bin/env bash
# statements_say_what_postgresql_says.sh - each script of tests/sql through psql on a real server and on ours
#
# The outputs must be equal byte for byte, errors with their SQLSTATE, detail, hint and position included. What differs
# for good is where in whose source an error was raised. HOLDFAST_SQL names scripts, of all that there are.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql
scripts=${HOLDFAST_SQL-$(cd "$HOLDFAST_SRC/tests/sql" && echo *.sql)}

cluster_init theirs --set "autovacuum = off"
cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
cluster_start theirs
cluster_start ours

# A session may come to the place of one that is about to go, or to the next: in each it finds a schema for temporary
# tables, as making one takes OIDs, which scripts show.
make_temporary_schemas()
{
    local pids
    until cluster_sql_is_true "$1" "select count(*) >= 4 from pg_namespace where nspname ~ '^pg_temp_'"; do
        pids=()
        for _ in 1 2 3 4; do
            cluster_sql "$1" "create temporary table t (); select pg_sleep(0.5)" >/dev/null &
            pids+=($!)
        done
        wait "${pids[@]}"
    done
}

# play SIDE SCRIPT: as one session; the output has the statements, too.
play()
{
    as_owner env PGHOST="$(cluster_socket_dir "$1")" PGPORT="$(cluster_port "$1")" PGAPPNAME=play TZ=UTC \
        "$psql" -X -a -U postgres -d postgres -v VERBOSITY=verbose -v SHOW_CONTEXT=always \
        <"$HOLDFAST_SRC/tests/sql/$2" 2>&1 | grep -v '^LOCATION: '
}

make_temporary_schemas theirs
make_temporary_schemas ours
different=()
for script in $scripts; do
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
