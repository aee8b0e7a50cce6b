#!/usr/bin/env bash
# switching_checksums_on_can_die_anywhere.sh - pgchecksums --enable killed or failing at any fault point, and --disable
#
# Whatever happens, a cluster whose pg_control says that it has checksums has them all, the same command brings the
# others there, and no file is left over.

. "$(dirname "$0")/crash_lib.sh"

cluster_require 15
crash_check_build
pgchecksums=$CRASH_BIN/pgchecksums
cluster_init main --no-checksums
cluster_start main
cluster_sql main "create table t as select g, repeat('x', 50) from generate_series(1, 2000) g; create index on t (g)"
cluster_stop main
theirs=$(cluster_tool main pg_checksums)
(cd main/data && find . | sort) >names

# A new cluster to work on; with checksums after any word.
copy_anew()
{
    rm -rf copy
    cp -a main/data copy
    [ $# = 0 ] || { as_owner "$pgchecksums" --enable --no-sync copy >/dev/null 2>&1 || fail "could not enable"; }
}

# judge CASE: it is a whole cluster in one state or the other, and no other files are in it.
judge()
{
    diff names <(cd copy && find . | sort) >names.diff || fail "$1: $(cat names.diff)"
    run "$theirs" --check copy
    [ "$run_code" = 0 ] || [[ "$run_err" == *"data checksums are not enabled in cluster"* ]] ||
        fail "$1: $(tail -3 <<<"$run_err")"
}

# visit HOW [word]: all planned cases of --HOW.
visit()
{
    local how=$1 case
    copy_anew ${2:+"$2"}
    crash_list passed "$pgchecksums" "--$how" copy
    crash_plan passed 2
    for case in "${crash_cases[@]}"; do
        copy_anew ${2:+"$2"}
        crash_run "$case" "$pgchecksums" "--$how" copy
        crash_ended "$case"
        judge "$how, $case"
        crash_run "" "$pgchecksums" "--$how" copy
        [ "$run_code" = 0 ] || [[ "$run_err" == *"data checksums are already ${how}d in cluster"* ]] ||
            fail "$how, $case: the next run: $run_err"
        judge "the run after $how, $case"
        visits=$((visits + 1))
    done
}

visits=0
visit enable
[[ "$(as_owner "$theirs" --check copy)" == *"Bad checksums:  0"* ]] || fail "the last cluster has no checksums"
visit disable enabled
cluster_adopt last "$TEST_DIR/copy"
cluster_start last
assert_eq "$(cluster_sql last "select count(*), current_setting('data_checksums') from t")" "2000|off" \
    "the server starts on the last one"
ok "$visits visits"
