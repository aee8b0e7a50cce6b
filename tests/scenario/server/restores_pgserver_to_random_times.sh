#!/usr/bin/env bash
# restores_pgserver_to_random_times.sh - a hot backup of our server under load, recovered by it to random times
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
. "$TEST_LIB/archiving.sh"
. "$TEST_LIB/random_times.sh"

random_times_check --bin "$(server_bin)"
