-- read_catalogs.sql - the system catalogs of a fresh PostgreSQL 15 cluster, as lines of the files server/catalog/*.def
--
-- Run by read_catalogs.sh in template1. Prints "CATALOG<tab>LINE", in the order of the files. server/catalog/README
-- says what the lines mean. Left out: system views and information_schema with all that depends on them, collations
-- that initdb found on the machine, comments, statistics, and the rows that follow from a catalog's own head.

\set ON_ERROR_STOP on
\pset pager off
\pset tuples_only on
\pset format unaligned
\pset fieldsep '\t'
set client_min_messages = warning;
set datestyle = iso;
set extra_float_digits = 1;
set search_path = pg_catalog;

-- Objects made after the collations of the machine get the numbers that they have where it has none.
create temp table late as
    select min(oid) filter (where proname = 'dsnowball_init') as first,
           (select count(*) from pg_collation where oid >= 12000 and collname <> 'ucs_basic') as shift
    from pg_proc;

create temp table gone as
    with relation as (
        select c.oid from pg_class c
        where c.oid >= 12000 and c.oid < 16384),
    type as (
        select t.oid from pg_type t
        where t.typrelid in (select oid from relation) or t.typnamespace = 'information_schema'::regnamespace),
    kind as (
        select oid from type union select t.oid from pg_type t where t.typelem in (select oid from type))
    select 'pg_class'::regclass as class, oid from relation
    union select 'pg_type'::regclass, oid from kind
    union select 'pg_namespace'::regclass, oid from pg_namespace where nspname = 'information_schema'
    union select 'pg_proc'::regclass, oid from pg_proc where pronamespace = 'information_schema'::regnamespace
    union select 'pg_rewrite'::regclass, oid from pg_rewrite where ev_class in (select oid from relation)
    union select 'pg_constraint'::regclass, oid from pg_constraint
          where connamespace = 'information_schema'::regnamespace
    union select 'pg_collation'::regclass, oid from pg_collation where oid >= 12000 and collname <> 'ucs_basic';

-- What follows from the heads of the catalogs: the generator makes these rows.
create temp table derived as
    select 'pg_type'::regclass as class, t.oid from pg_type t join pg_class c on t.typrelid = c.oid where c.oid < 12000
    union select 'pg_type'::regclass, t.typarray from pg_type t join pg_class c on t.typrelid = c.oid
          where c.oid < 12000 and t.typarray <> 0
    union select 'pg_constraint'::regclass, oid from pg_constraint where conrelid <> 0 and conrelid < 12000;

create function pg_temp.quoted(v text) returns text language sql as $$
    select case when v is null then 'NULL'
                when v = '' or v = 'NULL' or v ~ '[ "\\\n\t]'
                    then '"' || replace(replace(replace(replace(v, '\', '\\'), '"', '\"'), E'\n', '\n'), E'\t', '\t')
                         || '"'
                else v end $$;

-- An SQL expression for the text of a column.
create function pg_temp.text_of(col name, type oid) returns text language sql as $$
    select case type
        when 'regproc'::regtype then format(
            $f$case when format('%%s', t.%1$I) ~ '[.]' then t.%1$I::oid::text else format('%%s', t.%1$I) end$f$, col)
        when 'oid'::regtype then format(
            $f$(select case when t.%1$I >= first and t.%1$I < 16384 then t.%1$I::int8 - shift
                            else t.%1$I::int8 end::text from late)$f$, col)
        when 'xid'::regtype then case when col like '%minmxid' then '''1''' else '''3''' end
        else format($f$format('%%s', t.%1$I)$f$, col) end $$;

-- Which rows of a catalog are read, as a condition on t.
create function pg_temp.condition(catalog regclass) returns text language sql as $$
    select case
        when catalog::text in ('pg_class', 'pg_attribute', 'pg_index', 'pg_rewrite', 'pg_statistic',
                               'pg_shdescription') then 'false'
        -- dumps compare what the schema public is called with this
        when catalog::text = 'pg_description' then 'objoid = 2200 and classoid = 2615'
        when catalog::text = 'pg_depend' then
            '(classid, objid) not in (select class, oid from gone)
             and (refclassid, refobjid) not in (select class, oid from gone)
             and objid < 16384'
        when catalog::text = 'pg_init_privs' then
            '(classoid, objoid) not in (select class, oid from gone)'
        when exists (select from pg_attribute where attrelid = catalog and attname = 'oid') then format(
            'oid < 16384 and (%1$s, oid) not in (select class, oid from gone union select class, oid from derived)',
            catalog::oid)
        else 'true' end $$;

create function pg_temp.row_order(catalog regclass) returns text language sql as $$
    select case
        when catalog::text = 'pg_shdepend' then 'dbid, classid, objid, objsubid, refclassid, refobjid, deptype'
        when catalog::text = 'pg_depend' then 'classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype'
        when exists (select from pg_attribute where attrelid = catalog and attname = 'oid') then 'oid'
        else (select string_agg(attname, ', ' order by k.n)
              from pg_index i, unnest(i.indkey) with ordinality as k (att, n), pg_attribute a
              where i.indexrelid = (select min(indexrelid) from pg_index where indrelid = catalog and indisunique)
                    and a.attrelid = catalog and a.attnum = k.att) end $$;

create temp table value (row_no int8, att int2, val text);
create temp table usual (att int2, val text);
create temp table line (catalog name, part int, no int8, text text);

create function pg_temp.read(catalog regclass) returns void language plpgsql as $$
declare
    a record;
begin
    truncate value, usual;
    for a in select attnum, attname, atttypid from pg_attribute
             where attrelid = catalog and attnum > 0 order by attnum loop
        execute format('insert into value select row_number() over (order by %s), %s,
                            case when t.%I is null then null else %s end
                        from %s t where %s',
                       pg_temp.row_order(catalog), a.attnum, a.attname, pg_temp.text_of(a.attname, a.atttypid),
                       catalog, pg_temp.condition(catalog));
    end loop;

    -- The value that more than half of the rows have is said once, at the column.
    insert into usual
        select att, val from value v group by att, val
        having count(*) > 1 and count(*) * 2 > (select max(row_no) from value);

    -- Most functions are called in C as in SQL.
    if catalog::text = 'pg_proc' then
        delete from value v using value n, pg_attribute va, pg_attribute na
            where va.attrelid = catalog and va.attname = 'prosrc' and va.attnum = v.att
                  and na.attrelid = catalog and na.attname = 'proname' and na.attnum = n.att
                  and n.row_no = v.row_no and n.val = v.val;
        insert into usual select attnum, '@proname' from pg_attribute where attrelid = catalog and attname = 'prosrc';
    end if;

    insert into line select catalog::text, 2, attnum,
            'column ' || attname || ' ' || typname || case when attnotnull then ' not_null' else '' end
            || case when attacl is null then '' else ' acl=' || pg_temp.quoted(format('%s', attacl)) end
            || coalesce((select ' default=' || pg_temp.quoted(val) from usual where att = attnum), '')
        from pg_attribute join pg_type on pg_type.oid = atttypid where attrelid = catalog and attnum > 0;

    insert into line select catalog::text, 4, row_no,
            'row ' || coalesce(string_agg(attname || '=' || pg_temp.quoted(v.val), ' ' order by att), '')
        from value v join pg_attribute on attrelid = catalog and attnum = att
        where not exists (select from usual u where u.att = v.att and u.val is not distinct from v.val)
        group by row_no;
end $$;

create function pg_temp.head(catalog regclass) returns text language sql as $$
    select 'catalog ' || relname || ' oid=' || c.oid || ' rowtype=' || reltype || ' arraytype=' || t.typarray
           || case when relisshared then ' shared' else '' end
           || case when relfilenode = 0 then ' mapped' else '' end
           || case when reltoastrelid = 0 then '' else
                   ' toast=' || reltoastrelid || ' toast_index='
                   || (select indexrelid from pg_index where indrelid = reltoastrelid) end
           || case when reloptions is null then '' else ' options=' || pg_temp.quoted(reloptions::text) end
           || coalesce(' acl=' || pg_temp.quoted(relacl::text), '')
    from pg_class c join pg_type t on t.oid = reltype where c.oid = catalog $$;

insert into line
    select relname, 1, 0, pg_temp.head(oid)
    from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r' and oid < 12000;

insert into line
    select t.relname, 3, row_number() over (order by i.oid),
           'index ' || i.relname || ' oid=' || i.oid
           || case when indisprimary then ' primary' when indisunique then ' unique' else '' end
           || coalesce(' constraint=' || (select oid from pg_constraint where conindid = i.oid), '')
           || (select string_agg(' ' || attname || ':' || opcname, '' order by k.n)
               from unnest(x.indkey) with ordinality as k (att, n)
                    join unnest(x.indclass) with ordinality as o (class, n) using (n)
                    join pg_opclass on pg_opclass.oid = o.class
                    join pg_attribute on attrelid = t.oid and attnum = k.att)
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    where t.relkind = 'r' and t.oid < 12000;

do $$
declare
    c regclass;
begin
    for c in select oid from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r' and oid < 12000 loop
        perform pg_temp.read(c);
    end loop;
end $$;

select catalog, text from line order by catalog collate "C", part, no;
