#!/usr/bin/env bash
# options_and_errors_are_those_of_pg_waldump.sh - what is refused, and in which words
. "$(dirname "$0")/compare.sh"

first=000000010000000000000001
second=000000010000000000000002
third=000000010000000000000003
mkdir wal data empty
"$HOLDFAST_BUILD/tests/scenario/pgwaldump/forge_wal" "wal/$first" 1
"$HOLDFAST_BUILD/tests/scenario/pgwaldump/forge_wal" "wal/other" 2
cp -r wal data/pg_wal
owner_path wal data

note "options"
compare
compare -r list
compare -r foo
compare -r custom007 -p wal "$first"
compare -r custom0128 -p wal "$first"
compare -r HEAP -p wal "$first" -n 1
compare -x abc
compare -n x
compare -n "" -p wal
compare -F foo
compare -R foo
compare -R 1/2
compare -R 1/2/0
compare -R 0/1/12
compare -B x
compare -B 1
compare -B 4294967295 -R 1663/1/1
compare -t x
compare -s zz
compare -e 1000028 -p wal
compare --stats=foo
compare --block
compare --limit
compare --foo
compare -y
compare a b c

note "folders and segments"
compare -p nowhere
compare "nowhere/$first"
compare "wal/$first/$first"
compare -p "wal/$first"
compare -p empty -s 0/1000028
compare -p wal
compare -s 0/1
compare -p wal -s 0/0
compare -p data -n 1 -s 0/1000028
compare -p data "$first" -n 1
compare "wal/$first" -n 1
compare "wal/$first" -n 2 -t 5
compare -t 2 -p wal -s 0/1000028
compare nosuch
compare -p wal nosuch
compare -p wal other -n 1
compare -p wal "$first" "$second"
compare -p wal -q "$first"
compare -p wal "$first" -s 0/2000028
compare -p wal "$first" -e 0/3000028
compare -p wal -s 0/1000028 -e 0/1000028
compare -p wal -s 0/1000030 -n 1
compare -p wal -s 0/1000030 -n 1 -q
PGDATA=data compare -s 0/1000028 -n 1
(cd data && compare -s 0/1000028 -n 1)
(cd data/pg_wal && compare "$first" -n 1)

note "files that are no segments"
cp "wal/$first" "wal/$first.partial"
owner_path wal
compare -p wal -n 1 "$first.partial"
mkdir partial
mv "wal/$first.partial" partial/
compare -p partial -n 1 "$first.partial"
compare -p partial -n 1 "$first"
cp "wal/$first" "wal/$second"
owner_path wal
compare -p wal "$first" "$second"
compare -p wal "$second" "$first"
compare -p wal "$second"
cp "wal/$first" "wal/${second/1/2}"
owner_path wal
compare -p wal "$first" "${second/1/2}"
compare -p wal "${second/1/2}"
compare -p wal -t 2 "$first"
rm "wal/${second/1/2}"
truncate -s 4096 "wal/$second"
compare -p wal "$second"
truncate -s 0 "wal/$second"
compare -p wal "$second"
mkdir "wal/$third"
compare -p wal "$third"
mkdir sizes
cp "wal/$first" "sizes/$first"
owner_path sizes
printf '\x00\x00\x30\x00' | dd of="sizes/$first" bs=1 seek=32 conv=notrunc status=none
compare -p sizes "$first"
compare -p sizes -s 0/1000028
printf '\x01\x00\x00\x00' | dd of="sizes/$first" bs=1 seek=32 conv=notrunc status=none
compare -p sizes "$first"

note "a damaged segment beside a good one"
mkdir beside
cp "wal/$first" beside/
cp "sizes/$first" "beside/000000010000000000000000"
owner_path beside
assert_exit 1 "$ours" -p beside -s 0/1000028 -q
assert_contains "$run_err" 'could not find file "000000010000000000000002"' "the size of a segment is that which some file says"

note "what we refuse and pg_waldump does not"
for value in "-n 3x" "-n -1" "-x 12abc" "-x 99999999999" "-B 1x -R 1/1/1" "-R 1/1/12x" "-t 1x"; do
    # shellcheck disable=SC2086
    assert_exit 1 "$ours" -p wal $value "$first"
    assert_contains "$run_err" "pg_waldump: error: invalid" "$value is no number"
done
assert_exit 0 "$ours" --version
assert_contains "$run_out" "pg_waldump (PostgreSQL) 15." "the version is pg_waldump's under its name"
assert_exit 0 "$ours" --help
assert_contains "$run_out" "[OPTION]... [STARTSEG [ENDSEG]]" "help is there"
