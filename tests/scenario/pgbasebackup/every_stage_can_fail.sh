#!/usr/bin/env bash
# every_stage_can_fail.sh - an error at any fault point of a backup leaves nothing behind
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main

# points OPTION...: which fault points a backup passes.
points()
{
    rm -f passed
    run cluster_run main env HOLDFAST_FAULT_LIST="$TEST_DIR/passed" "$BACKUP" -cfast -D probe \
        -T "$SPACE=$TEST_DIR/probe space" "$@"
    [ "$run_code" = 0 ] || fail "$run_err"
    rm -rf probe "probe space"
    [ ! -e passed ] || sort -u passed | grep "^${filter:-pgbasebackup}"
}

[ -n "$(points -N)" ] || skip "needs a build with --enable-fault-points"
for form in -Fp -Ft; do
    for point in $(points "$form" -R); do
        run cluster_run main env HOLDFAST_FAULT="$point=error" "$BACKUP" -cfast -D copy \
            -T "$SPACE=$TEST_DIR/space a" "$form" -R
        assert_eq "$run_code" 1 "$form: an error at $point: ${run_err%%$'\n'*}"
        backup_left_nothing copy "space a"
    done
done
cluster_wait_sql main "select count(*) = 0 from pg_replication_slots" "end of the slots"

# Interrupted between the wish for a slot and its answer: whether there is one is not known, and said so.
touch gate
rm -f passed
cluster_run main env HOLDFAST_FAULT_LIST="$TEST_DIR/passed" HOLDFAST_FAULT="pgbasebackup.wal.slot_asked_for=wait:$TEST_DIR/gate" \
    "$BACKUP" -cfast -D copy -T "$SPACE=$TEST_DIR/space a" -C -S made 2>messages &
shell=$!
wait_until "the wish for a slot" grep -qs slot_asked_for passed
pkill -TERM -P "$shell" -f "$BACKUP" || kill -TERM "$shell"
rm gate
wait "$shell" || true
assert_contains "$(<messages)" 'replication slot "made" may have been created' "a slot that may be there is named"
backup_left_nothing copy "space a"
