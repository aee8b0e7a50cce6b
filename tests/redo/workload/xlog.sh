# xlog.sh - records about the log itself: checkpoints, switches, backups, parameters, full pages
#
# Sourced by run_workload.sh: a is a session.
note "online checkpoint, restore point, switch, switch of an empty segment"
cluster_sql main "checkpoint"
cluster_sql main "select pg_create_restore_point('a restore point')"
cluster_sql main "select pg_switch_wal()"
cluster_sql main "select pg_switch_wal()"

note "backup start and end"
session_run a "select pg_backup_start('workload', true)"
cluster_sql main "create table during_backup as select 1 as x"
session_run a "select length(labelfile) from pg_backup_stop(false)"

note "hint bits set after a checkpoint"
cluster_sql main "create table hinted as select i, repeat('h', 50) as v
    from generate_series(1, 300) i; create index on hinted (i)"
cluster_sql main "checkpoint; select count(*) from hinted"
cluster_sql main "delete from hinted where i < 100; checkpoint"
cluster_sql main "set enable_seqscan = off; set enable_bitmapscan = off;
    select count(*) from hinted where i < 150; select count(*) from hinted where i < 150"
