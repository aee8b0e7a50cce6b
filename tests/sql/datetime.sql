-- Dates, times, intervals, floats, uuids and places in the log: operators, functions, aggregates, styles
set timezone='Europe/Berlin';
select date '2024-02-29' + 1, date '2024-02-29' - 5, date '2024-02-29' - date '2024-01-01';
select timestamp '2024-02-29 12:00:00.123456'::timestamp(2), '12:34:56.789'::time(1), '1 day 02:03:04.5678'::interval(2), interval '1-2' year to month, interval '90' minute;
select cast('2024-01-01' as timestamptz), '2024-07-01'::timestamptz at time zone 'America/New_York', timestamp '2024-07-01' at time zone 'UTC';
select extract(year from date '2024-02-29'), extract(dow from timestamp '2024-02-29'), date_part('epoch', timestamp '2024-02-29');
select date_trunc('month', timestamp '2024-02-29 12:34'), date_trunc('week', timestamptz '2024-02-29 12:34'), date_trunc('day', timestamptz '2024-02-29 12:34', 'Asia/Tokyo'), date_bin('15 min', timestamp '2024-02-29 12:34', timestamp '2001-01-01');
select age(timestamp '2024-02-29', timestamp '1999-12-31'), justify_interval(interval '35 days 25:00'), justify_days(interval '35 days'), justify_hours(interval '25:00');
select make_date(2024,2,29), make_time(12,34,56.7), make_timestamp(2024,2,29,1,2,3.5), make_timestamptz(2024,2,29,1,2,3.5), make_timestamptz(2024,2,29,1,2,3.5,'UTC'), make_interval(1,2,3,4,5,6,7.5);
select to_timestamp(1700000000.5), isfinite(date 'infinity'), isfinite(interval '1 day');
select (date '2024-01-01', date '2024-02-01') overlaps (date '2024-01-15', date '2024-03-01');
select generate_series(timestamp '2024-01-01', '2024-01-03', '12 hours');
select * from generate_series(date '2024-01-30', date '2024-02-02', interval '1 day') d;
select count(*), min(name), max(name) from pg_timezone_names();
select * from pg_timezone_abbrevs() order by 1 limit 5;
create table t (id int primary key, d date, ts timestamp, tz timestamptz, t time, ttz timetz, iv interval, f float8, u uuid, l pg_lsn);
insert into t values (1, date '2024-01-01' + 1, timestamp '2024-01-01' + 1 * interval '7 hours', timestamptz '2024-03-30' + 1 * interval '1 hour', time '00:00' + 1 * interval '13 min', '12:00+02', 1 * interval '1 hour 1 min', 1 / 7.0, '00000000-0000-0000-0000-000000000001', '0/1000'),
(2, date '2024-01-01' + 2, timestamp '2024-01-01' + 2 * interval '7 hours', timestamptz '2024-03-30' + 2 * interval '1 hour', time '00:00' + 2 * interval '13 min', '12:00+02', 2 * interval '1 hour 1 min', 2 / 7.0, '00000000-0000-0000-0000-000000000002', '0/1000'),
(3, date '2024-01-01' + 3, timestamp '2024-01-01' + 3 * interval '7 hours', timestamptz '2024-03-30' + 3 * interval '1 hour', time '00:00' + 3 * interval '13 min', '12:00+02', 3 * interval '1 hour 1 min', 3 / 7.0, '00000000-0000-0000-0000-000000000003', '0/1000'),
(4, date '2024-01-01' + 4, timestamp '2024-01-01' + 4 * interval '7 hours', timestamptz '2024-03-30' + 4 * interval '1 hour', time '00:00' + 4 * interval '13 min', '12:00+02', 4 * interval '1 hour 1 min', 4 / 7.0, '00000000-0000-0000-0000-000000000004', '0/1000'),
(5, date '2024-01-01' + 5, timestamp '2024-01-01' + 5 * interval '7 hours', timestamptz '2024-03-30' + 5 * interval '1 hour', time '00:00' + 5 * interval '13 min', '12:00+02', 5 * interval '1 hour 1 min', 5 / 7.0, '00000000-0000-0000-0000-000000000005', '0/1000'),
(6, date '2024-01-01' + 6, timestamp '2024-01-01' + 6 * interval '7 hours', timestamptz '2024-03-30' + 6 * interval '1 hour', time '00:00' + 6 * interval '13 min', '12:00+02', 6 * interval '1 hour 1 min', 6 / 7.0, '00000000-0000-0000-0000-000000000006', '0/1000'),
(7, date '2024-01-01' + 7, timestamp '2024-01-01' + 7 * interval '7 hours', timestamptz '2024-03-30' + 7 * interval '1 hour', time '00:00' + 7 * interval '13 min', '12:00+02', 7 * interval '1 hour 1 min', 7 / 7.0, '00000000-0000-0000-0000-000000000007', '0/1000'),
(8, date '2024-01-01' + 8, timestamp '2024-01-01' + 8 * interval '7 hours', timestamptz '2024-03-30' + 8 * interval '1 hour', time '00:00' + 8 * interval '13 min', '12:00+02', 8 * interval '1 hour 1 min', 8 / 7.0, '00000000-0000-0000-0000-000000000008', '0/1000'),
(9, date '2024-01-01' + 9, timestamp '2024-01-01' + 9 * interval '7 hours', timestamptz '2024-03-30' + 9 * interval '1 hour', time '00:00' + 9 * interval '13 min', '12:00+02', 9 * interval '1 hour 1 min', 9 / 7.0, '00000000-0000-0000-0000-000000000009', '0/1000'),
(10, date '2024-01-01' + 10, timestamp '2024-01-01' + 10 * interval '7 hours', timestamptz '2024-03-30' + 10 * interval '1 hour', time '00:00' + 10 * interval '13 min', '12:00+02', 10 * interval '1 hour 1 min', 10 / 7.0, '00000000-0000-0000-0000-000000000010', '0/1000'),
(11, date '2024-01-01' + 11, timestamp '2024-01-01' + 11 * interval '7 hours', timestamptz '2024-03-30' + 11 * interval '1 hour', time '00:00' + 11 * interval '13 min', '12:00+02', 11 * interval '1 hour 1 min', 11 / 7.0, '00000000-0000-0000-0000-000000000011', '0/1000'),
(12, date '2024-01-01' + 12, timestamp '2024-01-01' + 12 * interval '7 hours', timestamptz '2024-03-30' + 12 * interval '1 hour', time '00:00' + 12 * interval '13 min', '12:00+02', 12 * interval '1 hour 1 min', 12 / 7.0, '00000000-0000-0000-0000-000000000012', '0/1000'),
(13, date '2024-01-01' + 13, timestamp '2024-01-01' + 13 * interval '7 hours', timestamptz '2024-03-30' + 13 * interval '1 hour', time '00:00' + 13 * interval '13 min', '12:00+02', 13 * interval '1 hour 1 min', 13 / 7.0, '00000000-0000-0000-0000-000000000013', '0/1000'),
(14, date '2024-01-01' + 14, timestamp '2024-01-01' + 14 * interval '7 hours', timestamptz '2024-03-30' + 14 * interval '1 hour', time '00:00' + 14 * interval '13 min', '12:00+02', 14 * interval '1 hour 1 min', 14 / 7.0, '00000000-0000-0000-0000-000000000014', '0/1000'),
(15, date '2024-01-01' + 15, timestamp '2024-01-01' + 15 * interval '7 hours', timestamptz '2024-03-30' + 15 * interval '1 hour', time '00:00' + 15 * interval '13 min', '12:00+02', 15 * interval '1 hour 1 min', 15 / 7.0, '00000000-0000-0000-0000-000000000015', '0/1000'),
(16, date '2024-01-01' + 16, timestamp '2024-01-01' + 16 * interval '7 hours', timestamptz '2024-03-30' + 16 * interval '1 hour', time '00:00' + 16 * interval '13 min', '12:00+02', 16 * interval '1 hour 1 min', 16 / 7.0, '00000000-0000-0000-0000-000000000016', '0/1000'),
(17, date '2024-01-01' + 17, timestamp '2024-01-01' + 17 * interval '7 hours', timestamptz '2024-03-30' + 17 * interval '1 hour', time '00:00' + 17 * interval '13 min', '12:00+02', 17 * interval '1 hour 1 min', 17 / 7.0, '00000000-0000-0000-0000-000000000017', '0/1000'),
(18, date '2024-01-01' + 18, timestamp '2024-01-01' + 18 * interval '7 hours', timestamptz '2024-03-30' + 18 * interval '1 hour', time '00:00' + 18 * interval '13 min', '12:00+02', 18 * interval '1 hour 1 min', 18 / 7.0, '00000000-0000-0000-0000-000000000018', '0/1000'),
(19, date '2024-01-01' + 19, timestamp '2024-01-01' + 19 * interval '7 hours', timestamptz '2024-03-30' + 19 * interval '1 hour', time '00:00' + 19 * interval '13 min', '12:00+02', 19 * interval '1 hour 1 min', 19 / 7.0, '00000000-0000-0000-0000-000000000019', '0/1000'),
(20, date '2024-01-01' + 20, timestamp '2024-01-01' + 20 * interval '7 hours', timestamptz '2024-03-30' + 20 * interval '1 hour', time '00:00' + 20 * interval '13 min', '12:00+02', 20 * interval '1 hour 1 min', 20 / 7.0, '00000000-0000-0000-0000-000000000020', '0/1000');
select * from t where d between '2024-01-05' and '2024-01-08' order by id;
select min(d), max(d), min(ts), max(tz), min(t), max(ttz), sum(iv), avg(iv), avg(f), stddev(f), var_pop(f), corr(f, id), regr_slope(f, id), min(iv), max(l) from t;
select date_trunc('day', ts) as day, count(*) from t group by 1 order by 1;
select distinct t.iv from t order by iv desc limit 3;
create index on t (ts);
create index on t (tz, iv);
select id from t where ts = '2024-01-02 18:00';
select id, tz from t where tz >= '2024-03-31 01:00' and tz < '2024-03-31 06:00' order by tz;
select d + t, d + ttz, ts - timestamp '2024-01-01', tz - interval '1 day', ts::date, tz::time, tz::timetz, ts::timestamptz, tz::timestamp, d::timestamp from t where id = 5;
set datestyle = 'German'; set intervalstyle = 'sql_standard';
select d, ts, tz, iv from t where id < 3 order by 1;
set datestyle = 'Postgres, DMY'; set intervalstyle = 'postgres_verbose';
select d, ts, tz, iv from t where id < 3 order by 1;
set datestyle = 'SQL, MDY'; set intervalstyle = 'iso_8601';
select d, ts, tz, iv from t where id < 3 order by 1;
reset datestyle; reset intervalstyle;
select '2024-13-01'::date;
select '2024-02-30'::date;
select 'foo'::timestamp;
select '25:00'::time;
select interval '1 foo';
select timestamp '2024-01-01 00:00' at time zone 'Mars/Phobos';
select extract(fortnight from now());
select now() = current_timestamp, now()::date = current_date, localtimestamp = now()::timestamp, current_time::time = localtime, transaction_timestamp() = now();
select 'now'::timestamptz = now(), 'today'::date = current_date, 'tomorrow'::date - 'yesterday'::date;
select age(timestamptz '2000-01-01') = age(current_date::timestamptz, '2000-01-01');
select age(xid '3') > 0;
select sin(1), cosd(60), power(2, 0.5::float8), ln(10::float8), round(2.5::float8), cbrt(27), pi(), degrees(1), width_bucket(5.0::float8, 0, 10, 4);
select bool_and(id > 0), bool_or(id > 19), every(id < 10) from t;
select setseed(0.5), random(), random();
select (now() = now())::text, pg_wal_lsn_diff('1/0', '0/1');
select '0/16B3748'::pg_lsn - '0/16B3740'::pg_lsn, '0/10'::pg_lsn + 16;
select interval '1 day' * 1.5, interval '1 month' / 3, 2 * interval '1 hour', -interval '1 day';
select '2024-01-01'::timestamp < '2024-01-01'::date, '2024-01-01'::timestamptz > '2024-01-01'::date;
prepare p(timestamp, interval) as select $1 + $2; execute p('2024-01-31', '1 month');
drop table t;
-- templates: names in the letters of a collation; numbers that are too long
select to_char(timestamp '2024-04-05', 'TMDAY TMDay TMDY TMMONTH TMmon DAY' collate "tr-x-icu"),
  to_char(timestamp '2024-04-05', 'TMDAY TMDay TMdy TMMONTH TMmon DAY');
create table template (a text collate "C", b text collate "POSIX");
insert into template values ('TM', 'DAY');
select to_char(timestamp '2024-04-05', a || b) from template;
select to_char(timestamp '2024-04-05', b || a) from template;
select to_date('Friday', a || b), to_date('friday', b || a) from template;
select to_date('friday', a || b) from template;
drop table template;
select to_date('FRİDAY 2024', 'TMDay YYYY' collate "tr-x-icu"), to_date('Friday 2024', 'TMDay YYYY' collate "tr-x-icu"),
  to_date('5 ſeptember', 'DD TMMonth' collate "und-x-icu"), to_date('APRil 5', 'TMMon DD'), to_date('FRIDAY', 'Day' collate "tr-x-icu");
select to_date('FRIDAY 2024', 'TMDay YYYY' collate "tr-x-icu");
select to_date('é', 'TMMonth');
select to_date('VI 5', 'TMRM DD' collate "tr-x-icu"), to_date('vi 5', 'TMRM DD' collate "tr-x-icu");
select to_date('-21474836484294967297', 'DD');
select to_date('-21474836490', 'FMYYYY');
select to_timestamp('99999999999999999999999999', 'HH24');
select to_timestamp('-2147483649', 'SSSS');
select to_char(interval '-2147483648 days', 'W WW DD DDD');

-- Weeks of intervals that are longer than days are counted.
select i, to_char(i, 'IW|IYYY|IDDD|J')
from unnest(array['178956970 years'::interval, '-178956970 years', '6000000 years', '-6000000 years',
                  '5874898 years', '-2147483648 months', '2147483647 months 2147483647 days',
                  '-2147483648 months -2147483648 days', '11764850 years -2147483000 days',
                  '-5867440 years 2147483647 days', '100 years 371 days',
                  '5874898 years 300 days']) i;
-- weeks that are too large turn over
select to_date('2020 613566758', 'YYYY WW'), to_date('2020 03 613566759', 'YYYY MM W'), to_date('2020 613566758', 'IYYY IW'),
  to_date('2020 10 432136071', 'YYYY DD WW'), to_date('2020 -613566758', 'YYYY WW');
select to_date('2020 432136071', 'YYYY WW');
select bpchar(',{\1}é'::bpchar, 2147483647, 'off');
