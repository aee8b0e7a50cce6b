-- spgist.sql - SP-GiST pages: each operation on leaves and inner tuples, for all kinds of trees
create schema spgist;
set search_path = spgist;
set wal_consistency_checking = 'spgist';

-- A radix tree: new nodes, prefixes that have to be split, chains that move to another page.
create table words (id int, t text);
create index words_t on words using spgist (t);
insert into words select i, 'common prefix ' || md5(i::text) || repeat('x', i % 70)
    from generate_series(1, 900) i;
checkpoint;
insert into words select i, 'common ' || i || md5(i::text) from generate_series(1001, 1030) i;
insert into words select i, 'co' || chr(48 + i % 75) || md5(i::text) from generate_series(2001, 2200) i;
insert into words select i, chr(33 + i % 90) || 'q' || repeat(md5(i::text), 4)
    from generate_series(3001, 3300) i;
insert into words select i, 'common prefix ' || repeat(chr(97 + i % 26), i % 400) || i
    from generate_series(4001, 4300) i;
insert into words select i, repeat('s', 1000) || repeat(chr(97 + i % 5), 300) || i
    from generate_series(5001, 5060) i;
-- Inner tuples that get more nodes than fit, below parents on their own page: they move alone.
insert into words select i, chr(65 + i % 26) || repeat(chr(97 + i % 26), 1000) || md5(i::text)
    from generate_series(10001, 10300) i;
insert into words select i, chr(65 + i % 26) || repeat(chr(97 + i % 26), 1000) || chr(33 + i / 26 % 90)
    from generate_series(11000, 13400) i where i % 26 between 17 and 21;
-- All the same, so that nothing can be told apart.
insert into words select i, 'equal' from generate_series(6001, 6500) i;
insert into words values (7001, 'equal and more'), (7002, 'equa'), (7003, 'equal');
-- Redirections become placeholders once nobody can follow them, leaves are thinned.
select pg_current_xact_id() is not null;
vacuum (index_cleanup on) words;
delete from words where id % 3 = 0;
vacuum (index_cleanup on) words;
insert into words select i, 'common prefix ' || md5(i::text) from generate_series(8001, 8200) i;
delete from words;
vacuum (index_cleanup on) words;
select pg_current_xact_id() is not null;
vacuum (index_cleanup on) words;

-- Inner tuples with prefixes of a thousand bytes, which then get more nodes than their page can
-- take: they move, and leave a redirection. Their parent is the root at first, later any.
create table nodes (t text);
create index nodes_t on nodes using spgist (t);
insert into nodes select chr(65 + i % 10) || repeat(chr(97 + i % 10), 1000) || md5(i::text)
    from generate_series(1, 120) i;
insert into nodes select chr(65 + i % 10) || repeat(chr(97 + i % 10), 1000) || chr(33 + i / 10)
    from generate_series(0, 500) i;
insert into nodes select chr(65 + i % 10) || repeat(chr(97 + i % 10), 500) || chr(33 + i / 10)
    from generate_series(0, 200) i;
vacuum (index_cleanup on) nodes;

-- A root that is a leaf.
create table few (p point);
create index few_p on few using spgist (p);
insert into few select point(i, i) from generate_series(1, 40) i;
delete from few where p[0] > 20;
vacuum (index_cleanup on) few;

-- Quadrants, halves, addresses, ranges, boxes; nulls have a tree of their own.
create table points (id int, p point);
create index points_quad on points using spgist (p quad_point_ops);
create index points_kd on points using spgist (p kd_point_ops);
insert into points select i, point(i * 7919 % 1000, i * 104729 % 1000) from generate_series(1, 600) i;
insert into points select i, null from generate_series(1001, 1700) i;
insert into points select i, point(1, 1) from generate_series(2001, 2300) i;
delete from points where id % 2 = 0;
vacuum (index_cleanup on) points;
insert into points select i, point(i % 50, i % 60) from generate_series(3001, 3100) i;
create table kinds (id int, i inet, r int8range, b box);
create index kinds_i on kinds using spgist (i);
create index kinds_r on kinds using spgist (r);
create index kinds_b on kinds using spgist (b) include (id);
insert into kinds select i, ('10.' || i % 7 || '.' || i % 251 || '.' || i % 13)::inet,
                         case when i % 10 = 0 then 'empty' else int8range(i, i + i % 17) end,
                         box(point(i % 31, i % 37), point(i % 41, i % 43))
    from generate_series(1, 400) i;
delete from kinds where id % 5 = 0;
vacuum (index_cleanup on) kinds;
create unlogged table volatile (p point);
create index volatile_p on volatile using spgist (p);
create index words_built on words using spgist (t);
