#!/usr/bin/env bash
# restores_to_random_times.sh - a hot backup of PostgreSQL under load, restored to random times
. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"
. "$TEST_LIB/random_times.sh"

random_times_check
