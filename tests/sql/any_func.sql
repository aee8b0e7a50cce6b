-- any_func.sql - what a value is: its type, its bytes, its collation; names, Unicode; what may be changed
select pg_typeof(1), pg_typeof('x'), pg_typeof(null), pg_typeof('x'::varchar(3)), pg_typeof(array[1.5]), pg_typeof(now());
select pg_typeof(relname), pg_typeof(relacl), pg_typeof(c) from pg_class c limit 1;
select num_nulls(1, null, null), num_nonnulls(1, 2, null), num_nulls(variadic array[1, null]),
  num_nulls(variadic null::int[]), num_nonnulls(variadic '{}'::text[]), num_nulls(null), num_nonnulls(variadic array[[1,2],[null,3]]);
select num_nulls(variadic 1);
select num_nulls();
select pg_column_size(1), pg_column_size('abc'::text), pg_column_size(null::text), pg_column_size('x'::cstring),
  pg_column_size(repeat('a', 10000)), pg_column_size(row(1, 2)), pg_column_size('a'::name), pg_column_size('a'),
  pg_column_size(1.5), pg_column_size(now()), pg_column_size('1 day'::interval);
create table sized (t text, u text compression lz4, v text);
alter table sized alter t set storage main;
insert into sized values (repeat('a', 5000), repeat('b', 5000), 'x');
insert into sized select string_agg(md5(x::text), ''), '', '' from generate_series(1, 400) x;
insert into sized select null, string_agg(md5(x::text), ''), string_agg(md5(x::text), '') from generate_series(1, 400) x;
select pg_column_compression(t), pg_column_compression(u), pg_column_compression(v), pg_column_size(t), pg_column_size(u),
  pg_column_size(v), pg_column_compression(1) from sized;
select pg_collation_for('a'::text), pg_collation_for('a' collate "C"), pg_collation_for('x'), pg_collation_for(t || u)
  from sized limit 1;
select pg_collation_for(relname) from pg_class limit 1;
select pg_collation_for(1);
-- texts of two collations
create table two (a text collate "C", b text collate "POSIX");
insert into two values ('abc', 'b');
select replace(a, b, b) from two;
select strpos(a, b) from two;
select split_part(a, b, 1) from two;
select string_to_array(a, b) from two;
select starts_with(a, b) from two;
select starts_with(a, b collate "C"), strpos(a, b collate "C") from two;
drop table two;
-- names
select parse_ident('foo.bar'), parse_ident('"Foo b".X.y'), parse_ident('foo.bar[]', false), parse_ident(' a . b '),
  parse_ident('a""', false), parse_ident('"a""b"'), parse_ident('é.É$1'), parse_ident(null);
select parse_ident('foo.bar[]');
select parse_ident('');
select parse_ident('  ');
select parse_ident('.a');
select parse_ident('a.');
select parse_ident('a. ');
select parse_ident('a..b');
select parse_ident('a.1');
select parse_ident('1a');
select parse_ident('"a');
select parse_ident('"".a');
select parse_ident('a b');
select parse_ident('a.b c', false), parse_ident('$a', false);
select 'pg_class'::text::regclass, ('pg_catalog.' || 'pg_type')::regclass;
select 'nothing_there'::text::regclass;
select ('1' || '259')::regclass;
-- Unicode
select unistr('\0061\+00006a\u0063\\ \U0001F600 \d83d\de00'), unistr(''), unistr('d\0061t\+000061');
select unistr('\00');
select unistr('a\');
select unistr('\zzzz');
select unistr('\d83d');
select unistr('\d83dx');
select unistr('\de00');
select unistr('\d83d\0061');
select unistr('\u0000');
select unistr('\U00110000');
select length(normalize('é', NFD)), length(normalize(U&'e\0301')), normalize('ﬁ', nfkc), normalize('x', NFKD), normalize('');
select 'é' is nfd normalized, 'é' is normalized, U&'e\0301' is not nfc normalized, 'a' is nfkd normalized;
select normalize('a', 'xyz');
select pg_catalog.normalize('a', 'xyz');
-- who, key words, sequences, defaults
select pg_catalog."current_user"(), pg_catalog."session_user"(), getpgusername(), pg_client_encoding();
select count(*), md5(string_agg(k::text, chr(10) order by word)) from pg_get_keywords() k;
select * from pg_get_keywords() where word ~ '^(ab|al|au|be|int|lef|ov|wi)' order by 1;
create sequence counted as smallint increment -2 start with 5 maxvalue 9 minvalue -7 cycle cache 3;
select pg_sequence_parameters('counted'::regclass);
select * from pg_sequence_parameters('counted'::regclass);
select pg_sequence_parameters('pg_class'::regclass);
create function defaulted(a int, b int default 5, out d int, c text default 'x' || 1) as 'select 1' language sql;
select n, pg_get_function_arg_default('defaulted'::regproc, n) from generate_series(-1, 6) n;
select pg_get_function_arg_default(1, 1), pg_get_function_arg_default('now'::regproc, 1);
-- what may be changed
create table base (a int, b text);
create view plain as select a, b, a + 1 as c from base where a > 1;
create view nested as select b, c, a from plain;
create view counts as select count(*) from base;
create view constant as select 1 as x from base;
create view ruled as select count(*) from base;
create rule r1 as on insert to ruled do instead nothing;
create rule r2 as on delete to ruled do instead nothing;
select c.relname, pg_relation_is_updatable(c.oid, false), pg_relation_is_updatable(c.oid, true),
  (select array_agg(pg_column_is_updatable(c.oid, n::smallint, true) order by n) from generate_series(-1, 4) n)
  from pg_class c where relname in ('base', 'plain', 'nested', 'counts', 'constant', 'ruled', 'counted') order by 1;
select pg_relation_is_updatable(0, true), pg_column_is_updatable(0, 1::smallint, true);
select table_name, column_name, is_updatable from information_schema.columns
  where table_name in ('plain', 'nested', 'constant', 'base') order by 1, ordinal_position;
select table_name, is_updatable, is_insertable_into from information_schema.views where table_schema = 'public' order by 1;
drop view ruled, constant, counts, nested, plain;
drop table base, sized;
drop sequence counted;
drop function defaulted;
-- what indexes can do
create table keyed (a int not null, b text not null, c int, primary key (a));
create unique index keyed_b on keyed (b desc, c nulls first) include (a);
create index keyed_c on keyed (c desc nulls last);
select p, pg_indexam_has_property(403, p), pg_indexam_has_property(405, p), pg_indexam_has_property(783, p),
  pg_indexam_has_property(2742, p), pg_indexam_has_property(4000, p), pg_indexam_has_property(3580, p),
  pg_indexam_has_property(2, p), pg_index_has_property('keyed_b', p), pg_index_has_property('keyed', p),
  (select array_agg(pg_index_column_has_property('keyed_b', n, p) order by n) from generate_series(0, 4) n) as b,
  pg_index_column_has_property('keyed_c', 1, p) as c, pg_index_column_has_property('keyed', 1, p)
  from unnest('{can_order,can_unique,can_multi_col,can_exclude,can_include,clusterable,index_scan,bitmap_scan,backward_scan,asc,desc,nulls_first,nulls_last,orderable,distance_orderable,returnable,search_array,search_nulls,nothing,ASC}'::text[]) p;
select pg_get_replica_identity_index('keyed'), pg_get_replica_identity_index('pg_class');
select pg_get_replica_identity_index(0);
select pg_get_replica_identity_index('keyed_pkey');
create type told as (a int);
select pg_get_replica_identity_index('told');
create view seen as select 1 x;
select pg_get_replica_identity_index('seen');
drop view seen; drop type told;
drop table keyed;
select current_query(), 'é';
prepare cq as select current_query();
execute cq;
