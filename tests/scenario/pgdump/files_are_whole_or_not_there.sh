#!/usr/bin/env bash
# files_are_whole_or_not_there.sh - -f makes a file when the dump is complete; killed before, it leaves none of that name
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
# shellcheck source=tests/scenario/pgdump/dump_lib.sh
. "$TEST_SRC/dump_lib.sh"

cluster_init main
cluster_start main
sql main postgres "create table big as select n, repeat('x', 500) as t from generate_series(1, 150000) n"

is_writing()
{
    local file
    for file in killed.sql.*; do
        [ -s "$file" ] && return 0
    done
    return 1
}
for signal in KILL TERM; do
    rm -f killed.sql*
    in_cluster main postgres bash -c 'echo $$ >pid; exec "$0" -f killed.sql' "$HOLDFAST_BIN/pgdump" 2>killed.err &
    wait_until "pgdump writes" is_writing
    kill -"$signal" "$(cat pid)"
    wait $! && fail "it ended well in spite of SIG$signal"
    [ ! -e killed.sql ] || fail "SIG$signal leaves a file of the final name"
    [ "$signal" = KILL ] || ! compgen -G 'killed.sql*' >/dev/null || fail "SIG$signal leaves $(ls killed.sql*)"
    ok "SIG$signal leaves no file of the final name"
done

echo "what was there" >killed.sql
owner_path killed.sql
in_cluster main postgres bash -c 'echo $$ >pid; exec "$0" -f killed.sql' "$HOLDFAST_BIN/pgdump" 2>killed.err &
wait_until "pgdump writes" is_writing
kill -TERM "$(cat pid)"
wait $! && fail "it ended well in spite of SIGTERM"
assert_eq "$(cat killed.sql)" "what was there" "an older file stays as it was"

rm -f killed.sql*
in_cluster main postgres "$HOLDFAST_BIN/pgdump" --restrict-key=k -f killed.sql || fail "exit code $?"
in_cluster main postgres "$HOLDFAST_BIN/pgdump" --restrict-key=k >out.sql
cmp killed.sql out.sql || fail "a file holds something else than standard output"
assert_eq "$(ls killed.sql*)" killed.sql "nothing but the file is there at the end"
(umask 077 && in_cluster main postgres "$HOLDFAST_BIN/pgdump" -s -f "$PWD/private.sql")
assert_eq "$(stat -c %a private.sql)" 600 "the umask holds"

# What is there is replaced as it is: who may read it is not widened, and a link stays a link.
in_cluster main postgres "$HOLDFAST_BIN/pgdump" -s -f "$PWD/private.sql"
assert_eq "$(stat -c %a private.sql)" 600 "a file keeps its rights"
mkdir elsewhere
owner_path elsewhere
ln -s elsewhere/latest.sql link.sql
ln -s link.sql link_to_link.sql
for how in made replaced; do
    in_cluster main postgres "$HOLDFAST_BIN/pgdump" -s --restrict-key=k -f "$PWD/link_to_link.sql"
    [ -L link_to_link.sql ] && [ -L link.sql ] && [ -s elsewhere/latest.sql ] || fail "a link became a file: $(ls -l . elsewhere)"
    ok "what a link points to is $how"
done
