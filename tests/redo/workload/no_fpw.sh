# no_fpw.sh - full_page_writes off and on again, and what is logged in between
#
# Sourced by run_workload.sh. Without full pages every record carries its data, however long ago
# the page was last logged: the forms that an image otherwise hides.
no_fpw_reload()
{
    cluster_sql main "select pg_reload_conf()" >/dev/null
    # The checkpointer logs the change; a checkpoint that it took on afterwards proves it has.
    cluster_wait_sql main "select current_setting('full_page_writes') = '$1'"
    cluster_sql main "checkpoint"
}

cluster_sql main "alter system set full_page_writes = off"
no_fpw_reload off
cluster_sql_file main "$WORKLOAD_DIR/no_fpw.sql" -d workload
cluster_sql main "alter system reset full_page_writes"
no_fpw_reload on
