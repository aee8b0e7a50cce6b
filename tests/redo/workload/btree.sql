-- btree.sql - B-tree pages: inserts, splits, posting lists, deletions, page removal and reuse
--
-- Keys are long and uncompressed, six to a page, so that a few hundred rows make a deep tree. The
-- heap's own records are heap.sql's matter: their images are left out here.
create schema btree;
set search_path = btree;
set wal_consistency_checking = 'btree';

-- A tree grown in random order: splits left and right on each level, new roots.
create table deep (id int, k text);
alter table deep alter k set storage external;
create index deep_k on deep (k);
insert into deep select i, repeat(md5(i::text), 38) from generate_series(1, 420) i;
checkpoint;
insert into deep select i, repeat(md5(i::text), 38) from generate_series(421, 500) i;

-- At the right end, at the left end, at one place in the middle.
create table ends (k text);
alter table ends alter k set storage external;
create unique index ends_k on ends (k);
insert into ends select lpad(i::text, 1200, '0') from generate_series(1000, 1040) i;
insert into ends select lpad(i::text, 1200, '0') from generate_series(999, 960, -1) i;
insert into ends select lpad((i / 100.0)::text, 1200, '0') from generate_series(100001, 100020) i;

-- Pages die: single leaves, whole branches, then the levels above them, down to a fast root.
delete from deep where k < '8' or k between 'a' and 'b';
vacuum (index_cleanup on) deep;
delete from deep where k < 'fc';
vacuum (index_cleanup on) deep;
-- Freed pages are used again; a split of the fast root adds a sibling below the true root.
checkpoint;
insert into deep select i, repeat(md5(i::text), 38) from generate_series(501, 700) i;
vacuum (index_cleanup on) deep;
delete from deep;
vacuum (index_cleanup on) deep;
vacuum (index_cleanup on) deep;
insert into deep select i, repeat(md5(i::text), 38) from generate_series(701, 800) i;
vacuum (index_cleanup on) deep;

-- From the left and from the right, leaving one leaf of many.
create table thinned (id int primary key, k text);
alter table thinned alter k set storage external;
create index thinned_k on thinned (k);
insert into thinned select i, lpad(i::text, 1200, '0') from generate_series(1, 300) i;
delete from thinned where id between 2 and 290;
vacuum (index_cleanup on) thinned;
insert into thinned select i, lpad(i::text, 1200, '0') from generate_series(301, 330) i;
vacuum (index_cleanup on) thinned;
insert into thinned select i, lpad(i::text, 1200, '0') from generate_series(2, 60) i;

-- Posting lists: made by deduplication, thinned by vacuum, split when a heap place that was freed
-- is filled with an equal key; splits of full pages at a posting list.
create table equal (k int, pad text);
create index equal_k on equal (k);
insert into equal select i % 3, repeat('p', 30) from generate_series(1, 1000) i;
delete from equal where ctid::text ~ '[37]\)$';
vacuum (index_cleanup on) equal;
checkpoint;
insert into equal select i % 3, repeat('p', 30) from generate_series(1, 300) i;
-- Dense again and again: pages fill up while the new keys fall inside posting lists.
create table equal_wide (k text, pad text);
alter table equal_wide alter k set storage external;
create index equal_wide_k on equal_wide (k);
set wal_consistency_checking = '';
insert into equal_wide select repeat('k', 200) || i % 4, 'p' from generate_series(1, 4000) i;
set wal_consistency_checking = 'btree';
delete from equal_wide where ctid::text ~ '[05]\)$';
vacuum (index_cleanup on) equal_wide;
insert into equal_wide select repeat('k', 200) || i % 4, 'p' from generate_series(1, 300) i;
create table equal_built (k text);
alter table equal_built alter k set storage external;
insert into equal_built select repeat('k', 200) || i % 60 from generate_series(1, 3000) i;
delete from equal_built where ctid::text ~ '[48]\)$';
vacuum equal_built;
-- Built with posting lists, then forbidden to make more of them: a full page has to split.
create index equal_built_k on equal_built (k) with (fillfactor = 100);
alter index equal_built_k set (deduplicate_items = off);
insert into equal_built select repeat('k', 200) || i * 7 % 60 from generate_series(1, 400) i;

-- DELETE: entries known dead are removed when their page is full.
create table known_dead (k text);
alter table known_dead alter k set storage external;
create index known_dead_k on known_dead (k);
insert into known_dead select lpad(i::text, 600, 'k') from generate_series(1, 100) i;
delete from known_dead where k like '%5' or k like '%6';
set enable_seqscan = off;
set enable_bitmapscan = off;
select count(*) from known_dead where k > '';
insert into known_dead select lpad(i::text, 598, 'k') || 'zz' from generate_series(1, 100) i;

-- DELETE bottom-up: versions of a row pile up in an index whose key does not change; with posting
-- lists, of which some members go.
create table churn (id int primary key, steady int, moving int);
create index churn_steady on churn (steady);
create index churn_moving on churn (moving);
insert into churn select i, i % 10, i from generate_series(1, 200) i;
do $$
begin
    for i in 1 .. 16 loop
        update churn set moving = moving + 1000 where id <= 100;
        commit;
    end loop;
end $$;
create table churn_equal (id int, steady int, moving int);
insert into churn_equal select i, i % 2, i from generate_series(1, 600) i;
create index churn_equal_steady on churn_equal (steady);
create index churn_equal_moving on churn_equal (moving);
do $$
begin
    for i in 1 .. 24 loop
        update churn_equal set moving = moving + 1000 where id % 7 = i % 7;
        commit;
    end loop;
end $$;
delete from churn_equal where id % 2 = 0;
select count(*) from churn_equal where steady >= 0;
update churn_equal set moving = -moving;

-- Without deduplication, with included and with several columns, with nulls, descending.
create table kinds (a int, b text, c int);
create index kinds_no_dedup on kinds (a) with (deduplicate_items = off, fillfactor = 50);
create unique index kinds_include on kinds (c) include (b);
create index kinds_many on kinds (a desc nulls last, b collate "C", c);
create index kinds_part on kinds (b) where a is null;
create index kinds_expr on kinds (lower(b) text_pattern_ops);
insert into kinds select nullif(i % 13, 0), md5(i::text), i from generate_series(1, 500) i;
delete from kinds where c % 3 = 0;
vacuum (index_cleanup on) kinds;
create unlogged table volatile (k int primary key);
