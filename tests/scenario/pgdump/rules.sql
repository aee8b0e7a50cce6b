-- rules.sql - rules of all kinds, on tables and views, some of them disabled or with a comment
create schema ruled;
set search_path = ruled;
create table t (a int primary key, b text default 'x', c int[]);
create table log (what text, a int, b text);
create view v as select a, b from t where a > 0;
create view vv as select * from v;
create rule "T ins" as on insert to t do also insert into log values ('ins', new.a, new.b);
create rule t_upd as on update to t where new.a <> old.a
    do also (insert into log values ('upd', old.a, old.b); delete from log where a > new.a);
create rule t_del as on delete to t do instead nothing;
create rule t_note as on delete to t do also notify t_gone, 'x';
create rule v_ins as on insert to v do instead
    insert into t values (new.a, new.b) on conflict (a) do update set b = excluded.b returning a, b;
create rule v_upd as on update to v do instead
    update t set a = new.a, b = new.b where t.a = old.a returning t.a, t.b;
create rule v_del as on delete to v do instead delete from t where t.a = old.a returning t.a, t.b;
create rule vv_ins as on insert to vv do instead
    (insert into v select new.a, g::text from generate_series(1, 2) g;
     with d as (select 'd' as q) update log set b = d.q, what = default from d where log.a = new.a);
comment on rule "T ins" on t is 'what is added';
comment on rule v_ins on v is 'to the table';
comment on rule "_RETURN" on vv is 'all of it';
alter table t disable rule "T ins";
alter table t enable replica rule t_upd;
alter table t enable always rule t_del;

-- Where GROUP BY relies on a key, the view is made with its rule, behind the key.
create table k (id int primary key, name text);
create view kv as select id, name, count(*) from k group by id;
create rule kv_ins as on insert to kv do instead insert into k values (new.id, new.name);
