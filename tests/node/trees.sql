-- trees.sql - every stored tree of the database, a row each
select string_agg(format('select %I::text from pg_catalog.%s where %I is not null', attname, attrelid::regclass, attname), ' union all ')
    from pg_attribute where atttypid = 'pg_node_tree'::regtype and attnum > 0
\gexec
