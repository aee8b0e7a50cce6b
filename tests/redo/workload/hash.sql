-- hash.sql - hash index pages: bucket splits, overflow chains, squeezing
create schema hash;
set search_path = hash;
set wal_consistency_checking = 'hash';

-- Buckets split as keys come in; their cleanup follows at once. Vacuumed, a table is known to be
-- empty, and the index begins with two buckets, not with a guess.
create table spread (k int);
vacuum spread;
create index spread_k on spread using hash (k) with (fillfactor = 10);
insert into spread select i from generate_series(1, 700) i;
checkpoint;
insert into spread select i from generate_series(701, 1000) i;
delete from spread where k % 3 = 0;
vacuum (index_cleanup on) spread;

-- One key many times: a chain of overflow pages, 407 entries to a page.
create table chain (k int, n int);
create index chain_k on chain using hash (k) with (fillfactor = 100);
insert into chain select 7, i from generate_series(1, 1800) i;
-- A little room on each page: the last page's entries move forward, and several pages take part.
delete from chain where n % 12 = 0;
vacuum (index_cleanup on) chain;
checkpoint;
-- Much room: pages are emptied and freed.
delete from chain where n % 3 <> 0;
vacuum (index_cleanup on) chain;
-- Freed pages are taken again.
insert into chain select 7, i from generate_series(3001, 4200) i;
delete from chain where n < 3600;
vacuum (index_cleanup on) chain;
delete from chain;
vacuum (index_cleanup on) chain;

-- A bucket splits while it has overflow pages, of which the new bucket gets some.
create table split_chain (k int);
vacuum split_chain;
create index split_chain_k on split_chain using hash (k) with (fillfactor = 10);
set wal_consistency_checking = '';
insert into split_chain select i % 4 from generate_series(1, 1400) i;
set wal_consistency_checking = 'hash';
insert into split_chain select i from generate_series(1, 400) i;
vacuum (index_cleanup on) split_chain;

-- Entries known dead make room for new ones on a full page.
create table known_dead (k int, n int);
vacuum known_dead;
create index known_dead_k on known_dead using hash (k);
insert into known_dead select 1, i from generate_series(1, 400) i;
delete from known_dead where n % 2 = 0;
set enable_seqscan = off;
set enable_bitmapscan = off;
select count(*) from known_dead where k = 1;
insert into known_dead select 1, i from generate_series(401, 500) i;
-- The mark that a page has such entries goes when vacuum removes them.
delete from known_dead where n % 3 = 0;
select count(*) from known_dead where k = 1;
vacuum (index_cleanup on) known_dead;

-- Built from rows that are there, on text, and unlogged, whose init fork is logged.
create table built as select md5(i::text) as k from generate_series(1, 300) i;
create index built_k on built using hash (k);
create unlogged table volatile (k int);
create index volatile_k on volatile using hash (k);
