#!/usr/bin/env bash
# prints_what_pg_controldata_prints.sh - byte by byte, for clusters in all states, damaged ones too
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)/pg_controldata
mkdir ours
ln -s "${HOLDFAST_BIN:?}/pgcontroldata" ours/pg_controldata

# same WHAT WORD...: both programs, with these words, give the same output, errors and exit code.
same()
{
    local what=$1
    shift
    run "$theirs" "$@"
    local out=$run_out err=$run_err code=$run_code
    run "$TEST_DIR/ours/pg_controldata" "$@"
    [ "$run_out" = "$out" ] || fail "$what: $(diff <(echo "$out") <(echo "$run_out"))"
    [ "$run_err" = "$err" ] || fail "$what: stderr: $(diff <(echo "$err") <(echo "$run_err"))"
    assert_eq "$run_code" "$code" "$what"
}

# poke FILE OFFSET BYTES...: overwrite bytes, given as octal escapes of printf.
poke()
{
    # shellcheck disable=SC2059
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

cluster_init main --set 'wal_level = logical' --set 'track_commit_timestamp = on' \
    --set 'max_connections = 33' --wal-segsize 4
data=$(cluster_dir main)
same "a new cluster" "$data"
cluster_start main
same "a running cluster" -D "$data"
state=$(run "$TEST_DIR/ours/pg_controldata" "$data"; echo "$run_out")
assert_contains "$state" "Database cluster state:               in production" "the state is shown"

cluster_base_backup main standby
cluster_follow standby main
cluster_start standby
cluster_sql main "create table t as select g from generate_series(1, 1000) g; checkpoint"
cluster_wait_replay standby "$(cluster_lsn main)"
same "a standby" "$(cluster_dir standby)"
cluster_stop standby
same "a standby that was stopped" "$(cluster_dir standby)"

cluster_kill main
same "a crashed cluster" "$data"
for zone in Asia/Kolkata America/New_York UTC; do
    TZ=$zone same "in the time zone $zone" "$data"
done

mkdir -p damaged/global
owner_path damaged
control=$TEST_DIR/damaged/global/pg_control
fresh()
{
    cp "$data/global/pg_control" "$control"
    owner_path "$control"
}
fresh
poke "$control" 48 '\377'
same "a wrong CRC" "$TEST_DIR/damaged"
fresh
poke "$control" 228 '\001\000\000\000'
same "a segment size of 1" "$TEST_DIR/damaged"
fresh
poke "$control" 228 '\000\000\000\000'
same "a segment size of 0" "$TEST_DIR/damaged"
fresh
poke "$control" 228 '\000\000\000\200'
same "a negative segment size" "$TEST_DIR/damaged"
fresh
poke "$control" 8 '\000\000\005\024'
same "a swapped version" "$TEST_DIR/damaged"
fresh
poke "$control" 16 '\143'
poke "$control" 172 '\011'
same "unknown states" "$TEST_DIR/damaged"
fresh
poke "$control" 24 '\377\377\377\377\377\377\377\177'
same "a time beyond all calendars" "$TEST_DIR/damaged"
fresh
truncate -s 296 "$control"
same "just the struct" "$TEST_DIR/damaged"
for size in 295 0; do
    truncate -s "$size" "$control"
    same "a file of $size bytes" "$TEST_DIR/damaged"
done
rm "$control"
same "no file" "$TEST_DIR/damaged"

same "no directory at all"
PGDATA=$data same "the directory of PGDATA"
same "two directories" "$data" "$data"
same "a directory too many" -D "$data" "$data"
