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
