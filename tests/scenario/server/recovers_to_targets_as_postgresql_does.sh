#!/usr/bin/env bash
# recovers_to_targets_as_postgresql_does.sh - a base backup and an archive, each kind of target, on both servers
#
# The same backup of a real server is recovered by a real server and by ours: what they log, the rows, the timeline, the
# files in pg_wal and the history file must be equal.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
# shellcheck source=tests/lib/recovering.sh
. "$TEST_LIB/recovering.sh"

recovering_primary
rm -f base/data/postmaster.*

# Each step is a transaction with its xid, its LSN, and a moment at which it was the newest.
step()
{
    cluster_sql primary "insert into t values ($1, repeat('x', 300000)) returning pg_current_xact_id()"
    cluster_sql primary "select pg_current_wal_insert_lsn()"
    cluster_sql primary "select now()"
}
for n in 1 2 3 4 5 6; do
    mapfile -t words < <(step $n)
    xid[n]=${words[0]} lsn[n]=${words[1]} moment[n]=${words[2]}
done
cluster_sql primary "select pg_create_restore_point('good')" >/dev/null
step 7 >/dev/null
rolled=$(cluster_sql primary "begin; insert into t values (99, ''); select pg_current_xact_id(); rollback")
step 8 >/dev/null
last=$(cluster_sql primary "select pg_walfile_name(pg_switch_wal())")
cluster_wait_archived primary "$last"
cluster_stop primary

recover all
recover xid "recovery_target_xid = '${xid[3]}'" "recovery_target_action = promote"
recover xid_before "recovery_target_xid = '${xid[3]}'" "recovery_target_inclusive = off" "recovery_target_action = promote"
recover xid_rolled_back "recovery_target_xid = '$rolled'" "recovery_target_action = promote"
recover time "recovery_target_time = '${moment[4]}'" "recovery_target_action = promote"
recover time_before_the_backup "recovery_target_time = '2001-01-01 00:00:00+00'" "recovery_target_action = promote"
recover name "recovery_target_name = 'good'" "recovery_target_action = promote"
recover lsn "recovery_target_lsn = '${lsn[5]}'" "recovery_target_action = promote"
recover lsn_before "recovery_target_lsn = '${lsn[5]}'" "recovery_target_inclusive = off" "recovery_target_action = promote"
recover immediate "recovery_target = 'immediate'" "recovery_target_action = promote"
recover shutdown "recovery_target_lsn = '${lsn[2]}'" "recovery_target_action = shutdown"
recover pause_without_hot_standby "recovery_target_lsn = '${lsn[2]}'" "recovery_target_action = pause"
recover not_reached "recovery_target_name = 'nowhere'"
recover no_such_timeline "recovery_target_timeline = 7"
recover current "recovery_target_timeline = current"
recover bad_time "recovery_target_time = 'nonsense'"
recover two_targets "recovery_target_time = '2001-01-01 00:00:00+00'" "recovery_target_xid = '700'"
recover no_command "restore_command = ''"
recover killed_command "restore_command = 'kill -9 \$\$'"
recover missing_command "restore_command = '/nonsense %f %p'"
recover end_command "recovery_end_command = 'echo %r %% >&2; exit 3'"
