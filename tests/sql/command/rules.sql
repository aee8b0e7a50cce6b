-- rules.sql - CREATE RULE: what it stores, what it refuses
create table rl (a int, b text);
create table rl_log (what text, a int, b text);
create view rv as select a, b from rl;

create rule rl_ins as on insert to rl do insert into rl_log values ('ins', new.a, new.b);
create rule rl_upd as on update to rl where old.a <> new.a do also insert into rl_log values ('upd', new.a, old.b);
create rule rl_del as on delete to rl do also (insert into rl_log values ('del', old.a, old.b); update rl_log set b = 'x' where a = old.a);
create rule rv_ins as on insert to rv do instead insert into rl values (new.a, new.b || '!');
create rule rv_none as on delete to rv do instead nothing;
select rulename, ev_type, is_instead, ev_enabled from pg_rewrite where ev_class in ('rl'::regclass, 'rv'::regclass) order by 1;
select relname, relhasrules from pg_class where relname in ('rl', 'rv', 'rl_log') order by 1;
select r.rulename, deptype, refobjsubid, refobjid::regclass from pg_depend d join pg_rewrite r on r.oid = d.objid
where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and r.ev_class = 'rl'::regclass order by 1, 2, 4, 3;
alter rule rl_upd on rl rename to rl_changed;
create rule rv_ret as on update to rv do instead update rl set a = new.a where a = old.a returning a, b;
create rule rv_with as on update to rv do also with w as (select 1 as one) insert into rl_log (a) select w.one + new.a from w;
create rule rv_note as on delete to rv do also (notify rv; insert into rl_log select * from rl_log l where l.a = old.a);
create or replace rule "_RETURN" as on select to rv do instead select b.a, a.b from rl a, rl b;

-- refused
create rule rl_ins as on insert to rl do nothing;
create or replace rule rl_ins as on insert to rl do nothing;
create rule bad as on insert to rl where old.a = 1 do nothing;
create rule bad as on insert to rl do insert into rl_log values ('x', old.a, 'y');
create rule bad as on delete to rl do insert into rl_log values ('x', new.a, 'y');
create rule bad as on update to rl where exists (select 1 from rl_log) do notify x;
create rule bad as on update to rl where new.a = 1 do notify x;
create rule "_RETURN" as on insert to rl do nothing;
create rule bad as on insert to nothere do nothing;
create rule bad as on insert to pg_class do nothing;
create rule bad as on update to rl do instead update old set a = 1;
create rule bad as on insert to rl do also delete from rl_log returning *;
create sequence rs;
create rule bad as on insert to rs do nothing;
drop sequence rs;
drop table rl cascade;
drop table rl_log cascade;
