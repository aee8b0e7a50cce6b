#!/usr/bin/env bash
# archives_its_log_as_postgresql_does.sh - archive_command that works, fails, is killed, is not there; archive_timeout
#
# A real server gets the same commands: what both log of the archiver, and which files they leave, must be equal.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql
for side in theirs ours; do
    bin=()
    [ $side = theirs ] || bin=(--bin "$(server_bin)")
    cluster_init $side "${bin[@]}" --wal-segsize 1 --set "archive_mode = on" --set "log_line_prefix = ''" \
        --set "wal_level = replica"
    mkdir "$TEST_DIR/$side/archive"
    owner_path "$TEST_DIR/$side/archive"
done

# with COMMAND...: both servers archive by that from now on; DIR stands for a folder of each.
with()
{
    local side
    for side in theirs ours; do
        printf "archive_command = '%s'\n" "${1//DIR/$TEST_DIR\/$side\/archive}" >>"$(cluster_dir $side)/postgresql.conf"
        if cluster_is_up $side; then
            cluster_reload $side
        else
            cluster_start $side
        fi
        : >"$(cluster_log $side)"
    done
}

# fill SIDE: end a segment or two
fill()
{
    cluster_run "$1" "$psql" -X -q -d postgres -c "CREATE TABLE IF NOT EXISTS t (a text)" \
        -c "COPY t FROM STDIN" <<<"$(seq 1 300000)" >/dev/null 2>&1
}

said()
{
    grep -E 'archiv' "$(cluster_log "$1")" | grep -v '^LOG:  parameter' | sed "s#$TEST_DIR/$1/#DIR/#g; s/[0-9A-F]\{24\}/SEGMENT/g; s/PID [0-9]*/PID/" |
        sort -u
}

said_the_same()
{
    [ -n "$(said theirs)" ] && [ "$(said ours)" = "$(said theirs)" ]
}

ready()
{
    find "$(cluster_dir "$1")/pg_wal/archive_status" -name '*.ready' | wc -l
}

has_archived_all()
{
    [ "$(ready "$1")" = 0 ]
}

with "cp %p DIR/%f"
for side in theirs ours; do
    fill $side
    wait_until "the archive of $side" has_archived_all $side
    [ "$(find "$TEST_DIR/$side/archive" -type f | wc -l)" -ge 2 ] || fail "$side has archived nothing"
done
for segment in "$TEST_DIR"/ours/archive/*; do
    cluster_run theirs pg_waldump --quiet "$segment" || fail "pg_waldump of $segment"
done
ok "finished segments are archived, and can be read"

# try WHAT COMMAND: it does not work, and both say so in the same words
try()
{
    local side
    with "$2"
    for side in theirs ours; do
        fill $side
    done
    wait_until "the same words for $1" said_the_same
    ok "$1"
    note "$(said ours)"
    with "cp %p DIR/%f"
    for side in theirs ours; do
        fill $side # a new segment wakes the archiver
        wait_until "the archive of $side after $1" has_archived_all $side
    done
}

try "a command that fails" "echo %f %%p >/dev/null; exit 3"
# After these the archiver is started anew, in ten seconds.
try "a command that is not there" "/nonsense %p"
[ -z "${HOLDFAST_WORLD-}" ] || try "a command that a signal ends" 'kill -9 $$'
try "no command" ""

# A stop archives what the last checkpoint finishes; what is left after that has waited in vain.
with "sleep 0.2; cp %p DIR/%f"
fill ours
cluster_stop ours
assert_eq "$(ready ours)" 0 "nothing is left after a stop"

sed -i '/^archive_command/d' "$(cluster_dir ours)/postgresql.conf"
printf '%s\n' "archive_command = 'cp %p $TEST_DIR/ours/archive/%f'" "archive_timeout = 1s" >>"$(cluster_dir ours)/postgresql.conf"
cluster_start ours
before=$(find "$TEST_DIR/ours/archive" -type f | wc -l)
cluster_run ours "$psql" -X -q -d postgres -c "CREATE TABLE late (a int)"
more() { [ "$(find "$TEST_DIR/ours/archive" -type f | wc -l)" -gt "$before" ]; }
wait_until "a segment that is ended for its age" more
ok "archive_timeout"
