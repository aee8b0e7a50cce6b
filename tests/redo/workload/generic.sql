-- generic.sql - the generic resource manager, by way of bloom indexes
create schema generic;
set search_path = generic;
set wal_consistency_checking = 'generic';
create table t (a int, b text);
create index t_ab on t using bloom (a, b);
insert into t select i, md5(i::text) from generate_series(1, 700) i;
checkpoint;
insert into t select i, md5(i::text) from generate_series(701, 800) i;
delete from t where a % 3 = 0 or a < 400;
vacuum (index_cleanup on) t;
insert into t select i, md5(i::text) from generate_series(1, 100) i;
create unlogged table volatile (a int);
create index volatile_a on volatile using bloom (a);
create index t_built on t using bloom (b) with (length = 160);
