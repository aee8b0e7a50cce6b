# timeline.sh - the cluster goes on as a standby that is promoted: timeline 2
#
# Sourced by run_workload.sh, last.
cluster_stop main
as_owner touch "$(cluster_dir main)/standby.signal"
cluster_start main
cluster_promote main
cluster_sql main "create table on_timeline_2 as select i as x from generate_series(1, 100) i;
    checkpoint" -d workload
