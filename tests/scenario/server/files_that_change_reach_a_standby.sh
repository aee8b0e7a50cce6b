#!/usr/bin/env bash
# files_that_change_reach_a_standby.sh - a real standby follows statements that give relations other files
#
# It compares each page with its image in the log (wal_consistency_checking), and answers queries as we do, also after
# a crash of ours in the middle of it all.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)

cluster_init ours --bin "$(server_bin)" --set "wal_consistency_checking = all" --set "autovacuum = off" \
    --set "allow_in_place_tablespaces = on"
cluster_start ours
sql()
{
    cluster_run ours "$bin/psql" -X -A -t -q -d postgres -v ON_ERROR_STOP=1 -c "$1" || fail "not done: $1"
}

mkdir standby
owner_path standby
cluster_run ours "$bin/pg_basebackup" --pgdata="$TEST_DIR/standby/data" --no-sync --checkpoint=fast --wal-method=stream \
    --create-slot --slot=standby >backup.out 2>&1 || fail "base backup: $(cat backup.out)"
cluster_adopt standby "$TEST_DIR/standby/data" --bin "$bin"
cluster_set standby "hot_standby = on" "primary_slot_name = 'standby'" "wal_receiver_status_interval = 1" \
    "wal_retrieve_retry_interval = 100ms" "max_standby_streaming_delay = 0"
cluster_set standby "primary_conninfo = 'host=$(cluster_socket_dir ours) port=$(cluster_port ours) user=postgres application_name=standby'"
as_owner touch "$TEST_DIR/standby/data/standby.signal"
cluster_start standby

# play FILE: each script in one session of ours, all errors count.
play()
{
    cluster_run ours "$bin/psql" -X -q -d postgres -v ON_ERROR_STOP=1 -f "$HOLDFAST_SRC/tests/scenario/server/files_that_change/$1" \
        >"$1.out" 2>&1 || fail "$1: $(tail -5 "$1.out")"
}
look="select string_agg(format('%s %s %s', relname, n, s), E'\n' order by relname) from what_there_is()"
caught_up()
{
    [ "$(cluster_run ours "$bin/psql" -X -A -t -q -d postgres -c "select count(*) from pg_stat_get_wal_senders() where replay_lsn = pg_current_wal_lsn()")" = 1 ]
}
compare()
{
    wait_until "the standby has all: $1" caught_up
    for query in "${looks[@]}"; do
        ours=$(cluster_run ours "$bin/psql" -X -A -t -q -d postgres -c "$query" 2>&1)
        theirs=$(cluster_sql standby "$query" 2>&1)
        assert_eq "$theirs" "$ours" "$1: $query"
    done
    ok "$1"
}
looks=(
    "select relname, relfilenode, reltablespace, relpersistence, relfrozenxid, relpages from pg_class where relkind in ('r', 'i', 't') order by oid"
    "select indexrelid::regclass, indisvalid, indisready, indislive from pg_index order by indexrelid"
    "select count(*), sum(a), sum(length(b)), sum(length(c)) from moved"
    "set enable_seqscan = off; select count(*) from moved where a between 100 and 200"
)
for script in "$HOLDFAST_SRC"/tests/scenario/server/files_that_change/*.sql; do
    play "$(basename "$script")"
    compare "$(basename "$script" .sql)"
done

# What was not committed is gone after a crash, here and there.
cluster_run ours "$bin/psql" -X -q -d postgres >crash.out 2>&1 <<'SQL' || true
begin;
alter table moved set tablespace pg_default;
\! sleep 0
checkpoint;
SQL
cluster_kill ours
cluster_start ours
sql "insert into moved select i, 'after', 'the crash' from generate_series(100001, 100100) i"
compare "a crash"
! grep -E 'FATAL.*inconsistent|PANIC|invalid page' "$(cluster_log standby)" || fail "the standby found other pages"
cluster_stop ours
cluster_stop standby
assert_exit 0 "$bin/pg_checksums" --check -D "$(cluster_dir ours)"
