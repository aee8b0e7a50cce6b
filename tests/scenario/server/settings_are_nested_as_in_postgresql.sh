#!/usr/bin/env bash
# settings_are_nested_as_in_postgresql.sh - SET, SET LOCAL, functions with SET, savepoints: random, and undone alike
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
cluster_init main --set 'fsync = off' --set 'work_mem = 2MB'
cluster_start main
cluster_sql main "
    CREATE FUNCTION bare(text, bool) RETURNS void LANGUAGE plpgsql SET work_mem = '3MB' AS
        \$\$ BEGIN NULL; END \$\$;
    CREATE FUNCTION same(text, bool) RETURNS void LANGUAGE plpgsql SET work_mem = '3MB' AS
        \$\$ BEGIN PERFORM set_config('work_mem', \$1, \$2); END \$\$;
    CREATE FUNCTION other(text, bool) RETURNS void LANGUAGE plpgsql SET enable_sort = off AS
        \$\$ BEGIN PERFORM set_config('work_mem', \$1, \$2); END \$\$"

seed=${HOLDFAST_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
note "HOLDFAST_SEED=$seed"

# One step in both languages. depth counts levels: 0 outside of a transaction.
awk -v seed="$seed" -v steps=4000 -v sql="$TEST_DIR/sql" -v tsv="$TEST_DIR/tsv" '
function both(s, t) { print s > sql; print t > tsv }
function pick(n) { return int(rand() * n) }
function set(   name, value, in_sql, in_tsv) {
    if (pick(3) == 0) { name = "application_name"; value = "a" pick(4) }
    else if (pick(4) == 0) { name = "enable_sort"; value = pick(2) ? "on" : "off" }
    else if (pick(5) == 0) { name = "foo.bar"; value = "x" pick(4) }
    else { name = "work_mem"; value = (4 + pick(6)) "MB" }
    in_sql = pick(2) ? "SET LOCAL " : "SET "
    in_tsv = in_sql == "SET " ? "set" : "local"
    if (pick(6) == 0 && in_sql == "SET ") { one("RESET " name, "reset\t" name); return }
    if (pick(12) == 0) { one("RESET ALL", "reset_all"); return }
    one(in_sql name " = '"'"'" value "'"'"'", in_tsv "\t" name "\t" value)
}
function call(   kind, value, is_local, name) {
    kind = pick(3); value = (10 + pick(5)) "MB"; is_local = pick(2)
    name = kind == 0 ? "bare" : kind == 1 ? "same" : "other"
    one("DO $$ BEGIN PERFORM " name "('"'"'" value "'"'"', " (is_local ? "true" : "false") "); END $$",
        "begin\nsave\t" (kind == 2 ? "enable_sort\toff" : "work_mem\t3MB") \
        (kind == 0 ? "" : "\n" (is_local ? "local" : "set") "\twork_mem\t" value) "\ncommit")
}
function one(s, t) {
    if (depth == 0) both(s ";", "begin\n" t "\ncommit_all")
    else both(s ";", t)
}
function show(   i, n, name) {
    n = split("work_mem enable_sort application_name foo.bar", name, " ")
    for (i = 1; i <= n; i++) both("SHOW " name[i] ";", "show\t" name[i])
}
BEGIN {
    srand(seed)
    both("\\set VERBOSITY terse\nSET client_min_messages = error;\nSET foo.bar = '"'"'0'"'"';",
         "set\tclient_min_messages\terror\nset\tfoo.bar\t0\nclient\tapplication_name\tpsql")
    for (i = 0; i < steps; i++) {
        both("\\echo " i, "echo\t" i)
        what = pick(12)
        if (what < 5) set()
        else if (what == 5) call()
        else if (depth == 0) { both("BEGIN;", "begin"); depth = 1 }
        else if (what < 8 && depth < 6) { both("SAVEPOINT s" depth ";", "begin"); depth++ }
        else if (what == 8 && depth > 1) { depth--; both("RELEASE s" depth ";", "commit") }
        else if (what == 9 && depth > 1) both("ROLLBACK TO s" (depth - 1) ";", "abort\nbegin")
        else if (what == 10) { both("COMMIT;", "commit_all"); depth = 0 }
        else if (what == 11) { both("ROLLBACK;", "abort_all"); depth = 0 }
        show()
    }
}'
cluster_psql main -XAtq -f "$TEST_DIR/sql" 2>&1 | grep -v "SET LOCAL can only be used" > "$TEST_DIR/theirs"
# Only what is shown: our side prints what it sets, too.
{
    printf 'write\tpostgresql.conf\twork_mem = 2MB\\n\nload\n'
    cat "$TEST_DIR/tsv"
} > "$TEST_DIR/commands"
mkdir "$TEST_DIR/ours_data"
"$HOLDFAST_BUILD/tests/scenario/server/set_and_show" -q -D "$TEST_DIR/ours_data" < "$TEST_DIR/commands" \
    > "$TEST_DIR/ours" 2>&1
assert_eq "$(diff "$TEST_DIR/theirs" "$TEST_DIR/ours" | head -40)" "" "4000 steps, seed $seed"
