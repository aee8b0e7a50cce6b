#!/usr/bin/env bash
# titles_are_postgresqls.sh - ps shows who each process of the server is and what it does, as of a real one
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql

# titles NAME: of its processes, sorted, but for one that replicates logically, which we do not.
titles()
{
    local pid
    for pid in $(process_children "$(cluster_pid "$1")"); do
        tr '\0' '\n' <"/proc/$pid/cmdline" | head -1
    done | grep -v 'logical replication launcher' | sort
}

# client SQL FILE: a session that stays until FILE is gone.
client()
{
    (
        echo "$1"
        while [ -e "$2" ]; do sleep 0.05; done
    ) | as_owner env PGHOST="$(cluster_socket_dir "$name")" PGPORT="$(cluster_port "$name")" \
        "$psql" -X -q -U postgres -d postgres >/dev/null 2>&1 &
}

shows()
{
    titles "$name" | grep -qFx -- "$1"
}

for name in theirs ours; do
    if [ "$name" = ours ]; then
        cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
    else
        cluster_init theirs --set "autovacuum = off"
    fi
    cluster_start "$name"
    cluster_sql "$name" "create table t (a int)" >/dev/null
    touch stay
    client "begin; lock t;" stay
    wait_until "$name: a session in a transaction" shows "postgres: postgres postgres [local] idle in transaction"
    client "select * from t;" stay
    wait_until "$name: a session that waits" shows "postgres: postgres postgres [local] SELECT waiting"
    client "begin; select 1/0;" stay
    wait_until "$name: a failed transaction" shows "postgres: postgres postgres [local] idle in transaction (aborted)"
    client "select 1;" stay
    wait_until "$name: an idle session" shows "postgres: postgres postgres [local] idle"
    titles "$name" >"$name.titles"
    rm stay
    wait_until "$name: the sessions' end" sh -c "! pgrep -P $(cluster_pid "$name") -f local >/dev/null"
    cluster_set "$name" "cluster_name = 'main'" "update_process_title = off"
    cluster_restart "$name"
    touch stay
    client "select pg_sleep(0.1);" stay
    sleep 0.4
    titles "$name" >>"$name.titles"
    rm stay
    cluster_stop "$name"
done
assert_eq "$(cat ours.titles)" "$(cat theirs.titles)" "titles of processes"
