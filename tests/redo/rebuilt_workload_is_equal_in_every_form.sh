#!/usr/bin/env bash
# rebuilt_workload_is_equal_in_every_form.sh - rebuild compressed, small-segmented, unchecked clusters
here=$(cd "$(dirname "$0")" && pwd -P)
set -e
bash "$here/rebuilt_workload_is_equal.sh" --compression pglz
bash "$here/rebuilt_workload_is_equal.sh" --compression zstd --wal-segsize 1
bash "$here/rebuilt_workload_is_equal.sh" --no-checksums
bash "$here/rebuilt_workload_is_equal.sh" --no-checksums --set "wal_log_hints = on"
bash "$here/rebuilt_workload_is_equal.sh" --set "track_commit_timestamp = off"
bash "$here/rebuilt_workload_is_equal.sh" --set "wal_consistency_checking = ''"
bash "$here/rebuilt_clusters_are_equal.sh" --no-checksums
HOLDFAST_TEST_REBUILD_TRANSACTIONS=20000 bash "$here/rebuilt_clusters_are_equal.sh"
