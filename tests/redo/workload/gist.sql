-- gist.sql - GiST pages: inserts, splits on several levels, deletion and reuse of pages
create schema gist;
set search_path = gist;
set wal_consistency_checking = 'gist';

-- Boxes, inserted one by one: 150 or so to a page.
create table boxes (id int, b box);
create index boxes_b on boxes using gist (b);
insert into boxes select i, box(point(i * 7919 % 1000, i * 104729 % 1000),
                                point(i * 7919 % 1000 + 5, i * 104729 % 1000 + 5))
    from generate_series(1, 900) i;
checkpoint;
insert into boxes select i, box(point(i, i), point(i + 1, i + 1)) from generate_series(901, 1000) i;

-- Signatures of 2000 bytes: three to a page, so that inner pages split too.
create table signatures (id int, t text);
create index signatures_t on signatures using gist (t public.gist_trgm_ops (siglen = 2000));
insert into signatures select i, (select string_agg(md5((i * 100 + j)::text), ' ')
                                  from generate_series(1, 15 + i % 20) j)
    from generate_series(1, 120) i;

-- Emptied pages are deleted by vacuum, and used again once nobody can see them any more.
delete from boxes where b <@ box '(0,0),(700,1100)';
vacuum (index_cleanup on) boxes;
delete from signatures where id % 10 <> 0;
vacuum (index_cleanup on) signatures;
select pg_current_xact_id() is not null;
vacuum (index_cleanup on) boxes;
vacuum (index_cleanup on) signatures;
insert into boxes select i, box(point(i * 7919 % 700, i * 104729 % 1000),
                                point(i * 7919 % 700 + 5, i * 104729 % 1000 + 5))
    from generate_series(2001, 2700) i;
insert into signatures select i, (select string_agg(md5((i * 100 + j)::text), ' ')
                                  from generate_series(1, 15 + i % 20) j)
    from generate_series(201, 260) i;

-- Entries known dead make room on a full page; a scan marks them in leaves below a root only.
create table known_dead (id int, p point);
create index known_dead_p on known_dead using gist (p);
insert into known_dead select i, point(i % 20, i / 20) from generate_series(1, 400) i;
delete from known_dead where id % 2 = 0;
set enable_seqscan = off;
set enable_bitmapscan = off;
select count(*) from known_dead where p <@ box '(-1,-1),(1000,1000)';
insert into known_dead select i, point(i % 20, i / 20) from generate_series(1, 400) i;
update known_dead set p = point(p[0], p[1] + 1) where id > 350;
reset enable_seqscan;
reset enable_bitmapscan;

-- Other classes; an exclusion constraint; sorted and buffered builds.
create table kinds (id int, r int4range, i inet, t text, a int[],
                    exclude using gist (id with =, r with &&));
create index kinds_i on kinds using gist (i inet_ops);
create index kinds_t on kinds using gist (t public.gist_text_ops);
create index kinds_a on kinds using gist (a public.gist__intbig_ops);
create index kinds_ts on kinds using gist (to_tsvector('simple', t));
insert into kinds select i, int4range(i, i + 10), ('10.0.' || i % 256 || '.1')::inet, md5(i::text),
                         array[i, i * 2] from generate_series(1, 150) i;
create index boxes_point on boxes using gist (point(b));
create unlogged table volatile (p point);
create index volatile_p on volatile using gist (p);
create index boxes_buffered on boxes using gist (b) with (buffering = on);
