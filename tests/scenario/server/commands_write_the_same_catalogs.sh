#!/bin/bash
# commands_write_the_same_catalogs.sh - statements that change catalogs answer as on a real PostgreSQL 15, and leave
# the same rows behind: a real server that is started on our directory says so
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)
sql=$TOP_SRCDIR/tests/sql/command
others=("$TOP_SRCDIR"/tests/sql/{foreign_key,trigger}.sql) # each gets a schema of its own

# run_file CLUSTER FILE: what psql shows of it; the name of the file is left out.
run_file()
{
    local schema
    schema=$(basename "$2" .sql)
    {
        [[ " ${others[*]} " != *" $2 "* ]] || echo "create schema $schema; set search_path = $schema;"
        cat "$2"
    } | cluster_psql "$1" -a 2>&1 | sed "s#^psql:[^ ]*:##"
}

cluster_init real
cluster_start real
cluster_init ours --bin "$(server_bin)"
cluster_start ours
for file in "$sql"/*.sql "${others[@]}"; do
    name=$(basename "$file" .sql)
    [ "$name" != catalogs ] || continue
    run_file real "$file" >"$name.real"
    run_file ours "$file" >"$name.ours"
    diff "$name.ours" "$name.real" >"$name.diff" || fail "$name.sql answers otherwise: $(head -40 "$name.diff")"
    ok "$name.sql answers as there"
done

run_file real "$sql/catalogs.sql" >catalogs.real
cluster_stop real fast
cluster_kill ours
cluster_start ours
cluster_stop ours fast
cluster_adopt again "$(cluster_dir ours)" --bin "$theirs"
cluster_start again
run_file again "$sql/catalogs.sql" >catalogs.ours
diff catalogs.ours catalogs.real >catalogs.diff || fail "catalogs differ: $(head -40 catalogs.diff)"
ok "after a crash, a real server finds the same rows"
run "$theirs/pg_amcheck" -h "$(cluster_socket_dir again)" -p "$(cluster_port again)" -U postgres --install-missing \
    --heapallindexed postgres
assert_eq "$run_code" 0 "and pg_amcheck nothing to complain of: $run_out $run_err"
cluster_stop again fast
assert_exit 0 "$theirs/pg_checksums" --check -D "$(cluster_dir ours)"
