#!/usr/bin/env bash
# indexes_come_and_go_under_load.sh - CREATE INDEX, REINDEX and DROP INDEX CONCURRENTLY while rows change
#
# No client sees an error, uniqueness holds, and real pg_amcheck finds an entry for each row. VACUUM FULL and CLUSTER of
# a table that others read and write make them wait, no more.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
cluster_start ours
sql()
{
    cluster_run ours "$bin/psql" -X -A -t -q -d postgres -v ON_ERROR_STOP=1 -c "$1" 2>>sql.err || fail "$1: $(tail -3 sql.err)"
}
sql "create table busy (a int primary key, b int, c text)"
sql "insert into busy select i, i, 'x' from generate_series(1, 2000) i"
cat >write.sql <<'SQL'
\set r random(1, 2000)
\set s random(1, 1000000)
update busy set b = :s where a = :r;
insert into busy values (:s + 10000, :s, 'new') on conflict (a) do update set c = 'again';
delete from busy where a = :s + 5000;
begin;
update busy set c = c || 'y' where a = :r;
select count(*) from busy where b between :r and :r + 10;
end;
SQL
owner_path write.sql
cluster_run ours "$bin/pgbench" -n -c 4 -j 1 -T 8 -f "$TEST_DIR/write.sql" postgres >bench.out 2>&1 &
loader=$!
for round in 1 2 3 4 5 6; do
    sql "create index concurrently busy_b on busy (b)"
    sql "create unique index concurrently busy_u on busy (a) include (b)"
    sql "reindex table concurrently busy"
    [ "$(sql "select bool_and(indisvalid and indisready and indislive) from pg_index where indrelid = 'busy'::regclass")" = t ] ||
        fail "round $round: not all valid"
    sql "drop index concurrently busy_b"
    case $round in
    2) sql "vacuum full busy" ;;
    4) sql "cluster busy using busy_pkey" ;;
    5) sql "reindex table busy" ;;
    esac
    sql "drop index concurrently busy_u"
done
sql "create index concurrently busy_last on busy (b)"
wait "$loader" || fail "clients: $(tail -5 bench.out)"
assert_contains "$(cat bench.out)" "number of failed transactions: 0" "no client has seen an error"
ok "indexes come and go"

# Another session has a lock on the table, for which the drop waits.
session_open holder ours
session_open dropper ours
sql "create table twice (a int)"
sql "insert into twice values (1), (1)"
assert_contains "$(session_run dropper "create unique index concurrently twice_a on twice (a)")" "could not create unique index" "a key is there twice"
session_run holder "begin" >/dev/null
session_run holder "lock table twice in row exclusive mode" >/dev/null
session_send dropper "drop index concurrently twice_a"
session_wait_blocked dropper
sql "insert into twice values (2)"
session_run holder "commit" >/dev/null
assert_eq "$(session_wait dropper)" "" "it is gone"
ok "one that failed goes"

# Rows changed within their page before there was an index: it has no entries for what they were.
sql "create table chained (a int)"
sql "insert into chained select generate_series(1, 20)"
session_run holder "begin isolation level repeatable read" >/dev/null
session_run holder "select count(*) from chained" >/dev/null
sql "update chained set a = a + 100"
session_send dropper "create index concurrently chained_a on chained (a)"
session_wait_blocked dropper
sql "select pg_cancel_backend(${session_backend[dropper]})" >/dev/null
assert_contains "$(session_wait dropper)" "canceling statement" "it is not finished"
sql "reindex table chained"
session_run holder "set enable_seqscan = off" >/dev/null
session_run holder "set enable_bitmapscan = off" >/dev/null
assert_eq "$(session_run holder "select count(*) from chained where a = 5")" 1 "an old snapshot shows the old row"
session_run holder "commit" >/dev/null
assert_eq "$(session_run holder "select count(*) from chained where a = 105")" 1 "a new one the new row"
session_close holder
session_close dropper
ok "one that is finished by REINDEX"
[ "$(sql "select count(*) from pg_class where relname like '%cc%' and oid > 16383")" = 0 ] || fail "something is left over"
cluster_stop ours
cluster_adopt again "$(cluster_dir ours)" --bin "$bin"
cluster_start again
run "$bin/pg_amcheck" -h "$(cluster_socket_dir again)" -p "$(cluster_port again)" -U postgres --install-missing \
    --heapallindexed --rootdescend postgres
assert_eq "$run_code" 0 "pg_amcheck has nothing to complain of: $run_out $run_err"
cluster_stop again
