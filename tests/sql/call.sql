-- Calls of functions: named arguments, defaults, bodies in SQL
select interval '1 day' + timestamp '2024-01-01', interval '1 day' + date '2024-01-01', interval '1 hour' + time '10:00', interval '1 hour' + timetz '10:00+01', interval '1 day' + timestamptz '2024-01-01 UTC', 5 + date '2024-01-01', time '10:00' + date '2024-01-01', timetz '10:00+01' + date '2024-01-01';
select date_part('year', date '2024-01-01'), age(timestamp '2000-01-01') = age(current_date::timestamp, timestamp '2000-01-01');
select (timestamp '2024-01-01', interval '1 day') overlaps (timestamp '2024-01-03', interval '1 day'), (date '2024-01-01', date '2024-01-05') overlaps (date '2024-01-03', interval '1 day');
select make_interval(days => 10), make_interval(secs => 1.5, years => 2), make_interval(), make_interval(1, weeks => 3);
select lpad('a', 3), rpad('b', 4) || 'x', round(2.5), trunc(2.7), log10(100), log(10), quote_literal(5), bit_length('abc'), substring('foobar' similar '%#"o_b#"%' escape '#');
create table t2 (id int primary key, ts timestamp, iv interval, d date);
insert into t2 values (1, '2024-01-01', '1 day', '2024-02-29'), (2, '2024-02-01', '2 mons', '2023-02-28'), (3, null, null, null);
select id, iv + ts, date_part('month', d), lpad(id::text, 3), 3 + d from t2 order by id;
select id from t2 where interval '1 day' + ts > '2024-01-15' order by id;
select id from t2 where (ts, iv) overlaps (timestamp '2024-02-15', timestamp '2024-02-16') order by id;
select sum(date_part('day', d)), max(interval '1 mon' + d) from t2;
select date_part('fortnight', d) from t2;
drop table t2;
select 'a' || 5, 5 || 'a', now()::date || 'x' = current_date::text || 'x', quote_literal(1.5), quote_nullable(null::int), 'x' || null::int;
prepare q(interval) as select $1 + date '2024-01-01', 'a' || $1;
execute q('1 day'); execute q('2 days'); execute q(null);
select i, 'n' || i from generate_series(1, 3) i order by i;
