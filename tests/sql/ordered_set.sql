-- ordered_set.sql - percentiles, modes, ranks of rows that are not there, and other aggregates of statistics
create table measure (g int, f float8, i interval, t text, n numeric, k int);
insert into measure select x % 4, x * 1.5, x * interval '1 hour', 'w' || x % 7, x / 3.0, nullif(x % 10, 3)
  from generate_series(1, 40) x;
select percentile_cont(0.5) within group (order by f) from measure;
select percentile_disc(0.5) within group (order by f) from measure;
select g, percentile_cont(0.25) within group (order by f), percentile_cont(0.75) within group (order by f desc),
  percentile_disc(0.9) within group (order by t) from measure group by g order by g;
select percentile_cont(0.3) within group (order by i) from measure;
select percentile_cont(array[0, 0.1, null, 1, 0.5, 0.5]) within group (order by i) from measure;
select percentile_cont('{{0.1,0.2},{0.9,NULL}}'::float8[]) within group (order by f) from measure;
select percentile_disc('[3:5]={0.5,0.1,1}'::float8[]) within group (order by t) from measure;
select percentile_disc('{}'::float8[]) within group (order by t) from measure;
select percentile_disc(array[0.3, 0.6]) within group (order by n) from measure;
select percentile_cont(null) within group (order by f) from measure;
select percentile_cont(null::float8[]) within group (order by f) from measure;
select percentile_cont(1.5) within group (order by f) from measure;
select percentile_disc(-0.1) within group (order by f) from measure where false;
select percentile_disc(array[-0.1]) within group (order by f) from measure where false;
select percentile_disc(array[0.5, 'NaN']) within group (order by f) from measure;
select percentile_disc('-infinity') within group (order by f) from measure;
select percentile_disc(1.25e-7 - 1) within group (order by f) from measure;
select percentile_cont(0.5) within group (order by f) from measure where false;
select percentile_cont(0.5) within group (order by f) from (values (null::float8), (null)) v(f);
select percentile_cont(0.5) within group (order by f) from (values (null::float8), (1), (null), (4)) v(f);
select percentile_cont(0.5) within group (order by k) from measure;
select g, mode() within group (order by k), mode() within group (order by k desc) from measure group by g order by 1;
select mode() within group (order by t), mode() within group (order by t desc) from measure;
select mode() within group (order by k) filter (where k > 4) from measure;
select mode() within group (order by f) from measure where false;
select mode() within group (order by row(g, k)) from measure;
select rank(5) within group (order by k), dense_rank(5) within group (order by k),
  percent_rank(5) within group (order by k), cume_dist(5) within group (order by k) from measure;
select rank(5) within group (order by k desc nulls last), dense_rank(5) within group (order by k desc),
  percent_rank(null) within group (order by k), cume_dist(null) within group (order by k nulls first) from measure;
select g, rank(g + 2, 'w3') within group (order by k, t) from measure group by g order by g;
select g, cume_dist(g * 2) within group (order by k), dense_rank('w3', 3) within group (order by t desc, k)
  from measure group by rollup (g) order by g;
select rank(3) within group (order by k) filter (where g = 1) from measure;
select rank(3), percent_rank(3), cume_dist(3), dense_rank(3) from measure;
select rank(3) within group (order by k), percent_rank(3) within group (order by k),
  cume_dist(3) within group (order by k), dense_rank(3) within group (order by k) from measure where false;
select rank('x') within group (order by k) from measure;
select rank(1, 2) within group (order by k) from measure;
select percentile_cont(0.5, 0.6) within group (order by f) from measure;
select percentile_cont(0.5) within group (order by t) from measure;
select percentile_cont(f) within group (order by f) from measure;
select g, percentile_cont(g / 4.0) within group (order by f) from measure group by g order by g;
select percentile_cont(avg(f)) within group (order by f) from measure;
select percentile_cont(0.5) within group (order by avg(f)) from measure;
select percentile_cont(0.5) within group (order by f) over () from measure;
select percentile_cont(0.5) within group (order by f, g) from measure;
select percentile_disc(distinct 0.5) within group (order by f) from measure;
select sum(f) within group (order by f) from measure;
select (select percentile_disc(0.5) within group (order by m.f) from (values (1)) v(x)) from measure m;
select g, (select percentile_disc(m.g / 4.0) within group (order by x) from generate_series(1, 9) x)
  from measure m where f < 6 order by 1;
select g from measure group by g having percentile_disc(0.5) within group (order by f) > 30 order by g;
select percentile_disc(0.5) within group (order by x), mode() within group (order by x)
  from (values ('b' collate "C"), ('a'), ('c'), ('b')) v(x);
create view medians as select g, percentile_cont(0.5) within group (order by f desc) as median,
  rank(1, 'x') within group (order by k, t desc) filter (where g > 1) as place from measure group by g;
select pg_get_viewdef('medians'::regclass);
select * from medians order by g;
-- sorts that go to disk
set work_mem = '64kB';
select percentile_disc(array[0.1, 0.5, 0.999]) within group (order by md5(x::text)),
  mode() within group (order by x % 1000), rank(500) within group (order by x % 1000)
  from generate_series(1, 20000) x;
reset work_mem;
-- statistics of pairs, bits and booleans
select regr_count(f, n), regr_slope(f, n), regr_intercept(f, n), regr_r2(f, n), regr_avgx(f, n), regr_avgy(f, n),
  regr_sxx(f, n), regr_syy(f, n), regr_sxy(f, n) from measure;
select corr(f, k), covar_pop(f, k), covar_samp(f, k), stddev(k), stddev_pop(n), variance(f), var_samp(n), var_pop(k) from measure;
select bit_and(k), bit_or(k), bit_xor(k), bool_and(k > 2), bool_or(k > 8), every(k < 10) from measure;
select bit_and(b), bit_or(b), bit_xor(b) from (values (b'1010'), (b'0110'), (null)) v(b);
drop view medians;
drop table measure;
