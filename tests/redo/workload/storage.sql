-- storage.sql - files: relations, databases, tablespaces, relation maps, sequences
--
-- A database is made in both ways, and moved; :tablespace_dir is an empty directory of the server's.
create schema storage;
set search_path = storage;

-- Forks come and go; a truncated table gets a new file, or is cut in place when it is new.
create table t (id int primary key, v text);
insert into t select i, repeat('s', 300) from generate_series(1, 500) i;
vacuum t;
delete from t where id > 100;
vacuum (truncate on) t;
delete from t;
vacuum (truncate on) t;
begin;
create table fresh (id int);
insert into fresh values (1);
truncate fresh;
insert into fresh values (2);
commit;
create unlogged table unlogged (id int primary key);
insert into unlogged values (1);
alter table unlogged set logged;
alter table unlogged set unlogged;
begin;
create table rolled_back (id int primary key);
rollback;

-- Tablespaces: one in the data directory, which is left in use, one elsewhere, which is not.
create tablespace in_place location '';
create tablespace elsewhere location :'tablespace_dir';
create table in_tablespace (id int primary key, v text) tablespace in_place;
insert into in_tablespace select i, 'x' from generate_series(1, 100) i;
alter table t set tablespace elsewhere;
alter index t_pkey set tablespace in_place;
insert into t select i, 'moved' from generate_series(1, 50) i;
alter table t set tablespace pg_default;

-- Databases: copied as WAL, copied as files, moved, dropped from two tablespaces.
create database by_wal strategy wal_log;
create database by_files strategy file_copy;
alter database by_files set tablespace elsewhere;
create database mixed strategy wal_log tablespace in_place;
\c by_files
create table elsewhere_too (id int) tablespace in_place;
\c workload
drop database by_files;
drop database mixed;
set search_path = storage;
drop tablespace elsewhere;
create database kept_by_files strategy file_copy;

-- Relation maps: of the database and of the shared catalogs.
vacuum full pg_class;
reindex table pg_class;
vacuum full pg_database;

-- Sequences.
create sequence s;
select nextval('s') from generate_series(1, 70);
select setval('s', 1000);
select setval('s', 2000, false);
alter sequence s increment 5 maxvalue 100000 cache 10 cycle;
select nextval('s') from generate_series(1, 20);
create table with_serial (id serial, other bigint generated always as identity);
insert into with_serial select from generate_series(1, 40);
alter sequence s restart;
select nextval('s');
create unlogged sequence unlogged_s;
alter sequence s set unlogged;

-- Locks that a standby has to take.
begin;
lock table t in access exclusive mode;
lock table in_tablespace in access exclusive mode;
commit;
begin;
drop table t;
rollback;

-- Indexes built, built at the same time, rebuilt.
create table indexed (a int, b text);
insert into indexed select i, md5(i::text) from generate_series(1, 300) i;
create index on indexed (a);
create index concurrently indexed_b on indexed (b);
reindex index concurrently indexed_b;
create index on indexed using hash (b);
alter table indexed add primary key (a);
cluster indexed using indexed_pkey;
create materialized view mv as select * from indexed;
create unique index on mv (a);
refresh materialized view mv;
refresh materialized view concurrently mv;

-- Large objects.
select lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex')) > 0;
