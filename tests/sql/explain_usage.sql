-- What runs of plans took: blocks, temporary files, the log; and the settings that a plan was made with.
-- plans stay as they are
set debug_discard_caches = 0;
\pset format unaligned
create table t(id int primary key, k int, v text);
insert into t select g, g % 10, 'v' || g from generate_series(1, 2000) g;
create index t_k on t(k);
create table u as select * from t;
vacuum analyze t;
vacuum analyze u;
set jit = on;
set max_parallel_workers_per_gather = 2;

-- Options
explain (wal) select 1;
explain (wal off, costs off) select 1;
explain (buffers, costs off) select 1;
explain (buffers maybe) select 1;
explain (settings 2) select 1;
explain (settings '1') select 1;
explain (costs 0, format 2) select 1;
explain (costs 0) select 1;
explain (buffers, buffers off, settings on, settings false, costs off) select 1;
explain (generic_plan) select 1;
explain (analyze, wal, buffers, settings, costs off, timing off, summary off) select 1;

select count(*) from t where k = 4 and id + 0 <> 5;
select count(*) from t where k = 3;
select k from t where id = 76;

-- Blocks; planning is left out, as caches are filled otherwise
explain (analyze, buffers, costs off, timing off, summary off) select count(*) from t \g |sed '/^Planning:/,+1d'
explain (analyze, buffers, costs off, timing off, summary off) select * from t where id = 77 \g |sed '/^Planning:/,+1d'
explain (analyze, buffers, costs off, timing off, summary off) select count(*) from t where k = 3 \g |sed '/^Planning:/,+1d'
explain (analyze, buffers, costs off, timing off, summary off) select count(*) from t where id = 10 or k = 4 \g |sed '/^Planning:/,+1d'
explain (analyze, buffers, costs off, timing off, summary off) select count(*) from t join u using (id) where t.k = 1 \g |sed -e '/^Planning:/,+1d' -e /Buckets/d
explain (analyze, buffers, costs off, timing off, summary off) with a as materialized (select * from u) select (select count(*) from t) from a where id < 3 \g |sed '/^Planning:/,+1d'
explain (analyze, buffers, costs off, timing off, summary off) select * from t where id > 5000 and k = 3 and v = 'x' limit 0 \g |sed '/^Planning:/,+1d'

-- The log
explain (analyze, wal, costs off, timing off, summary off) update u set k = k + 1 where id between 10 and 15;
explain (analyze, wal, costs off, timing off, summary off) insert into u select * from t where id < 4;
explain (analyze, wal, costs off, timing off, summary off, format json) delete from u where id = 20;
explain (analyze, wal, costs off, timing off, summary off, format yaml) delete from u where id = 21;

-- All formats
explain (buffers, settings, costs off, format json) select count(*) from t;
explain (buffers, settings, costs off, format yaml) select count(*) from t;
explain (buffers, settings, costs off, format xml) select count(*) from t;
explain (analyze, buffers, wal, verbose, costs off, timing off, summary off, format json) select k from u where id = 20 \g |sed '/^    "Planning"/,$d'
explain (analyze, buffers, wal, verbose, costs off, timing off, summary off, format yaml) select k from u where id = 20 \g |sed '/^  Planning/,$d'
explain (analyze, buffers, wal, verbose, costs off, timing off, summary off, format xml) select k from u where id = 20 \g |sed '/^    <Planning>/,$d'
explain (format xml) select 'a' || '<&>' from t where v > '"x''';
explain (format xml, analyze) select 1 \g |sed 's/>[0-9.]*</></'
prepare p(int) as select * from t where id = $1;
explain (buffers, settings, costs off, format json) execute p(1) \g |sed '/^    "Planning"/,$d'

-- Times of reading and writing
set track_io_timing = on;
explain (buffers, costs off, format json) select 1;
explain (buffers, costs off, format xml) select 1;
set temp_buffers = 100;
create temp table z as select g a, repeat('x', 1000) b from generate_series(1, 2000) g;
explain (analyze, buffers, costs off, timing off, summary off) select count(*) from z \g |sed -e '/^Planning:/,+2d' -e '/Timings/s/=[0-9.]*//g'
explain (analyze, buffers, costs off, timing off, summary off) update z set a = a + 1 where a < 5 \g |sed -e '/^Planning:/,+2d' -e '/Timings/s/=[0-9.]*//g' -e 's/written=.*//'
set work_mem = '64kB';
explain (analyze, buffers, costs off, timing off, summary off) select * from u order by v, k \g |sed -e '/^Planning:/,+2d' -e '/temp/s/=[0-9.]*//g' -e /Method/d
reset track_io_timing;

-- Settings that are not what they are without a word
explain (settings, costs off) select 1;
set enable_hashagg = off;
set random_page_cost = 3;
set search_path = public, pg_catalog, 'it''s';
set geqo_threshold = 12;
explain (settings, costs off) select 1;
explain (settings, costs off, format json) select 1;
explain (settings, costs off, format yaml) select 1;
explain (settings, costs off, format xml) select 1;
drop table t, u;
