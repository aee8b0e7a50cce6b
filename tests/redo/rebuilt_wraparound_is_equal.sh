#!/usr/bin/env bash
# rebuilt_wraparound_is_equal.sh - transactions, multixacts and members that go round their last number
#
# Numbers of 32 bits start again behind the last: 0 is left out by all three, transactions begin at 3.
# pg_resetwal puts the cluster shortly before; the pages that it then is on have to be made.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

cluster_require 15
cluster_init main "${rebuild_settings[@]}" --set "autovacuum = off" \
    --set "track_commit_timestamp = on" --set "checkpoint_timeout = '1d'"
cluster_start main
cluster_sql main "create table t as select i, 0 as v from generate_series(1, 3000) i"
cluster_sql main "alter database template0 allow_connections true"
cluster_run main vacuumdb --all --freeze --quiet
cluster_sql main "alter database template0 allow_connections false; vacuum (freeze) pg_database"
cluster_stop main
data=$(cluster_dir main)
cluster_run main pg_resetwal -D "$data" -x 4294966500 -m 4294966500,4294966500 -O 4294966000 \
    >resetwal.log

make_segment()
{
    as_owner truncate -s $((32 * 8192)) "$data/$1"
}

make_segment pg_xact/0FFF
make_segment pg_commit_ts/$(printf '%04X' $((4294966500 / 819 / 32)))
make_segment pg_multixact/offsets/FFFF
make_segment pg_multixact/members/$(printf '%04X' $((4294966000 / 1636 / 32)))
cluster_start main
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
cluster_stop main

rebuild_judge_standby standby main
for copy in cold hot; do
    rebuild_judge $copy main
    ok "rebuilt from the $copy copy, it equals the real cluster"
done
# That its frozen transactions seem to be newer than all others is pg_resetwal's doing.
rebuild_start cold main --exclude-table=t
