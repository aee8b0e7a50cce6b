#!/usr/bin/env bash
# shows_clusters_of_all_versions.sh - versions beside 15, and JSON
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
program=${HOLDFAST_BIN:?}/pgcontroldata

for major in 13 14 15 16 17 18; do
    if ! cluster_find_bin "$major" >/dev/null; then
        echo "SKIP: needs PostgreSQL $major: set HOLDFAST_TEST_PG_$major to its directory"
        continue
    fi
    cluster_init "c$major" --major "$major"
    data=$(cluster_dir "c$major")
    assert_exit 0 "$program" "$data"
    assert_contains "$run_out" "Database cluster state:               shut down" "$major: the state"
    [[ "$run_out" != *WARNING* ]] || fail "$major: $run_out"
    if [ "$major" -ge 18 ]; then
        assert_contains "$run_out" "Default char data signedness:         signed" "$major: signedness"
    else
        # Layouts up to 17 are one, so the judge is 15's program.
        theirs=$(as_owner "$(cluster_find_bin 15)/pg_controldata" "$data")
        assert_eq "$run_out" "$theirs" "$major: as pg_controldata prints it"
    fi
    system_id=$(awk '/^Database system identifier/ { print $NF }' <<<"$run_out")
    assert_exit 0 "$program" --json "$data"
    assert_contains "$run_out" "\"version\": $major," "$major: JSON has the version"
    assert_contains "$run_out" "\"system_identifier\": \"$system_id\"" "$major: JSON has the id"
    assert_contains "$run_out" '"crc_is_right": true' "$major: JSON says the CRC is right"
done
