-- read_information.sql - information_schema of a fresh PostgreSQL 15 cluster, as statements of server/catalog/information_schema.sql
--
-- Run by read_catalogs.sh in template1. In the order in which initdb makes the objects, since their numbers follow from it.
-- Where what the server shows would be read as another tree, it is written otherwise here: a name for a column that has none,
-- an array in place of a list.

\set ON_ERROR_STOP on
\pset pager off
\pset tuples_only on
\pset format unaligned
set search_path = pg_catalog;

\echo
\echo 'CREATE SCHEMA information_schema;'
\echo 'GRANT USAGE ON SCHEMA information_schema TO PUBLIC;'
\echo 'SET search_path = information_schema;'

with object as (
    select p.oid, E'\n' || pg_get_functiondef(p.oid) || ';' as statement
    from pg_proc p where pronamespace = 'information_schema'::regnamespace
    union all
    select t.oid, format(E'\nCREATE DOMAIN %I AS %s', typname, format_type(typbasetype, typtypmod)) ||
           case when typcollation <> (select b.typcollation from pg_type b where b.oid = t.typbasetype)
                then ' COLLATE ' || quote_ident(collname) else '' end ||
           coalesce(E'\n    DEFAULT ' || typdefault, '') ||
           coalesce((select string_agg(format(E'\n    CONSTRAINT %I %s', conname,
                                                case conname when 'yes_or_no_check' then 'CHECK (VALUE IN (''YES'', ''NO''))'
                                                             else pg_get_constraintdef(c.oid) end), '' order by c.oid)
                     from pg_constraint c where contypid = t.oid), '') || ';'
    from pg_type t left join pg_collation l on l.oid = t.typcollation
    where typnamespace = 'information_schema'::regnamespace and typtype = 'd'
    union all
    select c.oid, E'\nCREATE VIEW ' || quote_ident(relname) || E' AS\n' || replace(pg_get_viewdef(c.oid), E'''PUBLIC''::name) ', E'''PUBLIC'') ')
    from pg_class c where relnamespace = 'information_schema'::regnamespace and relkind = 'v'
    union all
    select c.oid, E'\nCREATE TABLE ' || quote_ident(relname) || E' (\n' ||
           (select string_agg(format('    %I %s', attname, format_type(atttypid, atttypmod)), E',\n' order by attnum)
            from pg_attribute where attrelid = c.oid and attnum > 0) || E'\n);'
    from pg_class c where relnamespace = 'information_schema'::regnamespace and relkind = 'r'
)
select statement from object order by oid;

\echo
select format('GRANT SELECT ON %I TO PUBLIC;', relname) from pg_class
where relnamespace = 'information_schema'::regnamespace and relacl is not null order by oid;

\echo
select format('INSERT INTO sql_features VALUES (%L, %L, %L, %L, %L, %L, %L);', feature_id, feature_name, sub_feature_id, sub_feature_name,
              is_supported, is_verified_by, comments)
from information_schema.sql_features order by ctid;
-- The version is that of the server.
select format('INSERT INTO sql_implementation_info VALUES (%L, %L, %L, %s, %L);', implementation_info_id, implementation_info_name, integer_value,
              case when implementation_info_name = 'DBMS VERSION'
                   then $$overlay(overlay(lpad(current_setting('server_version_num'), 8, '0') placing '.00.' from 5 for 2) placing '' from 1 for 2)$$
                   else quote_nullable(character_value) end, comments)
from information_schema.sql_implementation_info order by ctid;
select format('INSERT INTO sql_parts VALUES (%L, %L, %L, %L, %L);', feature_id, feature_name, is_supported, is_verified_by, comments)
from information_schema.sql_parts order by ctid;
select format('INSERT INTO sql_sizing VALUES (%L, %L, %L, %L);', sizing_id, sizing_name, supported_value, comments)
from information_schema.sql_sizing order by ctid;
