-- no_fpw.sql - changes to old pages, logged as changes; run by no_fpw.sh
create schema no_fpw;
set search_path = no_fpw;

create table heap (id int primary key, v text) with (fillfactor = 80);
insert into heap select i, repeat('h', 50) from generate_series(1, 200) i;
checkpoint;
update heap set v = v || '!' where id % 10 = 0;
delete from heap where id % 9 = 0;
select count(*) from (select 1 from heap where id < 20 for update) s;
vacuum (freeze, index_cleanup on) heap;
insert into heap select i, 'again' from generate_series(301, 320) i;

set wal_consistency_checking = 'btree,hash,gin,gist,spgist,brin,generic';
create table chain (k int, n int);
create index chain_k on chain using hash (k) with (fillfactor = 100);
set wal_consistency_checking = '';
insert into chain select 7, i from generate_series(1, 1300) i;
set wal_consistency_checking = 'btree,hash,gin,gist,spgist,brin,generic';
checkpoint;
delete from chain where n % 3 <> 0;
vacuum (index_cleanup on) chain;
insert into chain select i, i from generate_series(2001, 2100) i;

create table keys (k text, a int[], p point, r int4range);
alter table keys alter k set storage external;
create index keys_k on keys (k);
create index keys_a on keys using gin (a) with (fastupdate = off);
create index keys_p on keys using gist (p);
create index keys_s on keys using spgist (p);
create index keys_b on keys using brin (k) with (pages_per_range = 1);
create index keys_g on keys using bloom (k);
insert into keys select repeat(md5(i::text), 30), array[i, i % 3], point(i % 17, i % 23)
    from generate_series(1, 150) i;
checkpoint;
delete from keys where k < 'b';
vacuum (index_cleanup on) keys;
insert into keys select repeat(md5(i::text), 30), array[i, i % 3], point(i % 17, i % 23)
    from generate_series(151, 220) i;
