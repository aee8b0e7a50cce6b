-- Triggers that a run has called, each with how often. What is called says false: as a trigger, no row.
\pset format unaligned
create function no_row() returns trigger language internal as 'pg_is_in_recovery';
create table p(id int primary key, v text);
create table c(id int primary key, p int constraint c_p references p on update cascade on delete cascade, v text);
create table g(id int primary key, c int references c on delete cascade, v text);
create table d(id int primary key, p int constraint d_p references p deferrable initially deferred,
               constraint d_key unique (p) deferrable);

-- Rows and statements
create trigger b_row before insert or delete on p for each row when (pg_trigger_depth() = 5) execute function no_row();
create trigger b_update before update on p for each row execute function suppress_redundant_updates_trigger();
create trigger a_row after insert or update or delete on p for each row execute function no_row();
create trigger "B statement" before insert or update or delete or truncate on p execute function no_row();
create trigger a_statement after insert or update or delete or truncate on p execute function no_row();
create trigger sometimes before insert on p for each row when (new.v = 'no') execute function no_row();
create trigger some_after after insert or update on p for each row when (new.v = 'v2') execute function no_row();
create trigger of_column after update of id on p for each row execute function no_row();
create trigger off after insert on p execute function no_row();
alter table p disable trigger off;
explain (analyze, costs off, timing off, summary off) insert into p select i, 'v' || i from generate_series(1, 6) i;
explain (analyze, costs off, timing off, summary off) insert into p select 10 + i, case when i < 3 then 'no' end from generate_series(1, 6) i;
explain (analyze, costs off, timing off, summary off) update p set v = v || 'x' where id < 3;
explain (analyze, costs off, timing off, summary off) update p set id = id where id < 3;
explain (analyze, costs off, timing off, summary off) delete from p where id = 77;
explain (analyze, costs off, timing off, summary off, verbose) delete from p where id = 6 \g |sed 's/_[0-9][0-9]*/_N/'
explain (costs off) delete from p where id = 6;
explain (analyze, costs off, timing off, summary off) select * from p where id = 1;

-- Times, and other formats
explain (analyze, costs off) insert into p values (7, 'v2') \g |sed 's/[0-9.]*[0-9]\.[0-9][0-9.]*/T/g'
explain (analyze, costs off, format json) insert into p values (8, 'v2') \g |sed 's/[0-9]*\.[0-9]*/T/g'
explain (analyze, costs off, timing off, summary off, format yaml) insert into p values (9, 'v2');
explain (analyze, costs off, timing off, summary off, format xml) insert into c values (9, 9) \g |sed 's/_[0-9][0-9]*/_N/'
explain (analyze, costs off, timing off, summary off, format json) insert into d values (9, 9);
explain (analyze, costs off, timing off, summary off, format xml) delete from p where id = 7 \g |sed 's/_[0-9][0-9]*/_N/'

-- Constraints: of foreign keys, those that wait, and what they do to other tables
explain (analyze, costs off, timing off, summary off) insert into c select i, i from generate_series(1, 5) i;
explain (analyze, costs off, timing off, summary off, verbose) insert into c values (6, null), (7, 3) \g |sed 's/_[0-9][0-9]*/_N/'
explain (analyze, costs off, timing off, summary off) insert into g select i, i from generate_series(1, 5) i;
create trigger c_row after insert or update or delete on c for each row execute function no_row();
create trigger c_before before update on c for each row execute function suppress_redundant_updates_trigger();
create trigger c_statement after update or delete on c for each statement execute function no_row();
create trigger c_b_statement before update or delete on c for each statement execute function no_row();
explain (analyze, costs off, timing off, summary off) delete from p where id = 1;
explain (analyze, costs off, timing off, summary off, verbose) delete from p where id = 2 \g |sed 's/_[0-9][0-9]*/_N/'
explain (analyze, costs off, timing off, summary off) update p set id = 33 where id = 3;
explain (analyze, costs off, timing off, summary off, format yaml) delete from p where id = 33 \g |sed 's/_[0-9][0-9]*/_N/'
explain (analyze, costs off, timing off, summary off) insert into d select i, i from generate_series(4, 5) i;
begin;
explain (analyze, costs off, timing off, summary off) insert into d values (8, 8);
set constraints all immediate;
explain (analyze, costs off, timing off, summary off) insert into d values (10, null);
explain (analyze, costs off, timing off, summary off) update d set p = p where id > 4;
set constraints d_key deferred;
explain (analyze, costs off, timing off, summary off) update d set p = 8 - p + 5 where id in (5, 8);
savepoint s;
explain (analyze, costs off, timing off, summary off) insert into d values (11, 88);
rollback to s;
set constraints all immediate;
explain (analyze, costs off, timing off, summary off) update d set p = 8 - p + 5 where id in (5, 8);
rollback;
create constraint trigger my_constraint after insert on d for each row execute function no_row();
create constraint trigger my_deferred after insert on d deferrable initially deferred for each row execute function no_row();
explain (analyze, costs off, timing off, summary off) insert into d values (12, null);

-- Rows that are refused, and conflicts
explain (analyze, costs off, timing off, summary off) insert into p values (20, 'no'), (21, 'v2') on conflict do nothing;
explain (analyze, costs off, timing off, summary off) insert into p values (21, 'no'), (21, 'v2') on conflict do nothing;
explain (analyze, costs off, timing off, summary off) insert into p values (4, 'v2'), (44, 'v2') on conflict (id) do update set v = 'v2';

-- Several tables
explain (analyze, costs off, timing off, summary off)
    with i as (insert into p values (50, 'v2'), (51, 'b') returning *), u as (update c set v = 'x' where id > 3)
    insert into g select id, null from i;
explain (analyze, costs off, timing off, summary off)
    with i as (insert into p values (52, 'v2')) select 1;
explain (analyze, costs off, timing off, summary off)
    with i as (insert into p values (53, 'v2')) update p set v = 'v2' where id = 51;
create table plain(i int);
explain (analyze, costs off, timing off, summary off)
    with i as (insert into plain values (1)) insert into p values (54, 'v2');
explain (analyze, costs off, timing off, summary off)
    with i as (insert into p values (55, 'v2')) insert into plain values (1) returning (select count(*) from plain);

-- One plan several times
prepare ins(int) as insert into p values ($1, 'v2');
explain (analyze, costs off, timing off, summary off) execute ins(70);
explain (analyze, costs off, timing off, summary off) execute ins(71);
set session_replication_role = replica;
explain (analyze, costs off, timing off, summary off) execute ins(72);
reset session_replication_role;
explain (analyze, costs off, timing off, summary off) insert into c values (100, 1000);
explain (analyze, costs off, timing off, summary off) execute ins(70);
explain (analyze, costs off, timing off, summary off) execute ins(73);
drop table p, c, g, d, plain;
drop function no_row();
