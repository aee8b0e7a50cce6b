#!/usr/bin/env bash
# switches_on_and_off.sh - checksums come and go; what pgchecksums wrote, pg_checksums and the server like
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)/pg_checksums
mine=${HOLDFAST_BIN:?}/pgchecksums

cluster_init main --no-checksums
data=$(cluster_dir main)
cluster_start main
cluster_sql main "create table t as select g, repeat('x', 50) from generate_series(1, 20000) g;
                  create index on t (g); vacuum t"
run "$mine" -e "$data"
assert_contains "$run_err" "cluster must be shut down" "a running cluster is refused"
cluster_stop main

assert_exit 1 "$mine" -c "$data"
assert_contains "$run_err" "data checksums are not enabled in cluster" "nothing to check"
assert_exit 1 "$mine" -d "$data"
assert_contains "$run_err" "data checksums are already disabled in cluster" "nothing to switch off"

# The same counts as the original's, on a copy.
cp -a "$data" copy
run "$theirs" -e "$TEST_DIR/copy"
counts=$run_out
assert_exit 0 "$mine" -e -P "$data"
assert_eq "$run_out" "$counts" "output of --enable"
assert_contains "$run_err" "MB (100%) computed" "progress was shown"
assert_contains "$run_err" "updating control file" "pg_control is written"
for file in "$data"/base/5/[0-9]* "$data"/global/[0-9]*; do
    cmp "$file" "$TEST_DIR/copy/${file#"$data"/}" || fail "$file differs from the original's"
done
ok "every relation file equals the original's"
assert_exit 0 "$theirs" -c "$data"
cluster_start main
assert_eq "$(cluster_sql main "select count(*), current_setting('data_checksums') from t")" "20000|on" \
    "the server reads what was written"
cluster_stop main

assert_exit 0 "$mine" -d -v -N "$data"
assert_contains "$run_out" "Data checksum version: 0" "the new version is shown"
assert_contains "$run_out" "Checksums disabled in cluster" "switched off"
[[ "$run_err" != *syncing* ]] || fail "--no-sync syncs"
assert_exit 0 "$mine" -e -N -j 4 "$data"
assert_contains "$run_out" "Blocks written: 0" "right checksums are not written again"

# Without standard error the first relation would be file number 2, and have the messages written into it.
for ((i = 1; i <= 3; i++)); do
    rm -rf copy
    cp -a "$data" copy
    owner_path copy
    assert_exit 0 "$mine" -d -N "$TEST_DIR/copy"
    # Wrong checksums, so that there is something to write and to say.
    for file in copy/base/5/[1-9]*[0-9]; do
        [ ! -s "$file" ] || printf '\001\002' | dd of="$file" bs=1 seek=8 conv=notrunc status=none
    done
    assert_exit 0 sh -c 'exec "$@" 2>&-' sh "$mine" -e -v -j 8 "$TEST_DIR/copy"
    assert_eq "$(grep -rl "pgchecksums: " copy || true)" "" "no message went into a relation"
    assert_exit 0 "$theirs" -c "$TEST_DIR/copy"
done
assert_exit 1 sh -c 'exec "$@" 1>&-' sh "$mine" -c "$data"
assert_contains "$run_err" "could not write to standard output" "that there is no standard output is an error"
