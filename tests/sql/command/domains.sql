-- domains.sql - domains, enumerations and composite types: made, used, dropped, refused
create domain posint as int check (value > 0);
create domain name20 as varchar(20) not null;
create domain withdef as int default 7 constraint small check (value < 100) constraint odd check (value % 2 = 1);
create domain nested as posint check (value < 50);
create domain ctext as text collate "C";
create domain arr as int[] check (array_length(value, 1) < 4);
select 5::posint, 'abc'::name20, 9::nested;
select (-5)::posint;
select 60::nested;
select 0::nested;
select null::posint;
select null::name20;
select 8::withdef;
select '{1,2,3,4}'::arr;
select '-3'::posint;
select posint '12', posint '12' + 1;
create table dt (a posint, b withdef, c name20 default 'x');
insert into dt values (1, default);
insert into dt values (-1);
insert into dt values (2, 101);
insert into dt (a, c) values (2, null);
insert into dt (a) values (3);
update dt set a = a - 5;
select * from dt;
copy dt from stdin;
4	3	abc
-4	3	abc
\.
select * from dt;
create type mood as enum ('sad', 'ok', 'happy');
select 'ok'::mood, 'sad'::mood < 'happy'::mood, enum_range(null::mood);
select 'bad'::mood;
create table et (m mood);
insert into et values ('happy'), ('sad'), ('ok');
select * from et order by m;
select max(m) from et where m <> 'happy';
create type pair as (x int, y text collate "C");
select row(1, 'a')::pair, (row(2, 'b')::pair).y;
create table pt (p pair, ps pair[]);
insert into pt values (row(1, 'z'), array[row(2, 'q')::pair]);
select (p).x, ps[1] from pt;
create function mk(int) returns pair language sql as 'select $1, ''made''';
select mk(3), (mk(4)).*;
select typname, typtype, typcategory, typlen, typbyval, typnotnull, typbasetype::regtype, typtypmod, typndims, typdefault, typinput, typreceive, typcollation, typalign, typstorage,
       typacl from pg_type where typnamespace = 'public'::regnamespace and typtype in ('d', 'e', 'c') order by typname;
select conname, contypid::regtype, contype, convalidated, pg_get_constraintdef(oid) from pg_constraint where contypid <> 0 and connamespace = 'public'::regnamespace order by 1;
select enumlabel, enumsortorder from pg_enum where enumtypid = 'mood'::regtype order by 2;
select attname, atttypid::regtype, attcollation from pg_attribute where attrelid = 'pair'::regclass order by attnum;
select t.typname, d.refclassid::regclass, d.deptype from pg_depend d join pg_type t on t.oid = d.objid
where d.classid = 'pg_type'::regclass and t.typnamespace = 'public'::regnamespace order by 1, 2, 3;
\dD
\dT
\dT+ mood
\d pair
-- refused
create domain posint as text;
create domain bad as int unique;
create domain bad as int not null null;
create domain bad as anyelement;
create domain bad as int collate "C";
create domain bad as int default 1 default 2;
create domain bad as nosuch;
create domain bad as int check (x > 0);
create domain nosuchschema.d as int;
create type mood as enum ('x');
create type pair as (a int);

create type bad as (a int, a int);
drop type posint;
drop domain mood;
drop domain nosuch;
drop domain if exists nosuch;
drop type if exists nosuch, nosuchschema.t;
drop type mood cascade;
drop domain posint cascade;
drop table dt, et, pt;
drop function mk;
drop type pair;
drop domain name20, withdef, ctext, arr;
select typname from pg_type where typnamespace = 'public'::regnamespace order by 1;
