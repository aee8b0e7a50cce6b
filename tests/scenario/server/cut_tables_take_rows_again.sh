#!/bin/bash
# cut_tables_take_rows_again.sh - where a session found room last is no more once another one has cut the table
#
# The table is as long as pg_class says when it is cut, so that nothing but the cut itself tells the session.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_init ours --bin "$(server_bin)" --set 'autovacuum = off'
cluster_start ours
session_open a ours
session_open b ours
pages="select pg_relation_size('t') / 8192"

session_run a "create table t (a text);
    insert into t select repeat('x', 1000) from generate_series(1, 14);
    vacuum analyze t" >/dev/null
before=$(cluster_sql ours "$pages")
session_run a "begin; insert into t select repeat('x', 1000) from generate_series(1, 100); rollback" >/dev/null
assert_eq "$(cluster_sql ours "select ($pages) > $before")" t "what was rolled back made the table longer"
session_run b "vacuum t" >/dev/null
assert_eq "$(cluster_sql ours "$pages")" "$before" "a vacuum cuts it"
session_run a "insert into t select repeat('y', 1000) from generate_series(1, 30)" >/dev/null
assert_eq "$(cluster_sql ours "select count(*) from t")" 44 "the session that had filled it goes on"
