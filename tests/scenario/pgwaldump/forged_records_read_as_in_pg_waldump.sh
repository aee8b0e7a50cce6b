#!/usr/bin/env bash
# forged_records_read_as_in_pg_waldump.sh - every kind of record, with values from a seed
. "$(dirname "$0")/compare.sh"

segment=000000010000000000000001
mkdir wal
for seed in 1 2 "${HOLDFAST_SEED:-$RANDOM}"; do
    note "HOLDFAST_SEED=$seed"
    "$HOLDFAST_BUILD/tests/scenario/pgwaldump/forge_wal" "wal/$segment" "$seed"
    owner_path wal
    compare -p wal "$segment"
    [ "$compare_lines" -gt 4000 ] || fail "too few records: $compare_lines"
    compare -p wal -b "$segment"
done
compare -p wal -z "$segment"
compare -p wal --stats=record "$segment"
compare -p wal -w "$segment"
compare -p wal -r custom137 -r heap2 "$segment"
compare -p wal -F vm "$segment"
compare -p wal -n 7 -b "$segment"
compare -p wal -q "$segment"
