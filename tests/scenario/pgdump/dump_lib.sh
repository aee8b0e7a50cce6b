# dump_lib.sh - pgdump beside pg_dump 15, the text compared; source it after cluster.sh
#
# The one line that may differ says which program it was: the packager's words behind the version.

dump_key=abcXYZ123 # of \restrict, which is drawn for each dump otherwise
pg_dump=$(cluster_find_bin 15)/pg_dump
dump_user=postgres # who dumps

# in_cluster NAME DATABASE PROGRAM...
in_cluster()
{
    local name=$1 database=$2
    shift 2
    as_owner env PGHOST="$(cluster_socket_dir "$name")" PGPORT="$(cluster_port "$name")" PGUSER="$dump_user" \
        PGDATABASE="$database" "$@"
}

# dump_both NAME DATABASE OPTION...: by both programs into theirs.sql and ours.sql, messages into theirs.err and
# ours.err, exit codes into $theirs and $ours.
dump_both()
{
    local name=$1 database=$2
    shift 2
    theirs=0 ours=0
    in_cluster "$name" "$database" "$pg_dump" --restrict-key=$dump_key "$@" >theirs.sql 2>theirs.err || theirs=$?
    in_cluster "$name" "$database" "$HOLDFAST_BIN/pgdump" --restrict-key=$dump_key "$@" >ours.sql 2>ours.err || ours=$?
    sed -i '1,12s/^\(-- Dumped by pg_dump version [0-9.]*\).*/\1/' theirs.sql ours.sql
    sed -i -e 's/^pg_dump:/pgdump:/' -e 's/Try "pg_dump/Try "pgdump/' theirs.err
}

# dump_compare NAME DATABASE OPTION...: text, messages and exit code are the same.
dump_compare()
{
    dump_both "$@"
    [ "$theirs" = "$ours" ] || fail "$*: exit code $ours, pg_dump's is $theirs: $(head -5 ours.err)"
    diff theirs.err ours.err >differs || fail "$*: messages differ: $(head -10 differs)"
    [ "$theirs" != 0 ] || diff theirs.sql ours.sql >differs || fail "$*: dumps differ: $(head -30 differs)"
}

# dump_compare_all NAME DATABASE <OPTIONS: a set of options for each line of standard input.
dump_compare_all()
{
    local name=$1 database=$2 options count=0
    while IFS= read -r options; do
        # shellcheck disable=SC2086 # several options
        dump_compare "$name" "$database" $options
        count=$((count + 1))
    done
    ok "$database of $name: the dumps are the same with $count sets of options"
}

# load NAME DATABASE FILE
load()
{
    in_cluster "$1" "$2" "$(cluster_tool "$1" psql)" -X -q -v ON_ERROR_STOP=1 -f "$3" >load.log 2>&1 ||
        fail "$3 does not load into $2 of $1: $(tail -3 load.log)"
}

sql()
{
    local name=$1 database=$2
    shift 2
    in_cluster "$name" "$database" "$(cluster_tool "$name" psql)" -X -A -t -q -v ON_ERROR_STOP=1 -c "$1"
}

# sample_databases NAME: chinook and northwind of $HOLDFAST_SHARED.
sample_databases()
{
    local name=$1 database
    [ -n "${HOLDFAST_SHARED-}" ] && [ -d "$HOLDFAST_SHARED/data" ] || skip "HOLDFAST_SHARED names no folder with data/"
    sed -e '/^DROP DATABASE/d' -e '/^CREATE DATABASE/d' -e '/^\\c /d' \
        "$HOLDFAST_SHARED/data/chinook/Chinook_PostgreSql_SerialPKs.sql" >chinook.sql
    cp "$HOLDFAST_SHARED/data/northwind/northwind.sql" northwind.sql
    for database in chinook northwind; do
        sql "$name" postgres "create database $database"
        load "$name" "$database" "$PWD/$database.sql"
    done
}

# every_kind NAME: a database of all that there is, with the roles that it needs.
every_kind()
{
    local name=$1
    sql "$name" postgres "create role dump_owner; create role dump_reader; create role \"Role With Space\"; create role dumper login"
    sql "$name" postgres "create database every"
    load "$name" every "$TEST_SRC/every_kind.sql"
}
