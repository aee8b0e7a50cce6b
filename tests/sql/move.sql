-- relations and databases go to other tablespaces, or become logged and unlogged
set allow_in_place_tablespaces = on;
create role mover;
create role keeper;
create tablespace move1 location '';
create tablespace move2 location '';
create table t (a int primary key, b text);
insert into t select i, repeat('x', i % 50) from generate_series(1, 2000) i;
insert into t values (0, (select string_agg(md5(i::text), '') from generate_series(1, 500) i));
create index t_b on t (left(b, 5));
create view places as select relname, relkind, coalesce(spcname, 'default') as place from pg_class c left join pg_tablespace s on s.oid = reltablespace where c.oid in ('t'::regclass, 't_pkey'::regclass, 't_b'::regclass, (select reltoastrelid from pg_class where oid = 't'::regclass), (select indexrelid from pg_index where indrelid = (select reltoastrelid from pg_class where oid = 't'::regclass))) order by relkind, regexp_replace(relname, '[0-9]+', 'N');
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
alter table t set tablespace move1;
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
select count(*), sum(length(b)) from t;
alter index t_pkey set tablespace move2;
\set ECHO none
\set VERBOSITY sqlstate
select format('reindex (tablespace %s%s) %s', t, c, w) from (values ('move2'), ('pg_default')) ts (t), (values (''), (', concurrently')) cs (c), (select 'index ' || i.indexrelid::regclass as w from pg_class c join pg_index i on i.indrelid = c.reltoastrelid where c.oid = 't'::regclass union all select 'table ' || reltoastrelid::regclass from pg_class where oid = 't'::regclass) x order by 1 \gexec
\set VERBOSITY verbose
\set ECHO all
alter table t_b set tablespace move1;
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
set enable_seqscan = off;
select count(*) from t where a between 5 and 10;
reset enable_seqscan;
begin;
alter table t set tablespace pg_default;
update t set b = 'y' where a = 5;
select b from t where a = 5;
rollback;
select count(*) from t where b = 'y';
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
-- with rows written anew
alter table t alter a type bigint, set tablespace move2;
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
select count(*), sum(length(b)) from t;
alter table t set tablespace move2, add check (a >= 0);
alter table t set tablespace move1, alter b set not null;
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
alter table t set tablespace move1, set tablespace move2;
alter table t set unlogged, set tablespace pg_default;
select regexp_replace(relname, '[0-9]+', 'N'), relkind, place from places;
alter table t set tablespace move1;
select count(*) from t;
alter table t set logged;
select relpersistence from pg_class where relname in ('t', 't_pkey', 't_b');
select count(*) from t where a < 100;
-- what is refused
alter table t set tablespace nosuch;
alter table t set tablespace pg_global;
alter table nosuch set tablespace move1;
alter table if exists nosuch set tablespace move1;
create view v as select 1 as one;
alter table v set tablespace move1;
alter view v set tablespace move1;
create sequence sq;
alter table sq set tablespace move1;
alter table pg_class set tablespace move1;
alter table pg_proc set tablespace move1;
set role mover;
create table mine (a int);
alter table t set tablespace pg_default;
reset role;
create table mine (a int);
alter table mine owner to mover;
set role mover;
alter table mine set tablespace move1;
reset role;
grant create on tablespace move1 to mover;
set role mover;
alter table mine set tablespace move1;
alter table mine set tablespace pg_default;
reset role;
declare c cursor for select 1;
begin;
declare c cursor for select * from mine;
fetch c;
alter table mine set tablespace move1;
rollback;
-- access methods
alter table mine set access method heap;
alter table mine set access method nosuch;
alter table mine set access method btree;
alter table mine set access method heap, set (fillfactor = 50);
-- temporary ones
create temp table tt (a int, b text);
insert into tt values (1, 'x');
alter table tt set tablespace move1;
select * from tt;
-- all of a tablespace
create table p1 (a int) tablespace move2;
create table p2 (a int) tablespace move2;
create index p1_a on p1 (a) tablespace move2;
alter table p2 owner to mover;
alter table all in tablespace move2 set tablespace move1;
select relname, spcname from pg_class c join pg_tablespace s on s.oid = reltablespace where spcname like 'move%' and relname not like 'pg_toast%' order by 1;
alter index all in tablespace move2 set tablespace pg_default;
select relname, spcname from pg_class c join pg_tablespace s on s.oid = reltablespace where spcname like 'move%' and relname not like 'pg_toast%' order by 1;
alter table all in tablespace move2 set tablespace move1;
alter materialized view all in tablespace move1 set tablespace move2;
alter table all in tablespace move1 owned by mover set tablespace move2;
select relname, spcname from pg_class c join pg_tablespace s on s.oid = reltablespace where spcname like 'move%' and relname not like 'pg_toast%' order by 1;
alter table all in tablespace move1 owned by mover, keeper set tablespace move2 nowait;
alter table all in tablespace nosuch set tablespace move2;
alter table all in tablespace move1 set tablespace nosuch;
alter table all in tablespace pg_global set tablespace move1;
alter table all in tablespace move1 set tablespace move1;
alter table all in tablespace move1 owned by nosuch set tablespace move2;
set role mover;
alter table all in tablespace move1 set tablespace move2;
alter table all in tablespace move2 set tablespace move1;
reset role;
-- databases
create database moving;
\c moving
create table in_it (a int primary key, b text);
insert into in_it select i, 'b' from generate_series(1, 100) i;
create unlogged table ul (a int);
insert into ul values (1);
\c postgres
alter database moving set tablespace move1;
select spcname from pg_database d join pg_tablespace s on s.oid = dattablespace where datname = 'moving';
alter database moving set tablespace move1;
\c moving
select count(*) from in_it;
select * from ul;
insert into in_it values (101, 'c');
set allow_in_place_tablespaces = on;
create table there (a int) tablespace move2;
\c postgres
alter database moving set tablespace move2;
alter database moving set tablespace pg_default;
\c moving
select count(*) from in_it;
alter database moving set tablespace move1;
drop table there;
\c postgres
checkpoint;
alter database moving set tablespace move2;
alter database moving set tablespace nosuch;
alter database nosuch set tablespace move1;
alter database moving set tablespace pg_global;
alter database moving set tablespace move1 connection limit 5;
begin;
alter database moving set tablespace move1;
rollback;
alter database moving owner to mover;
set role mover;
alter database moving set tablespace pg_default;
alter database moving set tablespace move2;
alter database moving set tablespace move1;
reset role;
set role keeper;
alter database moving set tablespace move1;
reset role;
select spcname from pg_database d join pg_tablespace s on s.oid = dattablespace where datname = 'moving';
drop database moving;
drop view v, places;
drop sequence sq;
drop table t, mine, p1, p2;
drop table tt;
drop owned by mover;
drop role mover;
drop role keeper;
drop tablespace move1;
drop tablespace move2;
