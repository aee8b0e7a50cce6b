#!/bin/bash
# prepared_transactions_change_servers.sh - pgserver recovers the prepared transactions and commit times of a real server
#
# A real server is killed with transactions prepared before and after its last checkpoint; pgserver recovers the
# cluster and shuts down; the real one starts on that, and must find all as it left it.
source "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
cluster_require 15

cluster_init real
cluster_set real "max_prepared_transactions = 10" "track_commit_timestamp = on" "autovacuum = off" \
    "checkpoint_timeout = '1d'"
cluster_start real
cluster_psql real -q -v ON_ERROR_STOP=1 >/dev/null <<'END'
create table t (i int primary key, x text);
insert into t values (0, 'a');
begin; insert into t values (1); savepoint s; insert into t values (2); prepare transaction 'before';
begin; insert into t values (3); prepare transaction 'ended after';
begin; select * from t where i = 0 for no key update; prepare transaction 'locker';
checkpoint;
begin; select * from t where i = 0 for key share; commit;
begin; insert into t values (4); create table made (i int); prepare transaction 'it''s after';
begin; insert into t values (5); prepare transaction 'ended';
commit prepared 'ended';
rollback prepared 'ended after';
insert into t values (6);
END
times="select i, pg_xact_commit_timestamp(xmin) from t order by i"
prepared="select gid, transaction, owner, database from pg_prepared_xacts order by gid"
cluster_sql real "$times" >times.before
cluster_sql real "$prepared" >prepared.before
assert_eq "$(wc -l <prepared.before)" 3 "three are prepared"
cluster_kill real

cluster_adopt ours "$(cluster_dir real)" --bin "$(server_bin)"
cluster_start ours
cluster_stop ours
assert_eq "$(find "$(cluster_dir real)/pg_twophase" -type f | wc -l)" 3 "each has its file after a shutdown"

cluster_adopt again "$(cluster_dir real)"
cluster_start again
cluster_sql again "$times" >times.after
cluster_sql again "$prepared" >prepared.after
diff times.before times.after || fail "commit times differ"
diff prepared.before prepared.after || fail "prepared transactions differ"
ok "the real server finds the same transactions and times"
cluster_psql again -q -v ON_ERROR_STOP=1 >/dev/null <<'END'
commit prepared 'before';
commit prepared 'it''s after';
rollback prepared 'locker';
insert into made values (1);
END
assert_eq "$(cluster_sql again "select string_agg(i::text, ' ' order by i) from t")" "0 1 2 4 5 6" \
    "what was prepared can be ended"
cluster_stop again
