# compare.sh - run pgwaldump and the real pg_waldump on the same log
#
# Source it instead of cluster.sh. compare ARGUMENT... runs both as the owner in the current
# directory, and wants the same standard output, standard error and exit code. The program's name in
# front of a message is that under which it was called, so ours goes by pg_waldump's.

# shellcheck source=tests/lib/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/cluster.sh"
cluster_require 15

theirs=$(cluster_find_bin 15)/pg_waldump
[ -x "$theirs" ] || skip "needs pg_waldump 15"
mkdir ours
ln -s "${HOLDFAST_BIN:?}/pgwaldump" ours/pg_waldump
ours=$TEST_DIR/ours/pg_waldump
compare_lines=0 # of output that were equal

compare_quietly()
{
    local their_code=0 our_code=0
    as_owner "$theirs" "$@" >"$TEST_DIR/their.out" 2>"$TEST_DIR/their.err" </dev/null || their_code=$?
    as_owner "$ours" "$@" >"$TEST_DIR/our.out" 2>"$TEST_DIR/our.err" </dev/null || our_code=$?
    # What getopt says of its own begins with the path of the program, and not with "error".
    sed -i "s|^$theirs: |pg_waldump: error: |" "$TEST_DIR/their.err"
    cmp -s "$TEST_DIR/their.out" "$TEST_DIR/our.out" ||
        fail "pg_waldump $*: $(diff -a "$TEST_DIR/their.out" "$TEST_DIR/our.out" | head -4)"
    cmp -s "$TEST_DIR/their.err" "$TEST_DIR/our.err" ||
        fail "pg_waldump $*: $(diff -a "$TEST_DIR/their.err" "$TEST_DIR/our.err" | head -4)"
    [ "$their_code" = "$our_code" ] ||
        fail "pg_waldump $*: exit code $their_code is expected, not $our_code"
    compare_lines=$(wc -l <"$TEST_DIR/our.out")
}

compare()
{
    compare_quietly "$@"
    ok "pg_waldump $*: $compare_lines lines; $(head -n 1 "$TEST_DIR/our.err")"
}
