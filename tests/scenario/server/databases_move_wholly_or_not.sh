#!/usr/bin/env bash
# databases_move_wholly_or_not.sh - a session that is ended while it moves a database leaves no files behind
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
# shellcheck source=tests/lib/session.sh
. "$TEST_LIB/session.sh"

cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
cluster_start ours
session_open mover ours
mkdir "$TEST_DIR/space"
owner_path "$TEST_DIR/space"
cluster_sql ours "create tablespace space location '$TEST_DIR/space'" >/dev/null
cluster_sql ours "create database d" >/dev/null
oid=$(cluster_sql ours "select oid from pg_database where datname = 'd'")
checkpointer=$(cluster_sql ours "select pid from pg_stat_activity where backend_type = 'checkpointer'")

has_begun()
{
    compgen -G "$TEST_DIR/space/PG_15_*/$oid" >/dev/null
}

# While the checkpointer stands still, the mover waits for it behind its copying.
session_send mover "alter database d set tablespace space"
wait_until "the copy to begin" has_begun
kill -STOP "$checkpointer"
cluster_sql ours "select pg_terminate_backend(${session_backend[mover]}, 10000)" >/dev/null
kill -CONT "$checkpointer"
session_wait mover >/dev/null

cluster_sql ours "alter database d set tablespace space" >/dev/null
assert_eq "$(cluster_sql ours "select spcname from pg_database d join pg_tablespace t on t.oid = dattablespace
    where datname = 'd'")" space "moved in the end"
