#!/usr/bin/env bash
# broken_wires_leave_nothing.sh - a connection that is reset or closed anywhere in a backup, or brings a changed byte, ends
# it with an error and nothing is left; a backup that succeeds all the same is whole
#
# HOLDFAST_TEST_BREAKS breaks (24; with HOLDFAST_WORLD 600), chosen by HOLDFAST_SEED. A byte that changes within a file of
# the cluster cannot be seen here: that is what the manifest is for.
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
wire=$HOLDFAST_BUILD/tests/scenario/pgbasebackup/bad_wire
[ -x "$wire" ] || skip "bad_wire is not built"
breaks=${HOLDFAST_TEST_BREAKS:-${HOLDFAST_WORLD:+600}}
HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM}
RANDOM=$((HOLDFAST_SEED % 32768))
note "HOLDFAST_SEED=$HOLDFAST_SEED HOLDFAST_TEST_BREAKS=${breaks:=24}"
backup_main --wal-segsize 1 --set 'min_wal_size = 2MB' --set 'log_min_messages = fatal'
cluster_sql main "update pg_database set datistemplate = false; drop database template0"
verify=$(cluster_tool main pg_verifybackup)
port=$(cluster_find_port)

# over WORD...: a backup through a wire that does what the words say; $run_code, $run_err, and what passed in the file passed.
over()
{
    local wire_pid
    rm -rf copy copy.s passed
    : >passed
    "$wire" "$port" "$(cluster_socket_dir main)/.s.PGSQL.$(cluster_port main)" "$@" >passed &
    wire_pid=$!
    wait_until "the wire" grep -q ready passed
    # shellcheck disable=SC2086 # words
    run timeout 60 "$BACKUP" -h 127.0.0.1 -p "$port" -U postgres -cfast -N -D "$TEST_DIR/copy" \
        -T "$SPACE=$TEST_DIR/copy.s" $options
    kill "$wire_pid"
    { wait "$wire_pid" || true; } 2>/dev/null
}

# How many bytes the server sends over a connection of an undisturbed backup.
sent_over()
{
    awk -v n="$1" '$1 == n { print $2 }' passed
}

# any_offset BYTES: at the beginning, at the end or anywhere between.
any_offset()
{
    case $((RANDOM % 3)) in
        0) offset=$((RANDOM % 3000)) ;;
        1) offset=$(($1 - 1 - RANDOM % 4000)) ;;
        2) offset=$((RANDOM * 32768 + RANDOM)) ;;
    esac
    offset=$((offset < 0 ? 0 : offset % $1))
}

failed=0 whole=0
actions=(reset close flip flip)
kinds=("-Fp" "-Fp -R -X fetch" "-Ft -z" "-Fp -Z server-gzip:1" "-Ft -Z server-zstd:1 -X fetch" "-Ft -R")
for ((n = 0; n < breaks; n++)); do
    options=${kinds[n * ${#kinds[@]} / breaks]}
    if [ "$options" != "${known-}" ]; then
        over
        [ "$run_code" = 0 ] || fail "$options: undisturbed: $run_err"
        known=$options counts=("$(sent_over 1)" "$(sent_over 2)")
    fi
    connection=1
    [ -z "${counts[1]}" ] || connection=$((RANDOM % 3 == 0 ? 2 : 1))
    any_offset "${counts[connection - 1]}"
    action=${actions[RANDOM % ${#actions[@]}]}
    case="$options: $action at byte $offset of connection $connection"
    over "$action" "$connection" "$offset"
    if [ "$run_code" = 0 ]; then
        whole=$((whole + 1))
        [[ "$action" = flip || "$options" = *-Ft* ]] || {
            run "$verify" copy
            [ "$run_code" = 0 ] || fail "$case: $run_err"
        }
    else
        failed=$((failed + 1))
        [[ "$run_code" = 1 && "$run_err" = *"error: "* ]] || fail "$case: exit code $run_code: $run_err"
        [ ! -e copy ] && [ ! -e copy.s ] || fail "$case: left $(find copy copy.s | head -5); $run_err"
        note "$case: $(grep -m 1 error: <<<"$run_err")"
    fi
done
ok "$failed of $breaks breaks ended the backup, $whole did not matter"
cluster_wait_sql main "select count(*) = 0 from pg_replication_slots" "end of the slots"
