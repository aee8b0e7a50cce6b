-- rebuild.sql - what else the cluster of rebuilt_clusters_are_equal.sh does, in database postgres
--
-- Its last lines name files, for the test.

-- Kinds of indexes, filled before and after they are made.
create table shapes (id serial primary key, b box, t text, a int[], v text);
insert into shapes (b, t, a, v)
    select box(point(i % 90, i % 70), point(i % 90 + 3, i % 70 + 3)), md5(i::text), array[i, i % 10],
           repeat('v', i % 50) from generate_series(1, 3000) i;
create index on shapes using gist (b);
create index on shapes using spgist (t);
create index on shapes using gin (a);
create index on shapes using hash (t);
create index on shapes using brin (id);
insert into shapes (b, t, a, v)
    select box(point(i % 80, i % 60), point(i % 80 + 3, i % 60 + 3)), md5(i::text), array[i, i % 11],
           repeat('w', i % 50) from generate_series(3001, 5000) i;
delete from shapes where id % 3 = 0;
vacuum shapes;

-- Files that are cut, replaced, dropped, or made by what is rolled back.
create table cut as select i from generate_series(1, 50000) i;
delete from cut where i > 300;
vacuum (truncate on) cut;
create table replaced as select i, repeat('x', 500) as v from generate_series(1, 500) i;
create index on replaced (i);
truncate replaced;
insert into replaced values (1, 'one');
create table dropped as select i from generate_series(1, 1000) i;
drop table dropped;
begin;
create table never as select i from generate_series(1, 1000) i;
rollback;
create unlogged table unlogged (id int primary key, v text);
insert into unlogged select i, 'u' from generate_series(1, 1000) i;
vacuum full pgbench_branches;
reindex table pgbench_tellers;
vacuum full pg_class;
vacuum pgbench_accounts;

-- Sequences that are ahead of what was given out.
create sequence up;
select nextval('up') from generate_series(1, 40);
create sequence down increment -3;
select nextval('down') from generate_series(1, 5);

-- Databases and tablespaces; a map of the first lists pages, which the WAL of its copy lacks.
vacuum (freeze);
create database by_wal strategy wal_log;
create database by_files strategy file_copy;
create database short_lived strategy wal_log;
drop database short_lived;
create tablespace in_place location '';
create table in_tablespace (id int primary key) tablespace in_place;
insert into in_tablespace select generate_series(1, 1000);
create tablespace gone location '';
drop tablespace gone;

begin;
insert into replaced values (2, 'prepared');
savepoint a;
insert into replaced values (3, 'by its child');
prepare transaction 'left open';
begin;
insert into replaced values (4, 'prepared');
prepare transaction 'ended';
commit prepared 'ended';

-- With checkpoints between, there are images again.
checkpoint;
update shapes set v = v || '.' where id % 7 = 0;
update pgbench_tellers set tbalance = 1 where tid < 10;

select 'file ' || relname || ' ' || pg_relation_filepath(oid) from pg_class
    where relname in ('pgbench_accounts', 'pgbench_accounts_pkey');
