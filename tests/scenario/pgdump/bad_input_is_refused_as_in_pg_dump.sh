#!/usr/bin/env bash
# bad_input_is_refused_as_in_pg_dump.sh - wrong options, names, rights and lost connections: pg_dump's messages and exit codes
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
# shellcheck source=tests/scenario/pgdump/dump_lib.sh
. "$TEST_SRC/dump_lib.sh"

cluster_init main
cluster_start main
every_kind main

dump_compare_all main every <<'X'
-t nosuch
-n nosuch
-e nosuch
--strict-names -t plain -t nosuch
--strict-names -n app -n nosuch
-t a.b.c.d
-n a.b
-t x.y.z
-a -s
-a -c
--if-exists
--on-conflict-do-nothing
-E foo
--role=nosuch
--restrict-key=a/b
--rows-per-insert=0
--extra-float-digits=9
-j 2
-Z 10
-F x
--section=foo
--snapshot=nosuch
every more
X
assert_contains "$(cat ours.err)" 'too many command-line arguments' "a word too much is refused"

in_cluster main nosuch "$HOLDFAST_BIN/pgdump" >none.sql 2>none.err && fail "a database that is not there was dumped"
assert_contains "$(cat none.err)" 'database "nosuch" does not exist' "a database that is not there"

# Somebody without rights to the tables. (pg_dump locks one after the other, pgdump all at once: that is in the detail.)
dump_user=dumper
dump_both main every
dump_user=postgres
assert_eq "$ours" "$theirs" "a dump without rights has pg_dump's exit code"
assert_eq "$(head -1 ours.err)" "$(head -1 theirs.err)" "and its message"
assert_contains "$(cat ours.err)" 'permission denied for table plain' "rights are asked for"

# Large objects are no kind that is known: refused where pg_dump would have them, and only there.
sql main postgres "create database large"
sql main large "create table t (a integer); select lo_create(0)" >/dev/null
for options in '' '-a' '-t t -b' '-n public -b' '-B -b'; do
    # shellcheck disable=SC2086 # several options
    dump_both main large $options
    assert_contains "$(cat theirs.sql)" 'Type: BLOB' "pg_dump $options has large objects"
    [ "$ours" = 1 ] || fail "$options: a large object is left out without a word"
    assert_contains "$(cat ours.err)" 'cannot dump large object' "$options: large objects are refused"
done
dump_compare_all main large <<'X'
-B
-s
-s -b
-t t
-n public
X

# Rows that cannot be written in the encoding that was asked for: the middle of a dump fails.
dump_both main every -E LATIN1
assert_eq "$ours" "$theirs" "a dump whose rows fail has pg_dump's exit code"
diff theirs.err ours.err >differs || fail "messages differ: $(head differs)"
in_cluster main every "$HOLDFAST_BIN/pgdump" -E LATIN1 -f "$PWD/part.sql" 2>part.err && fail "it did not fail"
[ ! -e part.sql ] && ! compgen -G 'part.sql*' >/dev/null || fail "a failed dump leaves something: $(ls part.sql*)"
ok "a dump that fails leaves no file"

# Nobody reads any more; no room.
in_cluster main every bash -c '"$0" --inserts 2>pipe.err | head -c 100 >/dev/null; exit "${PIPESTATUS[0]}"' \
    "$HOLDFAST_BIN/pgdump" && fail "a closed pipe is no error"
ok "a closed pipe is an error"
in_cluster main every "$HOLDFAST_BIN/pgdump" -f /dev/full 2>full.err && fail "a full disk is no error"
assert_contains "$(cat full.err)" 'No space left on device' "a full disk is an error"

# The server goes away in the middle: a lock holds the dump back until then.
session_open keeper main -d every
session_run keeper "begin; lock table public.plain in access exclusive mode"
in_cluster main every "$HOLDFAST_BIN/pgdump" --lock-wait-timeout=50 >lock.sql 2>lock.err && fail "the lock did not time out"
assert_contains "$(cat lock.err)" 'canceling statement due to statement timeout' "a lock that lasts too long"
dump_until_lost()
{
    local code=0
    in_cluster main every "$HOLDFAST_BIN/pgdump" -f "$PWD/lost.sql" 2>lost.err || code=$?
    echo "$code" >lost.code
}
dump_until_lost &
is_waiting()
{
    [ "$(sql main postgres "select count(*) from pg_stat_activity where application_name = 'pgdump' and wait_event_type = 'Lock'")" = 1 ]
}
wait_until "pgdump waits for the lock" is_waiting
sql main postgres "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgdump'" >/dev/null
wait_until "pgdump ends" test -s lost.code
assert_eq "$(cat lost.code)" 1 "exit code after a lost connection"
[ ! -e lost.sql ] || fail "a file is there after a lost connection"
ok "a lost connection leaves no file"
