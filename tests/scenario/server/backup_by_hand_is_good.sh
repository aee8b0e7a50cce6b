#!/usr/bin/env bash
# backup_by_hand_is_good.sh - pg_backup_start, cp, pg_backup_stop under load: a real server starts on what was copied
#
# Our server archives its log. The copy has none of it: a real PostgreSQL 15 recovers from the archive alone, as far as that
# goes, and must find sums that agree and every index and table in order. full_page_writes is off, so that only the images
# which a backup forces make torn pages whole.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
mkdir copy
owner_path copy

cluster_init ours --bin "$(server_bin)" --set "full_page_writes = off"
cluster_archive_to ours "$TEST_DIR/archive"
cluster_start ours
cluster_run ours "$bin/pgbench" -i -q -I dtgp -s 5 postgres >init.out 2>&1 || fail "init: $(tail -5 init.out)"

cluster_run ours "$bin/pgbench" -n -c 4 -T 600 postgres >load.out 2>&1 &
load=$!
at_end "kill $load 2>/dev/null || true"
cluster_wait_sql ours "select count(*) > 100 from pgbench_history" "the first transactions"

# One session begins it, has the files copied without a word about those that vanish, and ends it.
cluster_run ours "$bin/psql" -X -A -t -q -v ON_ERROR_STOP=1 -d postgres >backup.out 2>backup.err <<SQL ||
select pg_backup_start('by hand', true) is not null;
\! cp -a '$(cluster_dir ours)' copy/ 2>cp.err
select 'after', count(*) from pgbench_history;
\o copy.label
select labelfile from pg_backup_stop();
SQL
    fail "backup: $(tail -5 backup.err)"
grep -q "all required WAL segments have been archived" backup.err || fail "did not wait: $(cat backup.err)"
after=$(sed -n 's/^after|//p' backup.out)
ok "a backup is begun, copied and ended under load, $after transactions long"
compgen -G "archive/*.backup" >/dev/null || fail "no history file in the archive"
ok "its history file is in the archive"

kill $load
wait $load 2>/dev/null || true
cluster_sql ours "select pg_switch_wal()" >/dev/null
cluster_stop ours

mv "copy/$(basename "$(cluster_dir ours)")" copy/base
rm -rf copy/base/pg_wal/0* copy/base/pg_wal/archive_status/* copy/base/postmaster.* copy/base/postgresql.auto.conf
sed '/^$/d' copy.label >copy/base/backup_label
owner_path copy
cluster_adopt real "$TEST_DIR/copy/base"
cluster_set real "restore_command = 'cp $TEST_DIR/archive/%f %p'" "archive_mode = off"
as_owner touch copy/base/recovery.signal
cluster_start real
cluster_wait_sql real "select not pg_is_in_recovery()" "the end of recovery"
grep -q "consistent recovery state reached" "$(cluster_log real)" || fail "not consistent: $(tail -5 "$(cluster_log real)")"
assert_eq "$(cluster_sql real "select count(*) >= $after from pgbench_history")" t "what was committed before the end is there"
assert_eq "$(cluster_sql real "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)
    and (select sum(tbalance) from pgbench_tellers) = (select sum(bbalance) from pgbench_branches)")" t "sums agree"
cluster_run real "$bin/pg_amcheck" --all --install-missing --heapallindexed >amcheck.log 2>&1 ||
    fail "pg_amcheck: $(tail -5 amcheck.log)"
ok "tables and indexes are right"
