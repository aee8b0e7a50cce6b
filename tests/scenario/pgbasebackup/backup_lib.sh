# backup_lib.sh - what the tests of pgbasebackup share; source it in place of cluster.sh
#
# A script that sources it has a cluster "main" as soon as it calls backup_main, with a table t, a
# tablespace in a folder whose name is not plain, and a checkpoint behind them.

# shellcheck source=tests/lib/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/cluster.sh"

BACKUP=${HOLDFAST_BIN:-$TOP_SRCDIR/bin}/pgbasebackup
SPACE="$TEST_DIR/spåce öne"
[ -x "$BACKUP" ] || skip "pgbasebackup is not built"

# backup_main [option of cluster_init...]: make and fill the cluster.
backup_main()
{
    cluster_init main "$@"
    cluster_start main
    as_owner mkdir "$SPACE"
    cluster_sql main "
        create tablespace s location '$SPACE';
        create table t as select g as x, repeat('a', 200) as filler from generate_series(1, 20000) g;
        create table u tablespace s as select g as x from generate_series(1, 1000) g;
        create table bloat as select repeat('b', 1000) as filler from generate_series(1, 1000);
        create unlogged table v as select 1 as x;
        checkpoint"
}

# backup WORD...: pgbasebackup of main, at once; must succeed.
backup()
{
    cluster_run main "$BACKUP" --checkpoint=fast "$@"
}

# backup_try WORD...: the same, whatever comes of it: $run_code, $run_out, $run_err.
backup_try()
{
    run backup "$@"
}

# backup_fails TEXT WORD...: exit code 1 and that text among the messages.
backup_fails()
{
    local text=$1
    shift
    backup_try "$@"
    [ "$run_code" = 1 ] || fail "$*: expected exit code 1, got $run_code; stderr: $run_err"
    assert_contains "$run_err" "$text" "refused: $text"
}

# backup_verify DIR [option...]: the judgement of PostgreSQL's own program.
backup_verify()
{
    cluster_run main "$(cluster_tool main pg_verifybackup)" "$@" >/dev/null ||
        fail "pg_verifybackup $*"
    ok "pg_verifybackup finds nothing wrong: $*"
}

# What must be equal in main and in a copy of it.
backup_rows="select count(*), sum(x), sum(length(filler)) from t;
    select count(*), sum(x) from u; select count(*) from bloat; select count(*) from v"

# backup_starts DIR: the copy is a cluster with the rows of main (unlogged tables are empty).
backup_starts()
{
    cluster_adopt "run.$1" "$TEST_DIR/$1"
    cluster_start "run.$1"
    assert_eq "$(cluster_sql "run.$1" "$backup_rows")" \
        $'20000|200010000|4000000\n1000|500500\n1000\n0' "$1 starts and has the rows"
    cluster_stop "run.$1"
}

# backup_left_nothing DIR...: none of these is there.
backup_left_nothing()
{
    local dir
    for dir in "$@"; do
        [ ! -e "$dir" ] || fail "$dir is still there: $(ls -A "$dir")"
    done
    ok "nothing is left"
}
