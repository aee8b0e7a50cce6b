#!/usr/bin/env bash
# list_kinds.sh - hold the WAL of a cluster against the table of all record kinds
#
#   list_kinds.sh PGDATA
#
# Reads all timelines with the real pg_waldump, prints each row of record_kinds.txt with the number
# of records met, and ends with 1 when a kind that can be reached was not met, or one was met that
# the table lacks or calls unreachable. The cluster must be shut down.
set -euo pipefail
export LC_ALL=C

kinds=$(cd "$(dirname "$0")" && pwd -P)/record_kinds.txt
pgdata=${1:?usage: list_kinds.sh PGDATA}
bin=${HOLDFAST_TEST_PG_15:-/usr/lib/postgresql/15/bin}
[ ! -d "$bin/bin" ] || bin=$bin/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The LSN at which the oldest segment begins.
first_lsn()
{
    local segment size
    segment=$(cd "$pgdata/pg_wal" && find . -name '????????????????????????' -printf '%f\n' |
        sort | head -1)
    size=$(stat -c %s "$pgdata/pg_wal/$segment")
    printf '%X/%X\n' "$((16#${segment:8:8}))" "$((16#${segment:16:8} * size))"
}

# Where a timeline left its parent: the last line of its history file.
switch_lsn()
{
    grep -v -e '^#' -e '^$' "$pgdata/pg_wal/$(printf '%08X' "$1").history" | tail -1 | cut -f 2
}

# The records of all timelines, each up to where the next one leaves it. pg_waldump reports the end
# of WAL as an error: it has to be that of the last timeline, right behind the shutdown checkpoint.
dump()
{
    local tli=1 start last checkpoint
    start=$(first_lsn)
    while [ -f "$pgdata/pg_wal/$(printf '%08X' $((tli + 1))).history" ]; do
        "$bin/pg_waldump" -p "$pgdata/pg_wal" -t $tli -s "$start" -e "$(switch_lsn $((tli + 1)))"
        tli=$((tli + 1))
        start=$(switch_lsn $tli)
    done
    "$bin/pg_waldump" -p "$pgdata/pg_wal" -t $tli -s "$start" 2>"$scratch/end" >"$scratch/last" || true
    cat "$scratch/last"
    last=$(tail -1 "$scratch/last")
    checkpoint=$("$bin/pg_controldata" "$pgdata" | sed -n 's/^Latest checkpoint location: *//p')
    if [[ "$last" != *"lsn: ${checkpoint%/*}/"*"${checkpoint#*/},"*"CHECKPOINT_SHUTDOWN"* ]]; then
        echo "the WAL ends before the shutdown at $checkpoint: $(cat "$scratch/end")" >&2
        return 1
    fi
}

# One line a record: the resource manager, TAB, the kind.
dump >"$scratch/records"
sed -E 's/^rmgr: ([^ ]+) .*, desc: ([^ ]+).*/\1\t\2/; s/\t\t/\t/' "$scratch/records" >"$scratch/kinds"

awk -F '\t' '
    FNR == NR { met[$1 "\t" $2]++; next }
    /^#/ || /^$/ { next }
    {
        kind = $1 "\t" $2
        listed[kind] = 1
        count = met[kind] + 0
        verdict = count ? "seen" : "not seen"
        if (($3 == "yes") != (count > 0)) {
            verdict = verdict ($3 == "yes" ? ", though it can be reached" : ", though listed as unreachable")
            wrong++
        }
        printf "%-18s %-24s %8d  %s%s\n", $1, $2, count, verdict, ($4 == "" ? "" : ": " $4)
    }
    END {
        for (kind in met) {
            if (!(kind in listed)) {
                sub(/\t/, " ", kind)
                print "not in the table: " kind
                wrong++
            }
        }
        printf "%d kinds listed, %d wrong\n", length(listed), wrong
        exit wrong > 0
    }' "$scratch/kinds" "$kinds"
