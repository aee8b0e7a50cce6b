# session.sh - psql sessions that stay open beside the test, to make things happen at once
#
#   session_open a main           a psql on cluster main, known as a
#   session_run a "begin"         run, wait for the end, print the output
#   session_send b "lock t"       hand over without waiting: it may block
#   session_wait_blocked b        until it waits for a lock
#   session_wait b                until all that was sent is done, print the output
#   session_close a
#
# Comes with cluster.sh. Each session is a psql that reads a pipe; a marker echoed after each
# piece of SQL tells how far it has come. Errors of SQL do not end it: they are in the output.
# How much was sent is kept in a file, so that all but open and close work in $(...) too.

declare -A session_fd session_pid session_backend session_cluster

# session_open NAME CLUSTER [psql option...]
session_open()
{
    local name=$1 cluster=$2 pipe=$TEST_DIR/session.$1 fd
    shift 2
    mkfifo "$pipe.in"
    : >"$pipe.out"
    owner_path "$pipe.in" "$pipe.out"
    # Opened for both, since opening a pipe for one waits for the other.
    exec {fd}<>"$pipe.in"
    # Line by line, since the test reads the file while psql writes it.
    as_owner_in_background env PGHOST="$(cluster_socket_dir "$cluster")" \
        PGPORT="$(cluster_port "$cluster")" PGUSER=postgres \
        stdbuf -oL -eL "$(cluster_tool "$cluster" psql)" -X -A -t -q -d postgres "$@" \
        <"$pipe.in" >>"$pipe.out" 2>&1
    session_pid[$name]=$!
    session_fd[$name]=$fd
    echo 0 >"$pipe.sent"
    session_cluster[$name]=$cluster
    at_end session_end "$name"
    session_send "$name" "select pg_backend_pid()"
    session_backend[$name]=$(session_wait "$name")
}

session_send()
{
    local number=$(($(<"$TEST_DIR/session.$1.sent") + 1))
    echo "$number" >"$TEST_DIR/session.$1.sent"
    printf '%s\n;\n\\echo .done.%s\n' "$2" "$number" >&"${session_fd[$1]}"
}

session_is_done()
{
    grep -q -x "\.done\.$(<"$TEST_DIR/session.$1.sent")" "$TEST_DIR/session.$1.out" ||
        process_is_gone "${session_pid[$1]}"
}

# Wait for all that was sent; print what came out since the session_wait before.
session_wait()
{
    wait_until "session $1" session_is_done "$1"
    grep -v '^\.done\.[0-9]*$' "$TEST_DIR/session.$1.out" || true
    # psql appends; what was read is cut, but for the marker, so that waiting twice is harmless.
    echo ".done.$(<"$TEST_DIR/session.$1.sent")" >"$TEST_DIR/session.$1.out"
}

session_run()
{
    session_send "$1" "$2"
    session_wait "$1"
}

session_wait_blocked()
{
    cluster_wait_sql "${session_cluster[$1]}" "select count(*) > 0 from pg_stat_activity
        where pid = ${session_backend[$1]} and wait_event_type = 'Lock'" "session $1 to block"
}

session_close()
{
    # Not by closing the pipe: processes started meanwhile hold it open too.
    printf '%s\n' '\q' >&"${session_fd[$1]}"
    wait_until "end of session $1" process_is_gone "${session_pid[$1]}"
    session_end "$1"
}

# Also at the end of the script, for sessions left open.
session_end()
{
    [ -n "${session_pid[$1]:-}" ] || return 0
    local fd=${session_fd[$1]}
    exec {fd}>&-
    process_is_gone "${session_pid[$1]}" || kill "${session_pid[$1]}"
    unset "session_pid[$1]" "session_fd[$1]"
    rm -f "$TEST_DIR/session.$1".{in,out,sent}
}
