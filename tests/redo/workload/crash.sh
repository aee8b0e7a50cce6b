# crash.sh - a crash in the middle of a record: OVERWRITE_CONTRECORD
#
# Sourced by run_workload.sh. The record is longer than the WAL buffers, so that its first part is
# written to make room while its end is still in shared memory, where the kill finds it. Nobody else
# flushes: the message waits for no commit, and the WAL writer sleeps.
cluster_restart main -c wal_buffers=64kB -c wal_writer_delay=10s
session_open torn main -d workload
session_run torn "create table before_the_crash as select 1 as x"
session_run torn "checkpoint"
session_run torn "begin; select pg_logical_emit_message(false, 'torn', repeat('x', 300000)) > '0/0'"
cluster_kill main
session_end torn
cluster_start main
cluster_sql main "create table after_the_crash as select 1 as x" -d workload
