-- heap2.sql - pruning, vacuum, freezing, the visibility map, multi-inserts, command ids
create schema heap2;
set search_path = heap2;

-- MULTI_INSERT+INIT into new pages, MULTI_INSERT into one that has rows.
create table multi (id int, v text);
copy multi from program 'seq 1 900 | sed "s/.*/&,row &/"' (format csv);
copy multi from program 'seq 901 950 | sed "s/.*/&,row &/"' (format csv);
checkpoint;
copy multi (id) from program 'seq 951 960';
copy multi from program 'seq 961 980 | sed "s/$/,\"a longer text that is not the same everywhere \"/"'
    (format csv);
create table frozen_at_birth (id int, v text);
begin;
truncate frozen_at_birth;
copy frozen_at_birth from program 'seq 1 400 | sed "s/.*/&,row &/"' (format csv, freeze);
commit;

-- PRUNE on access: chains end redirected, dead or unused.
create table chains (id int primary key, v int, pad text) with (fillfactor = 50);
insert into chains select i, 0, repeat('p', 60) from generate_series(1, 120) i;
update chains set v = 1;
update chains set v = 2 where id % 2 = 0;
checkpoint;
update chains set v = 3 where id % 3 = 0;
select count(*) from chains;
update chains set v = 4 where id % 4 = 0;
select count(*) from chains;
begin;
update chains set v = 5 where id < 30;
rollback;
select count(*) from chains;
delete from chains where id % 5 = 0;
select count(*) from chains;
update chains set v = 6 where id % 6 = 0;
select count(*) from chains;

-- The first thing after a checkpoint, so that the image is in the record: where hint bits are still
-- to be set, they come first and bring it. A page with much room is not pruned by a query.
create table hinted (id int primary key);
insert into hinted select generate_series(1, 30);
delete from hinted where id % 3 = 0;
select count(*) from hinted;
checkpoint;
vacuum (index_cleanup on) hinted;

-- VACUUM of dead line pointers after their index entries; the line pointer array shrinks.
create table dead (id int primary key, v text);
insert into dead select i, repeat('d', 40) from generate_series(1, 500) i;
delete from dead where id % 3 = 0 or id between 200 and 300;
vacuum (index_cleanup on) dead;
delete from dead where id > 400;
checkpoint;
vacuum (index_cleanup on, truncate off) dead;
insert into dead select i, 'refill' from generate_series(1001, 1100) i;
-- Without an index dead line pointers do not come to be: pruning frees at once.
create table no_index (id int);
insert into no_index select generate_series(1, 500);
delete from no_index where id % 2 = 0;
vacuum no_index;
-- One pass leaves dead pointers behind, which the next one frees.
delete from dead where id % 4 = 0;
vacuum (index_cleanup off) dead;
vacuum (index_cleanup on) dead;

-- FREEZE_PAGE: plain rows, aborted and locked ones, multixacts as xmax.
create table freezing (id int primary key, v int);
insert into freezing select i, 0 from generate_series(1, 300) i;
checkpoint;
begin;
update freezing set v = 1 where id <= 20;
rollback;
begin;
select count(*) from (select 1 from freezing where id between 21 and 40 for update) s;
commit;
begin;
select count(*) from (select 1 from freezing where id between 41 and 60 for key share) s;
savepoint s;
update freezing set v = 2 where id between 41 and 50;
release s;
commit;
begin;
select count(*) from (select 1 from freezing where id between 61 and 70 for key share) s;
savepoint s;
update freezing set v = 3 where id between 61 and 65;
rollback to s;
select count(*) from (select 1 from freezing where id between 61 and 70 for share) s;
commit;
vacuum (freeze) freezing;

-- VISIBLE: all-visible first, all-frozen later; with a map of more than the page in question.
create table visible (id int primary key, v text);
insert into visible select i, repeat('v', 200) from generate_series(1, 400) i;
vacuum visible;
checkpoint;
vacuum (freeze, disable_page_skipping) visible;
-- A map that is ahead of its page is put right.
delete from visible where id = 5;
vacuum (disable_page_skipping) visible;

-- A map that is thrown away.
create extension pg_visibility with schema public;
select public.pg_truncate_visibility_map('visible');
vacuum visible;

-- NEW_CID: catalog rows changed twice in one transaction; also in a table that decoding treats as
-- one of the catalogs. Combo command ids arise where a row is made and changed in one transaction.
create table as_catalog (id int primary key, v int) with (user_catalog_table = true);
begin;
create table made (a int);
alter table made add column b int;
insert into as_catalog values (1, 1), (2, 2);
update as_catalog set v = 3 where id = 1;
update as_catalog set v = 4 where id = 1;
delete from as_catalog where id = 2;
drop table made;
commit;

-- REWRITE: mappings of moved rows, while a logical slot might still need the old places. Only
-- catalogs are rewritten with mappings, and only rows whose transaction the slot can still see.
select pg_create_logical_replication_slot('rewrite', 'test_decoding') is not null;
begin;
insert into as_catalog select i, i from generate_series(10, 60) i;
update as_catalog set v = 0 where id < 30;
commit;
update as_catalog set v = 1 where id between 20 and 40;
vacuum full as_catalog;
begin;
create table renamed (a int);
alter table renamed rename to renamed_twice;
commit;
vacuum full pg_class;
cluster pg_attribute using pg_attribute_relid_attnum_index;
select pg_drop_replication_slot('rewrite');
