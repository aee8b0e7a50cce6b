#!/usr/bin/env bash
# list_kinds.sh - hold the WAL of a cluster against the tables of all record kinds and forms
#
#   list_kinds.sh PGDATA
#
# Reads all timelines with the real pg_waldump, prints each row of record_kinds.txt and
# record_forms.txt with the number of records met, and ends with 1 when one that can be reached was
# not met, or one was met that the tables lack or call unreachable. The cluster must be shut down.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd -P)
kinds=$here/record_kinds.txt
forms=$here/record_forms.txt
pgdata=${1:?usage: list_kinds.sh PGDATA}
bin=${HOLDFAST_TEST_PG_15:-/usr/lib/postgresql/15/bin}
[ ! -d "$bin/bin" ] || bin=$bin/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Segment files of a timeline (a pattern for all), in order.
segments()
{
    (cd "$pgdata/pg_wal" && find . -name "${1}????????????????" -printf '%f\n') | sort
}

# The LSN at which the oldest segment begins.
first_lsn()
{
    local segment
    segment=$(segments '????????' | head -1)
    printf '%X/%X\n' "$((16#${segment:8:8}))" "$((16#${segment:16:8} * segment_size))"
}

# Where a timeline left its parent: the last line of its history file.
switch_lsn()
{
    grep -v -e '^#' -e '^$' "$pgdata/pg_wal/$(printf '%08X' "$1").history" | tail -1 | cut -f 2
}

# waldump TIMELINE START [option...]: from an LSN to the last segment. Without both names
# pg_waldump takes the segment size from any file, also from one made in advance, which has none.
waldump()
{
    local tli start=$2
    tli=$(printf '%08X' "$1")
    shift 2
    "$bin/pg_waldump" -p "$pgdata/pg_wal" -s "$start" "$@" \
        "$tli$(printf '%08X%08X' "0x${start%/*}" "$((0x${start#*/} / segment_size))")" \
        "$(segments "$tli" | tail -1)"
}

# The records of all timelines, each up to where the next one leaves it. pg_waldump reports the end
# of WAL as an error: it has to be that of the last timeline, right behind the shutdown checkpoint.
dump()
{
    local tli=1 start last checkpoint
    start=$(first_lsn)
    while [ -f "$pgdata/pg_wal/$(printf '%08X' $((tli + 1))).history" ]; do
        waldump $tli "$start" -e "$(switch_lsn $((tli + 1)))"
        tli=$((tli + 1))
        start=$(switch_lsn $tli)
    done
    waldump $tli "$start" 2>"$scratch/end" >"$scratch/last" || true
    cat "$scratch/last"
    last=$(tail -1 "$scratch/last")
    checkpoint=$("$bin/pg_controldata" "$pgdata" | sed -n 's/^Latest checkpoint location: *//p')
    if [[ "$last" != *"lsn: ${checkpoint%/*}/"*"${checkpoint#*/},"*"CHECKPOINT_SHUTDOWN"* ]]; then
        echo "the WAL ends before the shutdown at $checkpoint: $(cat "$scratch/end")" >&2
        return 1
    fi
}

segment_size=$("$bin/pg_controldata" "$pgdata" | sed -n 's/^Bytes per WAL segment: *//p')
dump >"$scratch/records"

# A row of record_kinds.txt: resource manager, kind, yes or no, why not; a row of record_forms.txt:
# with an expression in third place. Records are sorted out by kind first: few expressions each.
awk -F '\t' '
    FILENAME == ARGV[1] {
        if (/^#/ || /^$/)
            next
        row++
        manager[row] = $1
        kind[row] = $2
        wanted[row] = $3
        what[row] = $4
        listed[$1 " " $2] = row
        next
    }
    FILENAME == ARGV[2] {
        if (/^#/ || /^$/)
            next
        row++
        manager[row] = $1
        kind[row] = $2
        form[row] = $3
        wanted[row] = $4
        what[row] = $5
        next
    }
    # rmgr: Heap        len (rec/tot): ..., desc: INSERT off 4 flags 0x00, blkref #0: ...
    {
        split($0, word, " ")
        rest = substr($0, index($0, ", desc: ") + 8)
        name = rest
        sub(/[ ;].*/, "", name)
        key = word[2] " " name
        if (!(key in forms)) {
            forms[key] = ""
            for (i = 1; i <= row; i++)
                if (manager[i] == word[2] && (i in form) && name ~ "^" kind[i] "$")
                    forms[key] = forms[key] " " i
            if (!(key in listed)) {
                print "not in the table: " key
                wrong++
                listed[key] = 0
            }
        }
        count[listed[key]]++
        n = split(forms[key], candidate, " ")
        for (i = 1; i <= n; i++)
            if (rest ~ form[candidate[i]])
                count[candidate[i]]++
    }
    END {
        for (i = 1; i <= row; i++) {
            verdict = count[i] ? "seen" : "not seen"
            if ((wanted[i] == "yes") != (count[i] > 0)) {
                verdict = verdict ", though the table says otherwise"
                wrong++
            }
            printf "%-18s %-24s %8d  %s%s%s\n", manager[i], kind[i], count[i], verdict,
                (what[i] == "" ? "" : ": "), what[i]
        }
        printf "%d kinds and forms listed, %d wrong\n", row, wrong
        exit wrong > 0
    }' "$kinds" "$forms" "$scratch/records"
