-- to other tablespaces, logged and unlogged, databases
create tablespace space1 location '';
create tablespace space2 location '';
create table moved (a int primary key, b text, c text);
insert into moved select i, repeat('x', i % 50), md5(i::text) from generate_series(1, 3000) i;
insert into moved values (0, (select string_agg(md5(i::text), '') from generate_series(1, 2000) i), 'long');
create index moved_b on moved (left(b, 5));
delete from moved where a % 7 = 0 and a > 0;
vacuum moved;
alter table moved set tablespace space1;
alter index moved_pkey set tablespace space2;
update moved set b = b || 'y' where a % 3 = 0;
create unlogged table unlogged (a int primary key, b text);
insert into unlogged select i, 'x' from generate_series(1, 100) i;
alter table unlogged set tablespace space1;
alter index unlogged_pkey set tablespace space2;
alter table unlogged set logged;
insert into unlogged values (0, (select string_agg(md5(i::text), '') from generate_series(1, 2000) i));
create table logged as select i as a, 'x' as b from generate_series(1, 1000) i;
alter table logged set unlogged;
alter table logged set tablespace space2;
create table emptied (a int generated always as identity, b text);
insert into emptied (b) values ('x'), ('y');
truncate emptied restart identity;
insert into emptied (b) values ('z');
create database travels;
alter database travels set tablespace space1;
\c travels
create table here as select i as a from generate_series(1, 100) i;
\c postgres
alter database travels set tablespace pg_default;
alter table all in tablespace space1 set tablespace space2;
alter index all in tablespace space2 set tablespace space1;
