#!/usr/bin/env bash
# real_wal_reads_as_in_pg_waldump.sh - the log of a server, whole, in part, and damaged
#
# Each round of damage changes a byte or a page, cuts or removes a segment, and reads some part of
# the log. HOLDFAST_TEST_DAMAGES rounds (30), from HOLDFAST_SEED.
. "$(dirname "$0")/compare.sh"

segment_size=$((1024 * 1024))
topics="xact heap storage btree"
[ -z "${HOLDFAST_WORLD:-}" ] || topics="xids freeze xact heap heap2 heap_concurrent storage btree
    hash gin gist spgist brin generic xlog crash timeline"
bash "$TOP_SRCDIR/tests/redo/run_workload.sh" --wal-segsize 1 --topics "$topics" \
    "$TEST_DIR/workload" >workload.log 2>&1 || fail "the workload: $(tail -5 workload.log)"
wal=$TEST_DIR/workload/data/pg_wal
segments=()
for file in "$wal"/00000001????????????????; do
    segments+=("$(basename "$file")")
done
first=${segments[0]}
last=${segments[-1]}

# The LSN of a byte, counted from the beginning of segment $1.
lsn()
{
    local at=$((16#${1:16} * segment_size + $2))
    printf '%X/%X' $((16#${1:8:8})) "$at"
}

note "whole, and in part"
compare -p "$wal" "$first" "$last"
[ "$compare_lines" -gt 10000 ] || fail "too few records: $compare_lines"
compare -p "$wal" -b "$first" "$last"
compare -p "$wal" -z "$first" "$last"
compare -p "$wal" --stats=record "$first" "$last"
compare -p "$wal" "$first"
compare -p "$wal" -r Transaction -r xlog "$first" "$last"
xid=$(sed -n '/desc: COMMIT /s/.* tx: *\([1-9][0-9]*\), .*/\1/p' "$TEST_DIR/our.out" | sed -n 50p)
compare -p "$wal" -w -b "$first" "$last"
compare -p "$wal" -F vm "$first" "$last"
relation=$(grep -aom 1 'rel 1663/[0-9]*/[0-9]* blk 3' "$TEST_DIR/our.out" || true)
relation=${relation#rel }
compare -p "$wal" -R "${relation% blk 3}" "$first" "$last"
compare -p "$wal" -R "${relation% blk 3}" -B 3 -F main "$first" "$last"
compare -p "$wal" -x "$xid" "$first" "$last"
[ "$compare_lines" -gt 0 ] || fail "transaction $xid has no records"
compare -p "$TEST_DIR/workload/data" -s "$(lsn "$first" 12345)" -n 1000
compare -p "$wal" -s "$(lsn "$first" 12345)" -e "$(lsn "$first" 99999)"
compare "$wal/$first" "$wal/${segments[3]}"

note "other time zones"
TZ=Europe/Berlin compare -p "$wal" -r Transaction "$first" "$last"
TZ=Asia/Kolkata compare -p "$wal" -r Transaction "$first"

note "damage"
damages=${HOLDFAST_TEST_DAMAGES:-30}
RANDOM=${HOLDFAST_SEED:=$RANDOM}
note "HOLDFAST_SEED=$HOLDFAST_SEED"
below() # LIMIT up to 2^30
{
    echo $(((RANDOM << 15 | RANDOM) % $1))
}
put() # FILE OFFSET: a random byte
{
    # shellcheck disable=SC2059
    printf "\\x$(printf %02x $((RANDOM % 256)))" |
        dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
some=("${segments[@]:20:4}")
middle=${some[1]}
mkdir damaged
restore()
{
    rm -f damaged/*
    local segment
    for segment in "${some[@]}"; do
        cp "$wal/$segment" damaged/
    done
    owner_path damaged
}
whole() # WHAT WORDS: all four segments, and what has to be said of them
{
    owner_path damaged
    compare -p damaged "${some[0]}" "${some[3]}"
    grep -qE "$2" "$TEST_DIR/our.err" || fail "$1: $(cat "$TEST_DIR/our.err")"
    compare -p damaged --stats=record "${some[0]}" "${some[3]}"
    compare -p damaged -q "$middle"
    restore
}
restore
record=$(as_owner "$theirs" -p "$wal" -s "$(lsn "$middle" 500000)" -n 1 | sed -n 's/^rmgr.*, lsn: \([^,]*\),.*/\1/p')
at=$((16#${record#*/}))
record=$(printf '%X/%X' $((16#${record%/*})) "$at")
printf '\xff\xee\xdd' | dd of="damaged/$middle" bs=1 seek=$((at % segment_size + 20)) conv=notrunc status=none
whole "a record in the middle" "incorrect resource manager data checksum in record at $record\$"
printf '\x05\x00\x00\x00' | dd of="damaged/$middle" bs=1 seek=$((at % segment_size)) conv=notrunc status=none
whole "its length" "invalid record length at $record: wanted 24, got 5\$"
printf '\xff\xff\xff\x7f' | dd of="damaged/$middle" bs=1 seek=$((at % segment_size)) conv=notrunc status=none
whole "a length of 2 GiB" "(invalid contrecord length [0-9]+ \(expected [0-9]+\)|there is no contrecord flag) at $record\$"
dd if=/dev/zero of="damaged/$middle" bs=8192 seek=64 count=64 conv=notrunc status=none
whole "a tail of zeros" "invalid magic number 0000 in log segment $middle, offset 524288"
truncate -s 600000 "damaged/$middle"
whole "a cut segment" "could not read from file $middle, offset 600000: read 0 of 6208"
truncate -s 100 "damaged/$middle"
whole "cut in the first page" "could not read from file $middle, offset 100: read 0 of 8092"
rm "damaged/$middle"
whole "a missing segment" "could not find file \"$middle\": No such file or directory"
cp "damaged/${some[0]}" "damaged/$middle"
whole "another segment" "unexpected pageaddr .* in log segment $middle, offset 0"
printf '\x00\x00\x20\x00' | dd of="damaged/$middle" bs=1 seek=32 conv=notrunc status=none
whole "another segment size" "incorrect segment size in page header"
printf '\x00\x10' | dd of="damaged/$middle" bs=1 seek=36 conv=notrunc status=none
whole "another page size" "incorrect XLOG_BLCKSZ in page header"
printf '\x00' | dd of="damaged/$middle" bs=1 seek=$((8192 * 64 + 4)) conv=notrunc status=none
whole "a timeline of old" "out-of-sequence timeline ID 0 \(after 1\) in log segment $middle, offset 524288"

# pg_waldump would not notice, since these records still fit.
printf '\x01\x02\x03' | dd of="damaged/$middle" bs=1 seek=24 conv=notrunc status=none
owner_path damaged
assert_exit 1 "$ours" -q -p damaged "${some[0]}" "${some[3]}"
assert_contains "$run_err" "WAL file is from different database system" "a segment of another cluster is refused"
restore

for ((round = 0; round < damages; round++)); do
    restore
    victim=damaged/${some[RANDOM % 4]}
    page=$((RANDOM % (segment_size / 8192)))
    # A missing segment costs pg_waldump five seconds.
    case $((RANDOM % 20)) in
        [0-5]) put "$victim" "$(below $segment_size)" ;;
        [6-9] | 10) put "$victim" $((page * 8192 + RANDOM % 40)) ;;
        1[1-4]) dd if=/dev/zero of="$victim" bs=8192 seek=$page count=1 conv=notrunc status=none ;;
        1[5-8]) truncate -s "$(below $segment_size)" "$victim" ;;
        19) rm "$victim" ;;
    esac
    owner_path damaged
    from=$(below $segment_size)
    # Without a name pg_waldump asks the file that the file system names first for the segment size.
    kind=$((RANDOM % 4))
    if ! cmp -s -n 8192 "$victim" "$wal/${victim##*/}"; then
        kind=$((RANDOM % 2 * 3))
    fi
    case $kind in
        0) part=("${some[0]}" "${some[3]}") ;;
        1) part=(-s "$(lsn "${some[0]}" "$from")") ;;
        2) part=(-s "$(lsn "${some[0]}" "$from")" -e "$(lsn "${some[2]}" "$(below $segment_size)")") ;;
        3) part=("${some[0]}" "${some[3]}" -e "$(lsn "${some[3]}" $((from + 1)))") ;;
    esac
    [ $((RANDOM % 3)) != 0 ] || part+=(--stats)
    compare_quietly -p damaged "${part[@]}"
done
ok "$damages kinds of damage"
