#!/usr/bin/env bash
# rebuilt_samples_are_equal.sh - the sample databases, loaded into a cluster that is then rebuilt
#
# HOLDFAST_SHARED/data holds them. A cold copy from before, base backups that are made of the primary and
# of a standby while they are loaded, and the standby.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

cluster_require 15
samples=${HOLDFAST_SHARED:-}/data
for sample in chinook employees northwind pagila; do
    [ -d "$samples/$sample" ] || skip "needs the sample database $sample: set HOLDFAST_SHARED"
done

# load DATABASE FOLDER FILE: the files of a sample include each other by their folder.
load()
{
    (cd "$samples/$2" && cluster_psql main -q -v ON_ERROR_STOP=1 -d "$1" -f "$3") >>load.log 2>&1 ||
        fail "$3: $(tail -3 load.log)"
}

load_all()
{
    load postgres chinook Chinook_PostgreSql_SerialPKs.sql
    load employees employees employee.sql
    load northwind northwind northwind.sql
    load pagila pagila pagila-schema.sql
    load pagila pagila pagila-data.sql
}

cluster_init main "${rebuild_settings[@]}" --set "checkpoint_timeout = '30s'" \
    --set "autovacuum_naptime = '1s'"
rebuild_take_cold main cold
cluster_start main
cluster_base_backup main standby
cluster_follow standby main
cluster_start standby
for sample in employees northwind pagila; do
    cluster_sql main "create database $sample"
done
load_all &
loading=$!
rebuild_take_hot main hot
rebuild_take_hot standby from_standby
wait "$loading"

# What a database lives through, in the biggest: rows change, go, are vacuumed and rewritten.
cluster_sql main "update salary set amount = amount + 1 where amount % 3 = 0;
    delete from salary where amount % 7 = 0; vacuum (freeze, analyze) salary;
    update title set title = title || '.'; vacuum full title; cluster dept_emp using dept_emp_pkey" \
    -d employees
cluster_stop main

rebuild_judge_standby standby main
for copy in cold hot; do
    rebuild_judge $copy main
    ok "rebuilt from the $copy copy, it equals the real cluster"
done
rebuild_judge from_standby main -r
ok "rebuilt from the standby's copy, it equals the real cluster"
rebuild_start hot main
