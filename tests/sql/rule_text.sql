-- rule_text.sql - rules as pg_get_ruledef(), pg_rules and psql write them
set client_min_messages = warning;
create schema rt;
set search_path = rt;
create schema s;
create table s.t (a int, b text default 'x', c int[], d int default 5);
create table t2 (a int primary key, b text, c int[]);
create table log (what text, a int, b text, "When" timestamp default now());
create type comp as (x int, y text);
create table tc (k int, v comp, arr comp[], m int[][]);
create view v as select a, b from t2;
create rule r01 as on insert to s.t do instead nothing;
create rule r02 as on insert to s.t do nothing;
create rule r03 as on update to s.t where old.a > 5 and new.a <> old.a do also insert into log values ('u', new.a, old.b);
create rule r04 as on delete to s.t do also (insert into log values ('d', old.a, old.b); delete from t2 where t2.a = old.a; update t2 set b = old.b where a = old.a);
create rule r05 as on insert to s.t do also insert into log select 'x', new.a, x.b from t2 x where x.a = new.a;
create rule r06 as on insert to s.t do also insert into log (a, what) values (1, 'a'), (2, new.b);
create rule r07 as on insert to s.t do also insert into t2 as tt values (new.a, new.b) on conflict (a) do update set b = excluded.b || tt.b where tt.a > 3;
create rule r08 as on insert to s.t do also insert into t2 values (new.a, new.b) on conflict do nothing;
create rule r09 as on insert to s.t do also insert into t2 values (new.a, new.b) on conflict on constraint t2_pkey do nothing;
create rule r10 as on insert to s.t do also insert into log default values;
create rule r11 as on insert to s.t do also with x as (select 1 as q) insert into log select 'y', q from x;
create rule r12 as on update to s.t do also with x as (select 1 as q) update t2 set a = x.q, b = default from x where x.q = t2.a;
create rule r13 as on update to s.t do also with x as (select 1 as q) delete from t2 using x, log l where x.q = t2.a and l.a = old.a;
create rule r14 as on update to s.t do also update t2 x set (a, b) = (select 1, 'c'), c[3] = 4 where x.a = new.a;
create rule r15 as on update to s.t do also update only t2 set c[1:2] = '{1,2}', a = a + 1;
create rule r16 as on insert to v do instead insert into t2 values (new.a, new.b) returning a, b;
create rule r17 as on update to v do instead update t2 set a = new.a, b = new.b where a = old.a returning t2.*;
create rule r18 as on delete to v do instead delete from t2 where a = old.a returning a as "Hmm", upper(b);
create rule r19 as on insert to tc do also update tc set v.x = 1, v.y = 'a', m[1][2] = 3 where k = new.k;
create rule r20 as on insert to tc do also update tc set arr[1].x = 1, arr[2].y = 'q';
create rule r21 as on insert to tc do also insert into tc (k, v.x, v.y, m[1]) values (1, 2, 'y', 3);
create rule r22 as on insert to tc do also insert into tc (arr[1].x, arr[1].y) select 1, 'q';
create rule r23 as on insert to tc do also notify foo;
create rule r24 as on insert to tc do also notify "Foo", 'bar''s';
create rule r25 as on insert to tc do also select new.k, 5;
create rule r26 as on insert to tc do also (select new.k union select 2);
create rule r27 as on insert to tc do also insert into tc (k) select new.k union all select 3;
create rule r28 as on insert to tc do also insert into tc (k) overriding system value values (default);
create rule r29 as on insert to tc do also insert into tc (k) overriding user value select k from tc;
create rule r30 as on update to t2 where old.* is distinct from new.* do also insert into log values ('upd', new.a, new.b);
create rule r31 as on insert to t2 do also insert into log values ('upd', new.a) on conflict ((a + 1), b) where a > 3 do nothing;
create index on log (lower(what) text_pattern_ops, b);
create unique index li on log (lower(what) text_pattern_ops, b collate "C") where a > 0;
create rule r32 as on insert to t2 do also insert into log values ('upd', new.a) on conflict (lower(what) text_pattern_ops, b collate "C") where a > 0 do update set (a, b) = (select 3, 'x'), what = excluded.what;
create rule r33 as on insert to t2 do also insert into log select l.* from log l, t2 order by 1 limit 1;
create rule r34 as on insert to t2 do also insert into log (a) values (default);
create rule r35 as on update to t2 do also (update t2 set (a, b) = (1, 'x'); update t2 set (a, b) = row(new.a, default));
create rule r36 as on update to t2 do also delete from only log;
create rule r37 as on update to t2 do also delete from log as x where x.a = old.a and exists (select 1 from tc where k = new.a);
create rule r38 as on update to t2 do also insert into log with q as (insert into log values ('1') returning a) select 'x', a from q;
create rule r39 as on update to t2 do also with q as (update log set a = 1 where b = 'x' returning *), z as (delete from log) insert into log select what from q;
create rule "R 40" as on update to t2 where new.a > 3 do instead nothing;
create rule r41 as on delete to t2 do also ();
create rule r42 as on delete to t2 do also (;;);
create rule r43 as on delete to t2 do also (delete from log; ; notify x);
create rule r44 as on delete to t2 do also values (1, old.a), (2, 3);
create rule r45 as on delete to t2 do also insert into log values (old.b), (old.b || 'x');
create rule r46 as on insert to t2 do also insert into log select (new.*)::text;
create rule r47 as on insert to t2 do also insert into log values (new.c[1], new.a);
create rule r48 as on insert to t2 do also update log set a = new.a from t2 inner join tc on t2.a = tc.k where log.a = t2.a;
create rule r49 as on insert to t2 do also update log l set a = s.q from (select new.a as q) s;
create rule r50 as on insert to t2 do also insert into log select 'a', q from (select new.a as q) s;
alter table t2 add column e int;
create view vv as select * from t2 where a > 3;
select rulename, E'\n' || pg_get_ruledef(r.oid), E'\n' || pg_get_ruledef(r.oid, true) from pg_rewrite r join pg_class c on c.oid = ev_class
where relnamespace in ('rt'::regnamespace, 's'::regnamespace) order by ev_class, rulename \g (format=unaligned tuples_only=on)
drop schema rt, s cascade;
create schema rt;
create table t (a int primary key, b text, c varchar(5));
create table log (a int, b text);
create view v as select a, b from t;
create rule v_upd as on update to v do instead update t set a = new.a where a = old.a;
create rule v_also as on update to v where new.a > old.a do also insert into log values (new.a, old.b) on conflict do nothing;
create rule t_del as on delete to t do also notify t;
create rule "T no" as on insert to t where new.a < 0 do instead nothing;
comment on rule "T no" on t is 'no';
alter table t disable rule t_del;
alter table t enable replica rule "T no";
\d t
\d+ t
\d v
\d+ v
\d+ log
select * from pg_rules where schemaname = 'rt' order by 1, 2, 3;
alter table t enable always rule t_del;
alter table t enable rule "T no";
\d t
select pg_get_ruledef(0), pg_get_ruledef(1, true), pg_get_ruledef(null);
alter view v rename column a to z;
alter table log rename column b to bb;
alter table t rename column b to "B b";
alter table log rename to "Log";
create schema o; 
alter table "Log" set schema o;
\d+ v
select * from pg_rules where schemaname = 'rt' order by 1, 2, 3;
alter table o."Log" add column c int;
alter table t drop column c;
select * from pg_rules where schemaname = 'rt' order by 1, 2, 3;
drop rule "T no" on t;
drop rule t_del on t;
create function f() returns setof int begin atomic 
insert into t values (1, 'x') on conflict (a) do update set "B b" = 'y' returning a; 
update t set a = 2 where t.a = 3 returning a as q;
with x as (delete from t returning *) select a from x;
delete from t using o."Log" l where l.a = t.a returning t.a; end;
\sf f
create function g() returns void language sql begin atomic insert into o."Log" select 1, 'x'; insert into o."Log" values (1), (2); insert into o."Log" default values; end;
\sf g
create table ar (a int[], b text);
create rule r1 as on insert to ar do also update ar set a[1] = 5, a[2:3] = '{7}', a[:] = '{8}';
create rule r2 as on insert to ar do also with w as (insert into ar values (null) returning b) update ar set b = w.b from w;
create rule r3 as on insert to ar do also insert into ar (a[1], a[2]) values (1, 2), (3, 4);
create rule r4 as on insert to ar do also insert into ar as x (b) values ((select max(b) from ar x)) ;
create rule r5 as on insert to ar do also insert into ar as new (b) values ('x');
create rule r6 as on insert to ar do also delete from ar old;
create rule r7 as on delete to ar where exists (select from ar where a = old.a) do also delete from o."Log" ar;
create rule r8 as on delete to ar where exists (select from ar where a = old.a) do also (delete from ar; delete from o."Log");
create rule r9 as on update to ar do also update ar set (a, b) = (select old.a, new.b), (b, a) = (new.b, old.a);
create domain di as bigint check (value > 0);
create table dt (x di, y di);
create rule r10 as on update to ar do also update dt set (x, y) = (select 1, 2);
create rule r11 as on update to ar do also insert into dt values (1, 2), (3, 4);
create rule r12 as on update to ar do also insert into dt values (old.a[1]);
\d+ ar
drop schema rt, o cascade;
reset search_path;
