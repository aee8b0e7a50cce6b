# heap_concurrent.sh - heap records that need a second session
#
# Sourced by run_workload.sh: a and b are sessions on the workload's database.
session_run a "create schema heap_concurrent; set search_path = heap_concurrent"
session_run b "set search_path = heap_concurrent"
session_run a "create table t (id int primary key, v int);
    insert into t select i, 0 from generate_series(1, 20) i"

note "LOCK_UPDATED: b sees the old version, a has made newer ones and is still running"
session_run b "begin isolation level repeatable read; select count(*) from t"
session_run a "begin; update t set v = v + 1 where id <= 5; update t set v = v + 1 where id <= 3"
session_run b "select id from t where id <= 5 for key share"
session_run a "commit"
session_run b "commit"

note "LOCK_UPDATED clears all-frozen of the newer version's page"
session_run a "vacuum freeze t"
session_run b "begin isolation level repeatable read; select count(*) from t"
session_run a "update t set v = 9 where id between 6 and 9"
session_run b "select id from t where id between 6 and 9 for key share"
session_run b "commit"

note "lockers of one row by several transactions, then an update above them"
session_run a "begin; select id from t where id = 10 for share"
session_run b "begin; select id from t where id = 10 for share"
session_run a "commit"
session_run b "update t set v = 10 where id = 10; commit"
session_run a "begin; select id from t where id = 11 for key share"
session_run b "begin; update t set v = 11 where id = 11"
session_run a "commit"
session_run b "commit"
session_run a "begin; select id from t where id = 12 for key share"
session_run b "begin; update t set v = 12 where id = 12; rollback"
session_run a "delete from t where id = 12; commit"
session_run a "begin; select id from t where id = 13 for update"
session_send b "update t set v = 13 where id = 13"
session_wait_blocked b
session_run a "commit"
session_wait b

note "DELETE of a speculative insertion that lost the race"
# The index expression waits for an advisory lock when the session asks for it; it is computed when
# the insert looks for conflicts, then once more for the index entry, after the row is in the heap.
session_run a "create table race (k int);
    create function slow(k int) returns int language plpgsql immutable as \$\$
    begin
        if current_setting('w.slow', true) = 'on' then
            perform set_config('w.slow', 'next', false);
        elsif current_setting('w.slow', true) = 'next' then
            perform set_config('w.slow', 'off', false);
            perform pg_advisory_xact_lock(42);
        end if;
        return k;
    end \$\$;
    create unique index race_k on race (slow(k))"
session_run a "select pg_advisory_lock(42)"
session_run b "set w.slow = 'on'"
session_send b "insert into race values (1) on conflict do nothing"
session_wait_blocked b
session_run a "insert into race values (1); select pg_advisory_unlock(42)"
session_wait b

note "a toasted speculative insertion that lost the race"
session_run a "alter table race add column long text; alter table race alter long set storage external;
    select pg_advisory_lock(42)"
session_run b "set w.slow = 'on'"
session_send b "insert into race values (2, repeat('long', 3000)) on conflict do nothing"
session_wait_blocked b
session_run a "insert into race values (2, 'short'); select pg_advisory_unlock(42)"
session_wait b

note "FREEZE_PAGE keeps the updater of a multixact whose lockers are gone, while b may need the row"
session_run a "create table kept (id int primary key, v int);
    insert into kept select i, 0 from generate_series(1, 10) i"
session_run b "begin isolation level repeatable read; select count(*) from kept"
session_run a "begin; select count(*) from (select 1 from kept for key share) s; savepoint s;
    update kept set v = 1 where id <= 5; release s; commit"
session_run a "select pg_current_xact_id()"
session_run a "vacuum (freeze) kept"
session_run b "commit"

note "RUNNING_XACTS with children, then with more than a snapshot can list; LOCK with several locks"
session_run a "begin; insert into t values (100, 0); savepoint s; insert into t values (101, 0);
    lock table kept in access exclusive mode"
session_run b "begin; insert into race values (50); lock table race in access exclusive mode"
cluster_sql main "checkpoint"
session_run a "do \$\$ begin for i in 200 .. 300 loop
    begin insert into t values (i, 0); exception when division_by_zero then null; end;
    end loop; end \$\$"
cluster_sql main "checkpoint"
session_run a "commit"
session_run b "rollback"
