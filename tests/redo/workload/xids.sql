-- xids.sql - transaction and multixact numbers that cross pages of the logs about them
--
-- The cluster begins shortly before the ends of pages (run_workload.sh), so that some thousand
-- numbers pass the end of a page of pg_xact, pg_commit_ts, pg_multixact/offsets and /members.
create schema xids;
set search_path = xids;
set wal_consistency_checking = '';
create table t (id int, v int) with (fillfactor = 50);
insert into t select i, 0 from generate_series(1, 400) i;
-- A message inside a transaction is the smallest thing that takes a number for a subtransaction.
create procedure burn(n int) language plpgsql as $$
begin
    for i in 1 .. n loop
        begin
            perform pg_logical_emit_message(true, '', '');
        exception when division_by_zero then
            null;
        end;
    end loop;
end $$;
-- Whole transactions, then many children in one: over the page's end in both ways.
create procedure burn_one_by_one(n int) language plpgsql as $$
begin
    for i in 1 .. n loop
        perform pg_current_xact_id();
        commit;
    end loop;
end $$;
call burn_one_by_one(300);
call burn(3000);
set wal_consistency_checking = 'all';
-- Each row is locked by a transaction and updated by its child: a multixact with two members.
begin;
do $$
begin
    for i in 1 .. 400 loop
        perform 1 from xids.t where id = i for key share;
        begin
            update xids.t set v = v + 1 where id = i;
        exception when division_by_zero then
            null;
        end;
    end loop;
end $$;
commit;
