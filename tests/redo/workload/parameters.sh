# parameters.sh - parameters that a standby must know: changed and changed back over restarts
#
# Sourced by run_workload.sh. Lower ones only: a server that replays with the usual settings stops at
# higher ones.
cluster_restart main -c max_connections=90 -c max_prepared_transactions=7 -c wal_log_hints=on
cluster_sql main "create table other_parameters as select 1 as x"
cluster_restart main
