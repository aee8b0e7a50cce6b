#!/usr/bin/env bash
# dumps_are_those_of_postgresql.sh - sample databases load into ours, and real pg_dump says of ours what it says of theirs
#
# The databases lie in $HOLDFAST_SHARED/data, rules in the folder of pgdump's tests. What is dumped of ours goes into a
# real server, too, which then has the same rows. What differs for good: which server it was, and the word that psql's \restrict draws for each dump.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
[ -n "${HOLDFAST_SHARED-}" ] && [ -d "$HOLDFAST_SHARED/data" ] || skip "HOLDFAST_SHARED names no folder with data/"
bin=$(cluster_find_bin 15)

cluster_init theirs
cluster_init ours --bin "$(server_bin)"
cluster_init copy
for side in theirs ours copy; do
    cluster_start "$side"
done

# The scripts make databases of their own and go there: here each side has one, and schemas in it.
mkdir scripts
sed -e '/^DROP DATABASE/d' -e '/^CREATE DATABASE/d' -e '/^\\c /d' \
    "$HOLDFAST_SHARED/data/chinook/Chinook_PostgreSql_SerialPKs.sql" >scripts/chinook.sql
cp "$HOLDFAST_SHARED/data/northwind/northwind.sql" scripts/northwind.sql

cp "$HOLDFAST_SRC/tests/scenario/pgdump/rules.sql" scripts/

# in_side SIDE PROGRAM...: against that side.
in_side()
{
    local side=$1
    shift
    as_owner env PGHOST="$(cluster_socket_dir "$side")" PGPORT="$(cluster_port "$side")" PGUSER=postgres \
        PGDATABASE=postgres "$@"
}

# dump SIDE FILE OPTION...: as text, without what differs for good.
dump()
{
    local side=$1 file=$2
    shift 2
    in_side "$side" "$bin/pg_dump" "$@" >"$file.whole" || fail "pg_dump $* of $side: exit code $?"
    grep -v -e '^\\restrict ' -e '^\\unrestrict ' -e '^-- Dumped from database version ' "$file.whole" >"$file"
}

for name in chinook northwind rules; do
    for side in theirs ours; do
        in_side "$side" "$bin/psql" -X -q -v ON_ERROR_STOP=1 -f "$PWD/scripts/$name.sql" >"$side.$name.log" 2>&1 ||
            fail "$name does not load into $side: $(tail -3 "$side.$name.log")"
    done
done
ok "chinook, northwind and rules load"

options=("" --schema-only --data-only --inserts --column-inserts "--clean --if-exists" "--no-owner --no-privileges"
    "--table=artist --table=customers" "--exclude-table=orders" --serializable-deferrable "--rows-per-insert=50 --data-only"
    "--section=pre-data" "--section=post-data" --quote-all-identifiers --disable-triggers)
for option in "${options[@]}"; do
    # shellcheck disable=SC2086 # several options
    dump theirs theirs.sql $option
    # shellcheck disable=SC2086
    dump ours ours.sql $option
    diff theirs.sql ours.sql >differs || fail "dumps differ with ${option:-no option}: $(head -20 differs)"
done
ok "the dumps are the same with ${#options[@]} sets of options"

# Several processes at once see one snapshot.
in_side ours "$bin/pg_dump" --format=directory --jobs=2 --file="$PWD/parallel" || fail "parallel dump: exit code $?"
in_side ours "$bin/pg_dump" --format=custom --file="$PWD/custom" || fail "custom dump: exit code $?"
for archive in parallel custom; do
    as_owner "$bin/pg_restore" --file=- "$PWD/$archive" | grep -v -e '^\\restrict ' -e '^\\unrestrict ' \
        -e '^-- Dumped from database version ' >"$archive.sql"
    dump ours ours.sql
    diff ours.sql "$archive.sql" >differs || fail "the $archive archive holds something else: $(head -20 differs)"
done
ok "archives hold the same"

in_side copy "$bin/pg_restore" --dbname=postgres --jobs=2 --exit-on-error "$PWD/parallel" || fail "pg_restore: exit code $?"
dump copy copy.sql
dump theirs theirs.sql
diff theirs.sql copy.sql >differs || fail "a real server has something else after a restore: $(head -20 differs)"
ok "a real server has the same rows after a restore"
