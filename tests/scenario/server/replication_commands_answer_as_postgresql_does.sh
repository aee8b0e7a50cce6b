#!/usr/bin/env bash
# replication_commands_answer_as_postgresql_does.sh - each command over connections for replication, to a real server and to ours
#
# By the real psql, without a database and with one; what is a number of the cluster (its identifier, positions) is masked.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql

cluster_init theirs
cluster_init ours --bin "$(server_bin)"
for side in theirs ours; do
    cluster_set $side "log_replication_commands = on"
    cluster_start $side
    cluster_sql $side "create role plain login; create role sender login replication; create role small login replication connection limit 0"
done

# ask SIDE MODE USER COMMAND...: in one connection
ask()
{
    local side=$1 mode=$2 user=$3 words=()
    shift 3
    for command in "$@"; do words+=(-c "$command"); done
    as_owner env PGHOST="$(cluster_socket_dir "$side")" PGPORT="$(cluster_port "$side")" timeout 20 "$psql" -X -U "$user" \
        -v VERBOSITY=verbose "dbname=postgres replication=$mode" "${words[@]}" 2>&1 |
        sed -E -e '/^LOCATION/d' -e 's/^psql: error: connection to server on socket "[^"]*" failed: //' -e 's/ [0-9]{15,}/ ID/g' \
            -e 's/[0-9A-F]+\/[0-9A-F]{6,}/LSN/g' -e 's/-{2,}/--/g' -e 's/ +/ /g'
}

different=0
same()
{
    local side
    for side in theirs ours; do ask $side "$@" >$side.answer || true; done
    if ! diff -U 3 theirs.answer ours.answer >diff.out; then
        note "$*: $(cat diff.out)"
        different=$((different + 1))
    fi
}

commands=()
while IFS= read -r command; do
    commands+=("\\echo $command" "$command")
done <<'COMMANDS'
IDENTIFY_SYSTEM
IDENTIFY_SYSTEM;
IDENTIFY_SYSTEM;;
identify_system
IDENTIFY_SYSTEM; IDENTIFY_SYSTEM
IDENTIFY_SYSTEM x
SHOW wal_segment_size
SHOW data_directory_mode;
SHOW "work_mem"
SHOW WORK_MEM
SHOW 'work_mem'
SHOW nosuch
SHOW no.such
SHOW transaction isolation level
SHOW
SHOW datestyle
SHOW work_mem -- c
TIMELINE_HISTORY 1
TIMELINE_HISTORY 2
TIMELINE_HISTORY 0
TIMELINE_HISTORY -1
TIMELINE_HISTORY x
SELECT 1
foo bar
/* c */ IDENTIFY_SYSTEM
DROP_REPLICATION_SLOT nosuch
DROP_REPLICATION_SLOT nosuch WAIT
DROP_REPLICATION_SLOT "No Such"
DROP_REPLICATION_SLOT nosuch NOW
READ_REPLICATION_SLOT nosuch
READ_REPLICATION_SLOT
CREATE_REPLICATION_SLOT "BAD NAME" PHYSICAL
CREATE_REPLICATION_SLOT a1
CREATE_REPLICATION_SLOT a1 PHYSICAL FOO
CREATE_REPLICATION_SLOT a1 PHYSICAL (FOO)
CREATE_REPLICATION_SLOT a1 PHYSICAL ()
CREATE_REPLICATION_SLOT a1 PHYSICAL (RESERVE_WAL, RESERVE_WAL)
CREATE_REPLICATION_SLOT a1 PHYSICAL RESERVE_WAL RESERVE_WAL
CREATE_REPLICATION_SLOT a1 PHYSICAL (RESERVE_WAL maybe)
CREATE_REPLICATION_SLOT a1 PHYSICAL (RESERVE_WAL 2)
CREATE_REPLICATION_SLOT a1 PHYSICAL (SNAPSHOT 'use')
CREATE_REPLICATION_SLOT a1 PHYSICAL (TWO_PHASE)
CREATE_REPLICATION_SLOT a1 LOGICAL test_decoding
CREATE_REPLICATION_SLOT a1 LOGICAL test_decoding EXPORT_SNAPSHOT
CREATE_REPLICATION_SLOT temporary TEMPORARY PHYSICAL
CREATE_REPLICATION_SLOT 1a PHYSICAL
CREATE_REPLICATION_SLOT "" PHYSICAL
START_REPLICATION PHYSICAL 0/1000000 TIMELINE 3
START_REPLICATION 0/0 TIMELINE 0
START_REPLICATION SLOT nosuch 0/0
START_REPLICATION SLOT "x" LOGICAL 0/0 (a 'b', c)
START_REPLICATION
START_REPLICATION 'x
START_REPLICATION 0/0 "x
ALTER_REPLICATION_SLOT a
IDENTIFY_SYSTEM $
COMMANDS
for mode in true database; do same $mode postgres "${commands[@]}"; done

# Several in one connection: what stays, and what an error takes away.
for mode in true database; do
    same $mode postgres "CREATE_REPLICATION_SLOT A_B1 PHYSICAL" "READ_REPLICATION_SLOT A_B1" \
        "CREATE_REPLICATION_SLOT a_b1 PHYSICAL" "CREATE_REPLICATION_SLOT a_b2 PHYSICAL RESERVE_WAL" \
        "READ_REPLICATION_SLOT a_b2" "CREATE_REPLICATION_SLOT a_b3 TEMPORARY PHYSICAL (RESERVE_WAL true)" \
        "READ_REPLICATION_SLOT a_b3" "BOO" "READ_REPLICATION_SLOT a_b3" "DROP_REPLICATION_SLOT a_b1" \
        "DROP_REPLICATION_SLOT a_b2 WAIT"
done
same database postgres "BEGIN" "IDENTIFY_SYSTEM" "TIMELINE_HISTORY 2" "IDENTIFY_SYSTEM" "ROLLBACK" "BEGIN" \
    "START_REPLICATION 0/0" "ROLLBACK" "SELECT 1"

# Who may.
for user in plain sender small nosuch; do
    for mode in true database; do same $mode $user "IDENTIFY_SYSTEM" "SHOW primary_conninfo"; done
done
same 2 postgres "SHOW work_mem"
same Database postgres "SHOW work_mem"
for side in theirs ours; do
    echo "local all all trust" >"$(cluster_dir $side)/pg_hba.conf"
    cluster_reload $side
done
wait_until "the new rules" bash -c "! $(printf %q "$psql") -X -h '$(cluster_socket_dir ours)' -p '$(cluster_port ours)' -U postgres 'replication=true' -c 'IDENTIFY_SYSTEM' >/dev/null 2>&1"
same true postgres "IDENTIFY_SYSTEM"
[ "$different" = 0 ] || fail "$different commands are answered otherwise"
server_logged ours 'received replication command: IDENTIFY_SYSTEM' || fail "commands are not in the log"
ok "all commands are answered alike"
