-- All definitions of the database: what query_tree shall show, and what the server shows.
select 'v ' || oid, pg_get_viewdef(oid) from pg_class where relkind in ('v', 'm')
union all select 'V ' || oid, pg_get_viewdef(oid, true) from pg_class where relkind in ('v', 'm')
union all select 'i ' || indexrelid, pg_get_indexdef(indexrelid) from pg_index
union all select 'I ' || indexrelid, pg_get_indexdef(indexrelid, 0, true) from pg_index
union all select 'c ' || oid, pg_get_constraintdef(oid) from pg_constraint
union all select 'C ' || oid, pg_get_constraintdef(oid, true) from pg_constraint
union all select 'e ' || adrelid || ' ' || adbin::text, pg_get_expr(adbin, adrelid) from pg_attrdef
union all select 'E ' || adrelid || ' ' || adbin::text, pg_get_expr(adbin, adrelid, true) from pg_attrdef
union all select 'e ' || indrelid || ' ' || indexprs::text, pg_get_expr(indexprs, indrelid) from pg_index
    where indexprs is not null
