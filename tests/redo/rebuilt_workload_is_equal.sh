#!/usr/bin/env bash
# rebuilt_workload_is_equal.sh - a cluster that wrote every kind of record, rebuilt from its base copy
#
# Options are those of run_workload.sh.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

cluster_require 15
mkdir made
"$TEST_SRC/run_workload.sh" --base-copy "$TEST_DIR/made/base" "$@" "$TEST_DIR/made/run" \
    >workload.log 2>&1 || fail "run_workload.sh: $(tail -3 workload.log)"
mkdir base
mv made/base base/data
rm -rf base/data/pg_wal/*
owner_path base
cluster_adopt run "$TEST_DIR/made/run/data"

rebuild_judge base run
ok "the rebuilt cluster equals the real one"
rebuild_start base run
