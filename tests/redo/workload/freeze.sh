# freeze.sh - forget old transactions everywhere, so that the logs about them are cut
#
# Sourced by run_workload.sh. The oldest number of a cluster is the oldest of its databases', also
# of those that nobody connects to.
cluster_sql main "alter database template0 allow_connections true"
cluster_run main vacuumdb --all --freeze --quiet
cluster_sql main "alter database template0 allow_connections false"
# The first pass could not know of the last database's progress in time.
cluster_sql main "vacuum (freeze) pg_database"
