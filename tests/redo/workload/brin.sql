-- brin.sql - BRIN pages: summaries made, widened, moved, removed; the range map and its growth
create schema brin;
set search_path = brin;
set wal_consistency_checking = 'brin';

-- One row to a heap page, one page to a range.
create table wide (id int, t text, pad text);
alter table wide alter t set storage external, alter pad set storage plain;
create index wide_id on wide using brin (id) with (pages_per_range = 1);
create index wide_t on wide using brin (t) with (pages_per_range = 1);
create index wide_bloom on wide using brin (id int4_bloom_ops) with (pages_per_range = 4);
create index wide_multi on wide using brin (id int4_minmax_multi_ops) with (pages_per_range = 2);
copy wide from program 'for i in $(seq 1 60); do printf "%d\t%d\t%05000d\n" $i $i 0; done';
select brin_summarize_new_values('wide_id'), brin_summarize_new_values('wide_t'),
       brin_summarize_new_values('wide_bloom'), brin_summarize_new_values('wide_multi');

-- A summary is widened in place, or moves when it grows too long for its page; onto new pages.
insert into wide select i * 100, i::text, '' from generate_series(1, 40) i;
checkpoint;
insert into wide select i * 1000, repeat(chr(96 + i % 26), 40 * i), '' from generate_series(1, 40) i;
update wide set t = repeat('z', 2000 + id) where id between 1 and 40;
update wide set t = repeat('A', 1500 + id) where id between 1 and 40;

-- Removed, and made again.
select brin_desummarize_range('wide_id', b), brin_desummarize_range('wide_t', b)
    from generate_series(0, 20, 3) b;
select brin_summarize_range('wide_id', 0), brin_summarize_range('wide_t', 3);
vacuum wide;

-- More ranges than one page of the map holds: the block behind it is cleared for the map.
create table many (id int, pad text);
alter table many alter pad set storage plain;
create index many_id on many using brin (id) with (pages_per_range = 1);
copy many from program 'for i in $(seq 1 200); do printf "%d\t%05000d\n" $i 0; done';
select brin_summarize_new_values('many_id');
copy many from program 'for i in $(seq 201 1500); do printf "%d\t%05000d\n" $i 0; done';
set wal_consistency_checking = '';
select brin_summarize_range('many_id', b) from generate_series(200, 1350) b;
set wal_consistency_checking = 'brin';
select brin_summarize_new_values('many_id');
create unlogged table volatile (k int);
create index volatile_k on volatile using brin (k);
create index many_built on many using brin (id) with (pages_per_range = 16);
