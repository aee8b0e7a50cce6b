#!/usr/bin/env bash
# rebuilt_wraparound_is_equal.sh - transactions, multixacts and members that go round their last number
#
# Numbers of 32 bits start again behind the last: 0 is left out by all three, transactions begin at 3.
# pg_resetwal puts the cluster shortly before; the pages that it then is on have to be made.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

# The oldest number of a cluster is the oldest of its databases', also of those that nobody uses.
freeze_all()
{
    cluster_sql main "alter database template0 allow_connections true"
    cluster_run main vacuumdb --all --freeze --quiet
    cluster_sql main "alter database template0 allow_connections false; vacuum (freeze) pg_database"
}

cluster_require 15
cluster_init main "${rebuild_settings[@]}" --set "autovacuum = off" \
    --set "track_commit_timestamp = on" --set "checkpoint_timeout = '1d'"
cluster_start main
cluster_sql main "create table t as select i, 0 as v from generate_series(1, 3000) i"
freeze_all
cluster_stop main
data=$(cluster_dir main)
cluster_run main pg_resetwal -D "$data" -x 4294966500 -m 4294966500,4294966500 -O 4294966000 \
    >resetwal.log

make_segment()
{
    as_owner truncate -s $((32 * 8192)) "$data/$1"
}

times=$(printf '%04X' $((4294966500 / 819 / 32)))
members=$(printf '%04X' $((4294966000 / 1636 / 32)))
make_segment pg_xact/0FFF
make_segment "pg_commit_ts/$times"
make_segment pg_multixact/offsets/FFFF
make_segment "pg_multixact/members/$members"
cluster_start main

# Nobody told the catalogs. All is frozen, so any number is right that is not in the future.
cluster_sql main "alter database template0 allow_connections true"
for database in postgres template1 template0; do
    cluster_sql main "set allow_system_table_mods = on;
        update pg_class set relfrozenxid = '4294966500', relminmxid = '4294966500'
            where relkind in ('r', 't', 'm');
        update pg_database set datfrozenxid = '4294966500', datminmxid = '4294966500'" -d $database
done
cluster_sql main "alter database template0 allow_connections false"
cluster_stop main
rebuild_take_cold main cold
cluster_start main
cluster_base_backup main standby
cluster_follow standby main
cluster_start standby

# A row that is locked by a transaction and updated by its child has two members in its multixact.
cluster_sql main "do \$\$
begin
    for n in 1 .. 3000 loop
        perform 1 from t where i = n for key share;
        begin
            update t set v = v + 1 where i = n;
        exception when division_by_zero then
            null;
        end;
        if n % 10 = 0 then
            commit;
        end if;
    end loop;
end \$\$" >/dev/null
cluster_sql main "checkpoint"
numbers=$(cluster_run main pg_controldata "$data" |
    sed -n -E "s/^Latest checkpoint's Next(XID|MultiXactId|MultiOffset): *([0-9]*:)?//p")
for number in $numbers; do
    [ "$number" -lt 100000 ] || fail "a number did not go round: $numbers"
done
ok "all three numbers went round: ${numbers//$'\n'/ }"
rebuild_take_hot main hot
cluster_sql main "update t set v = v + 1 where i % 5 = 0"

# Once all is frozen, what lies before the end of the numbers is cut off.
freeze_all
cluster_sql main "checkpoint"
for file in pg_xact/0FFF pg_commit_ts/$times pg_multixact/offsets/FFFF \
    pg_multixact/members/$members; do
    [ ! -e "$data/$file" ] || fail "$file was not cut off"
done
ok "the segments before the end of the numbers are gone"
cluster_stop main

rebuild_judge_standby standby main
for copy in cold hot; do
    rebuild_judge $copy main
    ok "rebuilt from the $copy copy, it equals the real cluster"
done
rebuild_start cold main
