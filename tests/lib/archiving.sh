# archiving.sh - what the restore tests share: a cluster that archives, clients that keep an own list, the oracle's commits
#
# Source it after cluster.sh. The list of commits comes from the real pg_waldump over the archived
# segments as zstd unpacks them, so neither our WAL reader nor our restore has a say in what is expected.

REPO="file://$TEST_DIR/repository"

# archiving_init NAME [option of cluster_init...]: a cluster that archives into $REPO.
archiving_init()
{
    local name=$1
    shift
    cluster_init "$name" "$@"
    cluster_archive "$name" "\"$HOLDFAST_BIN/walarchive\" push --repo \"$REPO\" \"%p\""
}

# load_start CLUSTER COUNT: clients that commit and roll back. Each writes its own list: the xid of a transaction,
# then "committed" once the server said so.
load_start()
{
    local cluster=$1 count=$2 n
    cluster_sql "$cluster" "create table if not exists commits (xid xid8 primary key, client int, filler text)"
    touch "$TEST_DIR/load.open"
    load_pids=()
    for ((n = 1; n <= count; n++)); do
        load_client "$n" | cluster_psql "$cluster" -A -t -q >"$TEST_DIR/load.$n" 2>"$TEST_DIR/load.$n.err" &
        load_pids+=($!)
    done
    at_end load_stop
}

load_client()
{
    local client=$1 end
    while [ -e "$TEST_DIR/load.open" ]; do
        end=commit
        [ $((RANDOM % 5)) != 0 ] || end=rollback
        echo "begin;
              insert into commits values (pg_current_xact_id(), $client, repeat('x', (random() * 2000)::int))
              returning xid;
              $end;
              \\echo $end"
        # Not faster than the server, which would fill the pipe with work that nobody stops.
        [ $((RANDOM % 8)) != 0 ] || sleep 0.01
    done
}

load_stop()
{
    local pid
    rm -f "$TEST_DIR/load.open"
    for pid in ${load_pids[@]+"${load_pids[@]}"}; do
        wait "$pid" || true
    done
    load_pids=()
}

# The xids that clients saw committed.
load_confirmed()
{
    awk '/^[0-9]+$/ { xid = $1 } $1 == "commit" { print xid }' "$TEST_DIR"/load.[0-9] | sort -n
}

# archive_unpack DIR: every archived segment under its own name, by zstd alone.
archive_unpack()
{
    local object name
    mkdir -p "$1"
    for object in "$TEST_DIR"/repository/main/wal/????????????????/*.zst; do
        name=$(basename "$object")
        zstd -q -d -f -o "$1/${name%%-*}" "$object"
    done
    owner_path "$1"
}

# archive_ends DIR >FILE: each commit and abort in WAL order, one line: lsn_key, xid, commit or abort, time in microseconds.
archive_ends()
{
    local first last
    first=$(ls "$1" | grep -E '^[0-9A-F]{24}$' | head -1)
    last=$(ls "$1" | grep -E '^[0-9A-F]{24}$' | tail -1)
    # The tool ends with an error after the last record, since the segment behind it is missing.
    { as_owner "$(cluster_find_bin 15)/pg_waldump" -p "$1" -r Transaction "$first" "$last" 2>/dev/null || true; } |
        awk '/desc: (COMMIT|ABORT)/ {
                 match($0, /tx: +[0-9]+/); xid = substr($0, RSTART + 3, RLENGTH - 3) + 0
                 match($0, /lsn: [0-9A-F\/]+/); lsn = substr($0, RSTART + 5, RLENGTH - 5)
                 match($0, /[0-9]+-[0-9]+-[0-9]+ [0-9:.]+/); time = substr($0, RSTART, RLENGTH)
                 split(time, part, "."); gsub(/[-:]/, " ", part[1])
                 split(lsn, half, "/"); key = sprintf("%8s%8s", half[1], half[2]); gsub(" ", "0", key)
                 print key, xid, ($0 ~ /desc: COMMIT/ ? "commit" : "abort"), mktime(part[1]) part[2]
             }'
}

# lsn_key LSN: the same as a word that sorts by position.
lsn_key()
{
    printf '%8s%8s\n' "${1%/*}" "${1#*/}" | tr ' ' 0
}

# microseconds_text N: microseconds since 1970 as a timestamp with time zone.
microseconds_text()
{
    printf '%s.%06d+00' "$(date -u -d "@$(($1 / 1000000))" '+%Y-%m-%d %H:%M:%S')" $(($1 % 1000000))
}
