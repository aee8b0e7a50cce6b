-- xact.sql - how transactions end: with which parts in their commit, abort and prepare records
create schema xact;
set search_path = xact;
create table t (id int primary key, v text);

-- Plain; with subtransactions; aborted with and without; nothing at all.
insert into t values (1, 'plain');
begin;
insert into t values (2, 'top');
savepoint a;
insert into t values (3, 'child');
savepoint b;
insert into t values (4, 'grandchild');
rollback to b;
insert into t values (5, 'second grandchild');
release a;
commit;
begin;
insert into t values (6, 'top');
savepoint a;
insert into t values (7, 'child');
rollback;

-- ASSIGNMENT: the 65th child of one transaction tells the standby whose they are.
do $$
begin
    for i in 1 .. 200 loop
        begin
            insert into t values (1000 + i, 'child');
            if i % 50 = 0 then
                raise exception 'undo';
            end if;
        exception when raise_exception then
            null;
        end;
    end loop;
end $$;

-- Files to remove at commit and at abort; statistics to drop; INVALIDATIONS in between.
create table dropped (id int primary key, v text);
insert into dropped values (1, 'x');
begin;
create table never (id int primary key);
insert into never values (1);
rollback;
begin;
drop table dropped;
create function f() returns int language sql as 'select 1';
alter table t add column extra int;
commit;
drop function f();
begin;
savepoint s;
create table never (id serial primary key, v text);
rollback to s;
create table once (id int);
commit;

-- Two phases: each part in its own record, for commit and for abort.
begin;
insert into t values (20, 'prepared');
prepare transaction 'commit me';
commit prepared 'commit me';
begin;
insert into t values (21, 'prepared');
prepare transaction 'abort me';
rollback prepared 'abort me';
begin;
insert into t values (22, 'top');
savepoint s;
insert into t values (23, 'child');
create table in_two_phases (id int primary key);
drop table once;
lock table t in share row exclusive mode;
select id from t where id = 1 for update;
prepare transaction 'a gid of some length, with files, children, locks';
commit prepared 'a gid of some length, with files, children, locks';
begin;
create table aborted_in_two_phases (id int primary key);
savepoint s;
insert into t values (24, 'child');
prepare transaction 'x';
rollback prepared 'x';

-- Commits that are waited for, or not, or by more than the local disk.
set synchronous_commit = off;
insert into t values (30, 'off');
set synchronous_commit = remote_apply;
insert into t values (31, 'remote_apply');
reset synchronous_commit;

-- Replication origins: set, in commits, aborts and prepared transactions, dropped.
select pg_replication_origin_create('elsewhere') > 0;
select pg_replication_origin_session_setup('elsewhere');
begin;
select pg_replication_origin_xact_setup('0/ABCDEF', '2026-01-02 03:04:05+00');
insert into t values (40, 'from elsewhere');
commit;
begin;
select pg_replication_origin_xact_setup('0/ABCDF0', '2026-01-02 03:04:06+00');
insert into t values (41, 'from elsewhere');
prepare transaction 'from elsewhere';
select pg_replication_origin_xact_setup('0/ABCDF1', '2026-01-02 03:04:07+00');
commit prepared 'from elsewhere';
begin;
select pg_replication_origin_xact_setup('0/ABCDF2', '2026-01-02 03:04:08+00');
insert into t values (42, 'from elsewhere');
rollback;
begin;
select pg_replication_origin_xact_setup('0/ABCDF3', '2026-01-02 03:04:09+00');
insert into t values (43, 'from elsewhere');
prepare transaction 'abort from elsewhere';
select pg_replication_origin_xact_setup('0/ABCDF4', '2026-01-02 03:04:10+00');
rollback prepared 'abort from elsewhere';
select pg_replication_origin_session_reset();
select pg_replication_origin_advance('elsewhere', '0/FFFFFF');
select pg_replication_origin_drop('elsewhere');

-- Logical messages: inside a transaction, and beside it.
select pg_logical_emit_message(true, 'prefix', 'in a transaction') is not null;
select pg_logical_emit_message(false, '', 'beside it') is not null;
select pg_logical_emit_message(true, 'bytes', '\x000102ff'::bytea) is not null;
begin;
select pg_logical_emit_message(true, 'undone', repeat('long', 5000)) is not null;
rollback;
