# replica.sh - what is logged at wal_level = replica, where it differs from logical
#
# Sourced by run_workload.sh. Updates compress against the old version, old keys are left out.
cluster_restart main -c wal_level=replica
cluster_sql_file main "$WORKLOAD_DIR/heap.sql" -d workload -v schema=heap_at_replica
cluster_restart main
