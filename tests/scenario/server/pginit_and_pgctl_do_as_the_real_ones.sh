#!/usr/bin/env bash
# pginit_and_pgctl_do_as_the_real_ones.sh - the same words to both: what they say, how they end, what is left
#
# Files and modes of new clusters, pg_controldata's fields, pg_hba.conf, refusals; then each command of pg_ctl, on a real
# server too. What is left out of a comparison is named in it.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)
ours=$(server_bin)
export LC_ALL=C.UTF-8

# both NAME WORD...: run it by both, in folders of their own; in the words DIR is the folder.
both()
{
    local name=$1 side
    shift
    for side in theirs ours; do
        as_owner mkdir -p "$TEST_DIR/$side"
        run env LC_ALL=C.UTF-8 "${!side}/$name" "${@//DIR/$TEST_DIR\/$side}"
        {
            echo "exit code $run_code"
            echo "$run_out"
            echo "$run_err"
        } | sed -E "s#$TEST_DIR/$side#DIR#g; s#${!side}/?##g; s#^(initdb|pginit|pg_ctl|pgctl): #TOOL: #" >"$side.out"
    done
}

different=()

# said FILTER...: lines that both said, without those that the filter (of sed) takes out.
said()
{
    local what=$1
    shift
    sed -E "$@" theirs.out | grep -v '^$' >theirs.said || true
    sed -E "$@" ours.out | grep -v '^$' >ours.said || true
    if diff theirs.said ours.said >said.diff; then
        ok "$what"
    else
        different+=("$what")
        note "$what: $(cat said.diff)"
    fi
}

# made DIR: the files of both new clusters, but for relations and the log's segments, with their modes; and what
# pg_controldata tells.
made()
{
    local side
    for side in theirs ours; do
        (cd "$side/$1" && find . -printf '%y %m %p %l\n' | grep -Ev '/(base|global)/([0-9]+/)?[0-9]+(_fsm|_vm|_init)?(\.[0-9]+)? ' |
            sed -E "s#$TEST_DIR/$side#DIR#; /pg_stat\/pgstat.stat|pg_logical\/replorigin_checkpoint|pg_wal\/0/d" | sort) >"$side.files"
        grep -v '^#' "$side/$1/pg_hba.conf" | grep -v '^ *$' | sed -E 's/ +/ /g' >"$side.hba"
        grep -E '^m(ax|in)_wal_size' "$side/$1/postgresql.conf" | sed 's/[[:space:]]*#.*//' >"$side.wal"
        as_owner "$theirs/pg_controldata" "$TEST_DIR/$side/$1" |
            grep -Ev '^(Database system identifier|pg_control last modified|Time of latest|Mock auth|Latest checkpoint|Fake LSN)' \
                >"$side.control"
    done
    diff theirs.files ours.files >files.diff || fail "files of $1: $(cat files.diff)"
    diff theirs.wal ours.wal >wal.diff || fail "sizes of the log of $1: $(cat wal.diff)"
    diff theirs.hba ours.hba >hba.diff || fail "pg_hba.conf of $1: $(cat hba.diff)"
    diff theirs.control ours.control >control.diff || fail "pg_controldata of $1: $(cat control.diff)"
    ok "the same files, modes, pg_hba.conf and parameters: $1"
}

# What initdb says of steps that we do not have, and how it names what we do.
steps='/^(creating subdirectories|selecting|creating configuration|performing|syncing|running bootstrap)/d; /warning: enabling "trust"|hint: You can change this by/d; s#(-D )?.*(pg_?ctl) -D #\2 -D #; s/pg_ctl/pgctl/; /Sync to disk skipped|operating system crashes/d'

both initdb -k -N -D DIR/plain
said "a new cluster" "$steps"
made plain
both initdb -k -N -D DIR/grouped -g --wal-segsize=4 -U someone -A scram-sha-256 --auth-local=peer --no-instructions
said "one with options" "$steps"
made grouped
both initdb -k -N -D DIR/linked -X DIR/wal --locale=C -E UTF8 -T simple --no-instructions
said "one with its log elsewhere" "$steps"
made linked
[ -L ours/linked/pg_wal ] && [ -d ours/wal/archive_status ] || fail "the log is not where it was wanted"
both initdb -N -D DIR/bare --no-instructions --no-locale --no-data-checksums 2>/dev/null || true
[ "$(as_owner "$theirs/pg_controldata" "$TEST_DIR/ours/bare" | sed -n 's/^Data page checksum version: *//p')" = 0 ] ||
    fail "--no-data-checksums left them on"
ok "checksums can be left out"

# What TZ says is taken by both when it is a zone. (Of what is none theirs makes one, ours asks the machine.)
for zone in Europe/Berlin EST5EDT Asia/Kolkata; do
    TZ=$zone both initdb -N -D "DIR/zone_${zone//\//_}" --no-instructions
    said "the time zone of TZ=$zone" -n '/selecting default time zone/p'
    [ -s theirs.said ] || fail "no time zone is told"
    for side in theirs ours; do
        grep -E '^(log_)?timezone' "$side/zone_${zone//\//_}/postgresql.conf" | sed 's/[[:space:]]*#.*//' | sort >"$side.zone"
    done
    diff theirs.zone ours.zone >zone.diff || fail "settings of TZ=$zone: $(cat zone.diff)"
done

refused()
{
    both initdb "$@"
    said "refused alike: $*" '/^(The files belonging|This user must|The database cluster will|The default|Data page)/d; s/ +(LC_[A-Z]+|provider): .*//'
}

refused -D DIR/plain
refused -D DIR/x --wal-segsize=3
refused -D DIR/x -E nonsense
refused -D DIR/x --locale=nonsense
refused -D DIR/x -U pg_me
refused -D DIR/x -A nonsense
refused -D DIR/x -W --pwfile=/dev/null
[ ! -e ours/x ] || fail "a refused start left a folder"

# ---- pg_ctl ----

for side in theirs ours; do
    as_owner mkdir -p "$TEST_DIR/$side/sock"
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$TEST_DIR/$side/sock'" >>"$side/plain/postgresql.conf"
done
stop_both()
{
    local side
    for side in theirs ours; do
        as_owner "${!side}/pg_ctl" -D "$TEST_DIR/$side/plain" -m immediate stop >/dev/null 2>&1 || true
    done
}
at_end stop_both

# The number of dots tells how long it took; a server tells the path that it really has.
dots='s/\.\.\.+/.../; s/PID: [0-9]+/PID: N/g; s#^(/.*/)?(pgserver|postgres) "#SERVER "#'
both pg_ctl -D DIR/plain status
said "status of a server that does not run" "$dots"
both pg_ctl -D DIR/nowhere status
said "status of nothing" "$dots"
both pg_ctl -D DIR/sock status
said "status of a folder that is no cluster" "$dots"
both pg_ctl -D DIR/plain stop
said "stop of a server that does not run" "$dots"
both pg_ctl -D DIR/plain -l DIR/log -w start
said "start" "$dots"
both pg_ctl -D DIR/plain -s status
said "status" "$dots"
both pg_ctl -D DIR/plain reload
said "reload" "$dots"
both pg_ctl -D DIR/plain promote
said "promote of a primary" "$dots"
both pg_ctl -D DIR/plain -l DIR/log restart
said "restart" "$dots"
both pg_ctl -D DIR/plain -m smart stop
said "stop" "$dots"
printf 'nonsense = 1\n' | tee -a theirs/plain/postgresql.conf >>ours/plain/postgresql.conf
both pg_ctl -D DIR/plain -l DIR/log start
said "start that fails" "$dots"
both pg_ctl -D DIR/plain nonsense
said "a command that there is not" "$dots"
both pg_ctl kill NONSENSE 1
said "a signal that there is not" "$dots"
both pg_ctl kill TERM 99999999
said "a process that there is not" "$dots"
assert_eq "${different[*]}" "" "both say the same"
