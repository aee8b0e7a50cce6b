-- gin.sql - GIN pages: entry tree, posting trees, pending list
create schema gin;
set search_path = gin;
set wal_consistency_checking = 'gin';

-- Entry tree without pending list: long keys (just not so long that they are compressed), so that pages split on several levels.
create table entries (id int, a text[]);
create index entries_a on entries using gin (a) with (fastupdate = off);
insert into entries select i, array[repeat(md5(i::text), 15), repeat(md5((i % 20)::text), 15)]
    from generate_series(1, 420) i;
checkpoint;
insert into entries select i, array[repeat(md5(i::text), 15)] from generate_series(421, 460) i;
delete from entries where id % 3 = 0;
vacuum (index_cleanup on) entries;
insert into entries select i, array[repeat(md5(i::text), 15), null] from generate_series(3, 60, 3) i;

-- A posting list that outgrows its entry becomes a tree; single rows go into compressed leaves.
create table posting (id int, a int[]);
create index posting_a on posting using gin (a) with (fastupdate = off);
set wal_consistency_checking = '';
insert into posting select i, array[1] from generate_series(1, 2200) i;
set wal_consistency_checking = 'gin';
insert into posting select i, array[1] from generate_series(2201, 2800) i;
delete from posting where id between 100 and 700 and id % 4 = 0;
vacuum (index_cleanup on) posting;
insert into posting select i, array[1] from generate_series(1, 140) i;

-- Many rows at once through the pending list; leaves and inner pages of posting trees split.
create table pending (id int, a int[]);
create index pending_a on pending using gin (a) with (fastupdate = on, gin_pending_list_limit = 4096);
insert into pending select i, array[1, i % 5, i] from generate_series(1, 150) i;
select gin_clean_pending_list('pending_a') > 0;
set wal_consistency_checking = '';
insert into pending select i, array[1] from generate_series(1, 24000) i;
set wal_consistency_checking = 'gin';
select gin_clean_pending_list('pending_a') > 0;

-- Whole leaves become empty: in the middle, which removes them, and elsewhere.
delete from pending where id between 3000 and 18000 or id % 5 = 0;
vacuum (index_cleanup on) pending;
set wal_consistency_checking = '';
insert into pending select i, array[1, 2] from generate_series(3000, 9000) i;
set wal_consistency_checking = 'gin';
vacuum (index_cleanup on) pending;
delete from pending;
vacuum (index_cleanup on) pending;
vacuum (index_cleanup on) pending;

-- A row too long for a list page; keys of one row over several list pages; flush by insert.
create table long_rows (a text[]);
create index long_rows_a on long_rows using gin (a) with (gin_pending_list_limit = 64);
insert into long_rows select array_agg(repeat(md5((i * j)::text), 12))
    from generate_series(1, 12) i, generate_series(1, 40) j group by i;

-- Other classes, built from rows that are there.
create table docs as
    select i as id, to_tsvector('simple', 'word' || i % 30 || ' term' || i) as d,
           jsonb_build_object('k', i % 10, 'list', jsonb_build_array(i, i + 1)) as j,
           md5(i::text) as t
    from generate_series(1, 200) i;
create index docs_d on docs using gin (d);
create index docs_j on docs using gin (j jsonb_path_ops) with (fastupdate = off);
create index docs_t on docs using gin (t public.gin_trgm_ops);
insert into docs select id + 1000, d, j, t || 'x' from docs where id < 30;
vacuum docs;
create unlogged table volatile (a int[]);
create index volatile_a on volatile using gin (a);
