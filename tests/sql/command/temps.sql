-- temps.sql - temporary relations, their schema, and what becomes of them
create temp table tt(a int primary key, b text, c serial);
create temp table tt(a int);
create table tt(a int);
create table pg_temp.t5(a int);
create temp table public.t6(a int);
create unlogged table pg_temp.t7(a int);
create view tv as select * from tt;
create temp sequence ts;
create table noc(a int) on commit drop;
begin;
create temp table ocd(a int, b text) on commit drop;
create temp table ocr(a int, b text) on commit delete rows;
\copy ocr from program 'echo "1	2"'
copy ocr to stdout;
commit;
copy ocr to stdout;
copy ocd to stdout;
\copy tt(a,b) from program 'echo "1	2"'
copy tt to stdout;
create index on tt(b);
truncate tt;
copy tt to stdout;
alter table tt add d int;
begin;
create temp table rb(a int);
rollback;
drop table tt;
drop table tt cascade;
drop table tt;
\c
create temp table tt(a int primary key, b text);
create temp view v as select 1;
copy tt to stdout;
