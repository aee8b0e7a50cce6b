# server.sh - clusters of our own server; source it after cluster.sh
#
# cluster_init NAME --bin "$(server_bin)" makes one, cluster_adopt NAME DIR --bin "$(server_bin)" runs ours on what
# another server left; all other functions of cluster.sh work on it.

# The directory in which our programs have PostgreSQL's names.
server_bin()
{
    local dir=$TEST_DIR/.server_bin
    if [ ! -d "$dir" ]; then
        mkdir "$dir"
        ln -s "$HOLDFAST_BIN/pginit" "$dir/initdb"
        ln -s "$HOLDFAST_BIN/pgserver" "$dir/postgres"
        ln -s "$HOLDFAST_BIN/pgctl" "$dir/pg_ctl"
    fi
    echo "$dir"
}

# Was it built with the address sanitizer?
server_is_sanitized()
{
    grep -q __asan_init "$HOLDFAST_BIN/pgserver"
}

# server_children NAME: pids of the server's processes, with their kinds of the log if it tells.
server_children()
{
    process_children "$(cluster_pid "$1")"
}

# server_logged NAME TEXT: has the server logged it since it was started last?
server_logged()
{
    grep -qF -- "$2" "$(cluster_log "$1")"
}
