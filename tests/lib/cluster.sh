# cluster.sh - clusters of real PostgreSQL servers for tests
#
# Source it at the top of a test; README beside it has an example. A cluster has a name, and all
# that belongs to it lies in $TEST_DIR/NAME:
#
#   data/   the data directory           log      what the server wrote to stderr
#   sock/   its Unix socket directory    major, bin, port, pid: one word each
#
# State is kept in files, not in variables, so that every function works in a subshell too, and any
# number of clusters run at once.
#
# Promises: a server never runs as root, and listens on a private Unix socket only, unless
# --listen asks for 127.0.0.1; the script that started a server stops it, and no other; pid files
# are never trusted, a signal goes only to the process that cluster_start started.
#
# Which server: HOLDFAST_TEST_PG_<major>=DIR, where DIR or DIR/bin holds initdb and postgres; else
# /usr/lib/postgresql/<major>/bin. psql and the other clients come from the same place if they are
# there, else from major 15: distributions of bare servers have none.

# shellcheck source=tests/lib/test.sh
. "$(dirname "${BASH_SOURCE[0]}")/test.sh"
# shellcheck source=tests/lib/session.sh
. "$TEST_LIB/session.sh"

CLUSTER_MAJOR=${HOLDFAST_TEST_MAJOR:-15} # what cluster_init makes unless told otherwise

# ---- binaries ------------------------------------------------------------------------------------

# The directory with initdb and postgres of a major version; 1 when there is none.
cluster_find_bin()
{
    local variable="HOLDFAST_TEST_PG_$1" dir
    for dir in ${!variable:+"${!variable}/bin" "${!variable}"} "/usr/lib/postgresql/$1/bin"; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            echo "$dir"
            return 0
        fi
        [ -z "${!variable:-}" ] || [ "$dir" != "${!variable}" ] || return 1
    done
    return 1
}

# cluster_require MAJOR...: skip the test, saying why, unless these versions are there and start.
cluster_require()
{
    local major bin version
    for major in "$@"; do
        bin=$(cluster_find_bin "$major") ||
            skip "needs PostgreSQL $major: set HOLDFAST_TEST_PG_$major to its directory"
        version=$(as_owner "$bin/postgres" --version 2>&1) ||
            skip "needs PostgreSQL $major, but $bin/postgres does not run: $version"
        [[ "$version" =~ \ $major(\.|devel|beta|rc|\ |$) ]] ||
            skip "needs PostgreSQL $major, but $bin/postgres is: $version"
    done
}

# The full path of a client program (psql, pg_waldump, ...) that suits a cluster.
cluster_tool()
{
    local dir
    for dir in "$(cat "$TEST_DIR/$1/bin")" "$(cluster_find_bin 15 || true)"; do
        if [ -n "$dir" ] && [ -x "$dir/$2" ]; then
            echo "$dir/$2"
            return 0
        fi
    done
    command -v "$2" || fail "no program $2 for cluster $1"
}

# ---- making --------------------------------------------------------------------------------------

# cluster_init NAME [option...]: make a cluster; it is not started.
#   --major N          version (CLUSTER_MAJOR)     --bin DIR       any server binaries
#   --data DIR         data directory elsewhere    --no-checksums  checksums are on otherwise
#   --wal-segsize MB   size of a WAL segment       --listen        also on 127.0.0.1, a free port
#   --set 'a = b'      a line of postgresql.conf   --initdb OPTION any other option of initdb
cluster_init()
{
    local name=$1 data="" options=(--no-sync --auth=trust --username=postgres --encoding=UTF8
        --locale=C.UTF-8 --data-checksums)
    local settings=() adopt=()
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            --major | --bin) adopt+=("$1" "$2") && shift ;;
            --listen) adopt+=("$1") ;;
            --data) data=$2 && shift ;;
            --no-checksums) cluster_drop_option options --data-checksums --no-data-checksums ;;
            --wal-segsize) options+=("--wal-segsize=$2") && shift ;;
            --set) settings+=("$2") && shift ;;
            --initdb) options+=("$2") && shift ;;
            *) fail "cluster_init: unknown option $1" ;;
        esac
        shift
    done
    cluster_register "$name" "${data:-$TEST_DIR/$name/data}" ${adopt[@]+"${adopt[@]}"}
    # Only from 18 on is there a word for "without checksums", where they are the default.
    [ "$(cat "$TEST_DIR/$name/major")" -ge 18 ] ||
        cluster_drop_option options --no-data-checksums
    as_owner "$(cat "$TEST_DIR/$name/bin")/initdb" "${options[@]}" \
        --pgdata="$(cluster_dir "$name")" >"$TEST_DIR/$name/initdb.log" 2>&1 ||
        fail "initdb of cluster $name: $(tail -5 "$TEST_DIR/$name/initdb.log")"
    # Nothing here has to survive a power cut, and a killed server loses nothing that was written.
    cluster_set "$name" "fsync = off" "log_line_prefix = '%m [%p] %q%a '" \
        "log_min_messages = warning" ${settings[@]+"${settings[@]}"}
}

# cluster_drop_option ARRAY OLD [NEW]: take an element out of an array, or replace it.
cluster_drop_option()
{
    local -n list=$1
    local i
    for i in "${!list[@]}"; do
        [ "${list[i]}" != "$2" ] || list[i]=${3:-}
    done
    # Leave no empty words behind.
    for i in "${!list[@]}"; do
        [ -n "${list[i]}" ] || unset "list[$i]"
    done
}

# cluster_adopt NAME DIR [--major N | --bin DIR | --listen]: run a data directory that something
# else made (a restore, a base backup). It is given to the owner; its settings stay as they are.
cluster_adopt()
{
    local name=$1 data=$2
    shift 2
    [ -f "$data/PG_VERSION" ] || fail "cluster_adopt $name: $data is no data directory"
    cluster_register "$name" "$data" --major "$(cat "$data/PG_VERSION")" "$@"
    owner_path "$data"
}

# The common part of both: files of state, socket directory, binaries.
cluster_register()
{
    local name=$1 data=$2 major=$CLUSTER_MAJOR bin="" port=5432
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
            --major) major=$2 && shift ;;
            --bin) bin=$2 && shift ;;
            --listen) port=$(cluster_find_port) ;;
            *) fail "cluster: unknown option $1" ;;
        esac
        shift
    done
    [ ! -e "$TEST_DIR/$name/major" ] || fail "there is a cluster $name already"
    if [ -z "$bin" ]; then
        cluster_require "$major"
        bin=$(cluster_find_bin "$major")
    else
        major=$(as_owner "$bin/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
    fi
    mkdir -p "$TEST_DIR/$name"
    cluster_make_socket_dir "$name"
    owner_path "$TEST_DIR/$name"
    echo "$data" >"$TEST_DIR/$name/where"
    echo "$major" >"$TEST_DIR/$name/major"
    echo "$bin" >"$TEST_DIR/$name/bin"
    echo "$port" >"$TEST_DIR/$name/port"
}

# A socket's path holds 107 bytes at most, and TMPDIR can be long: then it is a link to /tmp.
cluster_make_socket_dir()
{
    local short
    if [ $((${#TEST_DIR} + ${#1})) -lt 80 ]; then
        mkdir -p "$TEST_DIR/$1/sock"
        return
    fi
    short=$(mktemp -d /tmp/holdfast.XXXXXX)
    owner_path "$short"
    ln -s "$short" "$TEST_DIR/$1/sock"
    at_end rm -rf "$short"
}

# A TCP port of 127.0.0.1 that nobody listens on, below the range the kernel gives to clients.
cluster_find_port()
{
    local port
    while :; do
        port=$((20000 + SRANDOM % 12000)) # not RANDOM, which tests may have seeded alike
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# cluster_set NAME 'setting = value'...: the last line of a setting wins; takes effect at the next
# start, or after cluster_reload.
cluster_set()
{
    local name=$1 conf
    shift
    conf=$(cluster_dir "$name")/postgresql.conf
    printf '%s\n' "$@" >>"$conf"
}

# cluster_hba NAME 'line'...: put lines before those of pg_hba.conf. initdb left trust for
# everybody, replication included, on the socket and on 127.0.0.1.
cluster_hba()
{
    local name=$1 hba
    shift
    hba=$(cluster_dir "$name")/pg_hba.conf
    { printf '%s\n' "$@" && cat "$hba"; } >"$TEST_DIR/$name/hba.new"
    cat "$TEST_DIR/$name/hba.new" >"$hba"
}

# cluster_archive NAME COMMAND: archive each segment with a command, with %p and %f as usual.
cluster_archive()
{
    cluster_set "$1" "archive_mode = on" "archive_command = '${2//\'/\'\'}'"
}

# cluster_archive_to NAME DIR: keep all WAL segments in a directory, by cp.
cluster_archive_to()
{
    mkdir -p "$2"
    owner_path "$2"
    cluster_archive "$1" "test ! -f '$2/%f' && cp %p '$2/%f.part' && mv '$2/%f.part' '$2/%f'"
}

# cluster_copy NAME NEW [--listen]: a cold copy of a stopped cluster, as a cluster of its own.
cluster_copy()
{
    local name=$1 new=$2
    shift 2
    ! cluster_is_up "$name" || fail "cluster_copy: $name is running"
    mkdir -p "$TEST_DIR/$new"
    cp -a "$(cluster_dir "$name")" "$TEST_DIR/$new/data"
    cluster_adopt "$new" "$TEST_DIR/$new/data" --bin "$(cat "$TEST_DIR/$name/bin")" "$@"
}

# cluster_base_backup NAME NEW [option of pg_basebackup...]: a hot copy by pg_basebackup.
cluster_base_backup()
{
    local name=$1 new=$2
    shift 2
    mkdir -p "$TEST_DIR/$new"
    owner_path "$TEST_DIR/$new"
    cluster_run "$name" pg_basebackup --pgdata="$TEST_DIR/$new/data" --no-sync \
        --checkpoint=fast "$@"
    cluster_adopt "$new" "$TEST_DIR/$new/data" --bin "$(cat "$TEST_DIR/$name/bin")"
}

# cluster_follow NAME PRIMARY: make it a standby that streams from another cluster.
cluster_follow()
{
    cluster_set "$1" "primary_conninfo = '$(cluster_conninfo "$2" | sed "s/ dbname=[^ ]*//")'"
    as_owner touch "$(cluster_dir "$1")/standby.signal"
}

# ---- looking -------------------------------------------------------------------------------------

cluster_dir()
{
    cat "$TEST_DIR/$1/where"
}

cluster_log()
{
    echo "$TEST_DIR/$1/log"
}

cluster_socket_dir()
{
    readlink -f "$TEST_DIR/$1/sock"
}

cluster_port()
{
    cat "$TEST_DIR/$1/port"
}

# The pid of the postmaster; 1 when it is not running.
cluster_pid()
{
    local pid
    pid=$(cat "$TEST_DIR/$1/pid" 2>/dev/null) && ! process_is_gone "$pid" && echo "$pid"
}

cluster_is_up()
{
    cluster_pid "$1" >/dev/null
}

# cluster_conninfo NAME [DATABASE]: what libpq needs to connect through the socket.
cluster_conninfo()
{
    echo "host=$(cluster_socket_dir "$1") port=$(cluster_port "$1") user=postgres dbname=${2:-postgres}"
}

# ---- starting and stopping -----------------------------------------------------------------------

# cluster_start NAME [postgres option...]: start, and wait until it takes connections (a standby
# with hot_standby off: until it replays).
cluster_start()
{
    cluster_start_nowait "$@"
    wait_until "start of cluster $1" cluster_has_started "$1"
}

# The same without the wait, for a server that is expected to end by itself.
cluster_start_nowait()
{
    local name=$1 data port listen=""
    shift
    ! cluster_is_up "$name" || fail "cluster $name is running already"
    data=$(cluster_dir "$name")
    port=$(cluster_port "$name")
    [ "$port" = 5432 ] || listen=127.0.0.1
    # The state of an earlier run must not be taken for this one's.
    rm -f "$data/postmaster.pid.old" "$TEST_DIR/$name/pid"
    as_owner_in_background "$(cat "$TEST_DIR/$name/bin")/postgres" -D "$data" -p "$port" \
        -c unix_socket_directories="$(cluster_socket_dir "$name")" -c listen_addresses="$listen" \
        "$@" >>"$TEST_DIR/$name/log" 2>&1 </dev/null
    echo $! >"$TEST_DIR/$name/pid"
}

# Line 8 of postmaster.pid tells the state; line 1 whose it is.
cluster_has_started()
{
    local lines=()
    cluster_is_up "$1" || fail "cluster $1 did not start: $(tail -5 "$(cluster_log "$1")")"
    mapfile -t lines 2>/dev/null <"$(cluster_dir "$1")/postmaster.pid" || return 1
    [ "${lines[0]:-}" = "$(cat "$TEST_DIR/$1/pid")" ] &&
        [[ "${lines[7]:-}" =~ ^(ready|standby) ]]
}

# cluster_stop NAME [smart|fast|immediate]
cluster_stop()
{
    local pid signal
    case ${2:-fast} in
        smart) signal=TERM ;;
        fast) signal=INT ;;
        immediate) signal=QUIT ;;
        *) fail "cluster_stop: unknown mode $2" ;;
    esac
    pid=$(cluster_pid "$1") || fail "cluster $1 is not running"
    kill -s "$signal" "$pid"
    wait_until "stop of cluster $1" process_is_gone "$pid"
    rm "$TEST_DIR/$1/pid"
}

# cluster_restart NAME [postgres option...]
cluster_restart()
{
    cluster_stop "$1"
    cluster_start "$@"
}

# cluster_kill NAME: a crash. Every process of the server gets kill -9, the postmaster first.
cluster_kill()
{
    local pid children child
    pid=$(cluster_pid "$1") || fail "cluster $1 is not running"
    # Stopped, it forks nobody between the list and the kill.
    kill -STOP "$pid"
    children=$(process_children "$pid")
    kill -KILL "$pid"
    for child in $children; do
        kill -KILL "$child" 2>/dev/null || true
    done
    cluster_forget_killed "$1" "$pid"
    for child in $children; do
        wait_until "end of killed process $child" process_is_gone "$child"
    done
}

# cluster_kill_postmaster NAME: the postmaster alone; its children have to notice by themselves.
cluster_kill_postmaster()
{
    local pid
    pid=$(cluster_pid "$1") || fail "cluster $1 is not running"
    kill -KILL "$pid"
    cluster_forget_killed "$1" "$pid"
}

cluster_forget_killed()
{
    # The shell would report "Killed" on stderr, as if it were news.
    { wait "$2" || true; } 2>/dev/null
    wait_until "end of killed process $2" process_is_gone "$2"
    rm "$TEST_DIR/$1/pid"
}

process_children()
{
    cat "/proc/$1/task/"*/children
}

cluster_reload()
{
    kill -HUP "$(cluster_pid "$1")"
}

# Promote a standby and wait until it takes writes.
cluster_promote()
{
    [ "$(cluster_sql "$1" "select pg_promote(true, $TEST_PATIENCE)")" = t ] ||
        fail "cluster $1 was not promoted"
}

# At the end of the script: what still runs is stopped, the quick way.
cluster_end_all()
{
    local file name pid
    for file in "$TEST_DIR"/*/pid; do
        [ -f "$file" ] || continue
        name=$(basename "$(dirname "$file")")
        if [ "${TEST_EXIT_CODE:-0}" != 0 ] && [ "${TEST_EXIT_CODE:-0}" != 77 ]; then
            sed "s/^/$name: /" "$(cluster_log "$name")" | tail -15 >&2
        fi
        pid=$(cluster_pid "$name") || continue
        kill -QUIT "$pid"
        SECONDS=0
        until process_is_gone "$pid"; do
            [ "$SECONDS" -lt 10 ] || kill -KILL "$pid"
            sleep 0.05
        done
    done
}
at_end cluster_end_all

# ---- talking -------------------------------------------------------------------------------------

# cluster_sql NAME SQL [psql option...]: run it, print bare rows, | between columns. Several
# statements are one transaction only with --single-transaction. An error ends the test.
cluster_sql()
{
    local name=$1 sql=$2
    shift 2
    cluster_psql "$name" -A -t -q -v ON_ERROR_STOP=1 "$@" <<<"$sql"
}

# cluster_sql_file NAME FILE [psql option...]: the same from a file.
cluster_sql_file()
{
    local name=$1 file=$2
    shift 2
    cluster_psql "$name" -A -t -q -v ON_ERROR_STOP=1 "$@" <"$file"
}

# cluster_psql NAME [psql option...]: psql as it is, reading stdin.
cluster_psql()
{
    local name=$1
    shift
    cluster_run "$name" psql -X -d postgres "$@"
}

# cluster_run NAME PROGRAM [word...]: run a client program as the owner, with PGHOST, PGPORT and
# PGUSER set to the cluster. A name without slash is looked up beside the server.
cluster_run()
{
    local name=$1 program=$2
    shift 2
    [[ "$program" == */* ]] || program=$(cluster_tool "$name" "$program")
    as_owner env PGHOST="$(cluster_socket_dir "$name")" PGPORT="$(cluster_port "$name")" \
        PGUSER=postgres "$program" "$@"
}

# Where the cluster stands: the end of WAL written, or on a standby of WAL replayed.
cluster_lsn()
{
    cluster_sql "$1" "select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                             else pg_current_wal_insert_lsn() end"
}

# cluster_wait_sql NAME SQL [WHAT]: wait until a query gives t. That the server cannot be reached
# yet is no reason to give up, an error of the query is.
cluster_wait_sql()
{
    wait_until "${3:-$2}" cluster_sql_is_true "$1" "$2"
}

cluster_sql_is_true()
{
    local answer code=0
    answer=$(cluster_sql "$1" "$2" 2>"$TEST_DIR/.wait.err") || code=$?
    [ "$code" != 2 ] || cluster_is_up "$1" || fail "cluster $1 has ended"
    [ "$code" = 0 ] || [ "$code" = 2 ] || fail "$(cat "$TEST_DIR/.wait.err")"
    [ "$answer" = t ]
}

# cluster_wait_replay STANDBY LSN
cluster_wait_replay()
{
    cluster_wait_sql "$1" "select pg_last_wal_replay_lsn() >= '$2'::pg_lsn" "replay of $2 by $1"
}

# cluster_wait_archived NAME SEGMENT: wait as long as segments are being archived. Between two of them a server that
# failed three times pauses for a minute, so that much more patience is due.
cluster_wait_archived()
{
    local name=$1 segment=$2 is_done archived failed last_failed before="" deadline=0
    while :; do
        IFS='|' read -r is_done archived failed last_failed < <(cluster_sql "$name" \
            "select coalesce(last_archived_wal, '') >= '$segment', archived_count, failed_count, last_failed_wal
             from pg_stat_archiver") || fail "cluster $name does not say what it has archived"
        [ "$is_done" != t ] || return 0
        [ "$archived" = "$before" ] || deadline=$((SECONDS + TEST_PATIENCE + 60))
        before=$archived
        [ "$SECONDS" -lt "$deadline" ] || fail "waited $((TEST_PATIENCE + 60)) s in vain for the next segment in the archive,$(
        ) on the way to $segment: $archived are archived, $failed tries failed, the last with ${last_failed:-none}"
        sleep 0.05
    done
}
