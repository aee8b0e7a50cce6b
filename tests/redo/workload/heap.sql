-- heap.sql - every kind of change to a heap page that one session can make
--
-- Covers the flags too: prefix and suffix compression, cleared all-visible bits, old tuples and keys
-- for logical decoding, moved partitions, toasted values, null bitmaps, init-page forms. Runs twice:
-- below wal_level logical (replica.sh), updates leave out what old and new version share.
\if :{?schema} \else
\set schema heap
\endif
create schema :schema;
set search_path = :schema;

-- INSERT, INSERT+INIT; columns of all alignments, nulls, dropped and missing ones.
create table wide (id int primary key, a "char", b smallint, c bigint, d text, e numeric, f bytea,
                   g text[], h timestamptz) with (fillfactor = 70);
insert into wide select i, 'x', i, i * 1000000000::bigint, repeat('d', i % 50), i / 7.0,
                        decode(repeat('ab', i % 20), 'hex'), array['p', i::text],
                        '2020-01-01'::timestamptz + i * interval '1 h'
    from generate_series(1, 300) i;
insert into wide (id) select i from generate_series(301, 320) i;
alter table wide drop column e, add column i text default 'filled', add column j int;
insert into wide (id, j) values (321, 1);

checkpoint;
-- UPDATE in one page with a long common prefix, suffix, both, none; on another page; HOT or not.
update wide set d = d || '!' where id between 1 and 40;
update wide set j = 5 where id between 41 and 60;
checkpoint;
update wide set a = 'y' where id between 61 and 80;
update wide set i = md5(id::text), g = null where id between 81 and 100;
update wide set id = id + 1000 where id between 101 and 120;
update wide set d = repeat('long', 300) where id between 121 and 160;
checkpoint;
update wide set d = repeat('long', 300), b = null where id between 161 and 200;

-- UPDATE+INIT: the new version opens a page.
create table filling (x int, y text);
alter table filling alter y set storage plain;
insert into filling values (1, repeat('a', 5000));
update filling set y = repeat('b', 5001);
update filling set y = repeat('c', 5002);

checkpoint;
-- DELETE, in one page and over pages; of a row of the same transaction.
delete from wide where id % 7 = 0;
begin;
insert into wide (id) values (5000);
delete from wide where id = 5000;
commit;
begin;
insert into wide (id) values (5001);
update wide set j = 1 where id = 5001;
update wide set j = 2 where id = 5001;
rollback;

checkpoint;
-- LOCK in its four strengths; again by a subtransaction, which makes a multixact.
begin;
select id from wide where id = 1 for key share;
select id from wide where id = 2 for share;
select id from wide where id = 3 for no key update;
select id from wide where id = 4 for update;
savepoint s;
select id from wide where id = 1 for update;
update wide set j = 7 where id = 2;
update wide set id = 9003 where id = 3;
delete from wide where id = 4;
release s;
commit;
begin;
select id from wide where id = 5 for key share;
savepoint s;
update wide set j = 8 where id = 5;
rollback to s;
select id from wide where id = 5 for share;
commit;

-- Speculative insertion and its CONFIRM; updates on conflict.
create table target (k int primary key, v text);
insert into target select i, 'new' from generate_series(1, 20) i on conflict do nothing;
insert into target select i, 'second' from generate_series(11, 30) i
    on conflict (k) do update set v = excluded.v;

-- Clearing all-visible and all-frozen: by each kind of change, on the page and on two pages at once.
create table visible (id int primary key, v text) with (fillfactor = 60);
alter table visible alter v set storage plain;
insert into visible select i, repeat('v', 100) from generate_series(1, 600) i;
vacuum (freeze) visible;
insert into visible values (601, 'insert');
delete from visible where id = 1;
update visible set v = repeat('w', 100) where id = 100;
update visible set v = repeat('w', 3000) where id = 150;
checkpoint;
insert into visible values (602, 'insert after a checkpoint');
vacuum (freeze) visible;
update visible set v = repeat('x', 3000) where id between 200 and 204;
update visible set v = repeat('x', 3000) where id = 300;
update visible set v = repeat('y', 3000) where id = 350;
update visible set v = repeat('z', 7000) where id = 400;
checkpoint;
update visible set v = repeat('z', 6000) where id = 450;
vacuum (freeze) visible;
begin;
select id from visible where id = 300 for share;
select id from visible where id = 550 for update;
commit;
vacuum visible;
copy visible from program 'seq 1001 1002 | sed "s/$/,multi insert into an all-visible page/"'
    (format csv);
vacuum (freeze) visible;
create table visible_both (id int primary key, v text);
alter table visible_both alter v set storage plain;
insert into visible_both select i, repeat('v', 100) from generate_series(1, 600) i;
delete from visible_both where id between 300 and 370;
vacuum (freeze, index_cleanup on) visible_both;
update visible_both set v = repeat('w', 3000) where id = 10;
update visible_both set v = repeat('w', 3000) where id = 500;

-- Old tuples and keys, which logical decoding asks for.
create table full_identity (id int primary key, v text);
alter table full_identity replica identity full;
insert into full_identity select i, repeat('f', 20) from generate_series(1, 30) i;
update full_identity set v = 'changed' where id < 10;
update full_identity set id = id + 100 where id between 10 and 14;
delete from full_identity where id between 15 and 19;
create table key_identity (id int primary key, v text);
insert into key_identity select i, repeat('f', 20) from generate_series(1, 30) i;
update key_identity set id = id + 100 where id < 10;
delete from key_identity where id between 15 and 19;
create table no_identity (id int primary key, v text);
alter table no_identity replica identity nothing;
insert into no_identity values (1, 'a');
update no_identity set v = 'b', id = 2;
delete from no_identity;
create table index_identity (id int not null, v text);
create unique index index_identity_id on index_identity (id);
alter table index_identity replica identity using index index_identity_id;
insert into index_identity values (1, 'a'), (2, 'b');
update index_identity set id = id + 10;
delete from index_identity where id = 11;

-- A row that moves to another partition leaves a marker, not a successor.
create table parted (k int, v text) partition by list (k);
create table parted_1 partition of parted for values in (1);
create table parted_2 partition of parted for values in (2);
insert into parted values (1, 'stays'), (1, 'moves'), (2, 'moves');
update parted set k = 3 - k where v = 'moves';

-- TRUNCATE for logical decoding: with its flags.
create table truncated (id serial primary key, v text);
create table truncated_child (id int references truncated);
insert into truncated (v) values ('gone');
truncate truncated restart identity cascade;
truncate parted, key_identity;

-- Long values: in line compressed, out of line, out of line compressed, updated and deleted.
create table toasted (id int primary key, v text, w text);
alter table toasted alter w set storage external;
insert into toasted values
    (1, repeat('compressible ', 300), repeat('external ', 1000)),
    (2, (select string_agg(md5(i::text), '') from generate_series(1, 200) i), null);
update toasted set v = v || 'more' where id = 2;
update toasted set id = 3 where id = 1;
delete from toasted where id = 2;
alter table toasted alter v set compression lz4;
update toasted set v = repeat('lz4 compressible ', 300) || id;

-- A trigger that changes the row, a system column read, a whole-row rewrite.
alter table wide alter b type int;
alter table full_identity add column extra bigint default nextval('truncated_id_seq');
