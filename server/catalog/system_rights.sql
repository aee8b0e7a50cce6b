-- system_rights.sql - who may read the system views: all, but for those that show what is not everyone's

UPDATE pg_class SET relacl = acldefault('r', relowner)
    WHERE relnamespace = 'pg_catalog'::regnamespace
        AND relname IN ('pg_config', 'pg_file_settings', 'pg_hba_file_rules', 'pg_ident_file_mappings', 'pg_replication_origin_status',
                        'pg_shadow');

UPDATE pg_class SET relacl = acldefault('r', relowner) || ('pg_read_all_stats=r/' || quote_ident(current_user))::aclitem
    WHERE relnamespace = 'pg_catalog'::regnamespace AND relname IN ('pg_backend_memory_contexts', 'pg_shmem_allocations');

UPDATE pg_class SET relacl = acldefault('r', relowner) || ('=rw/' || quote_ident(current_user))::aclitem
    WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = 'pg_settings';

UPDATE pg_class SET relacl = acldefault('r', relowner) || ('=r/' || quote_ident(current_user))::aclitem
    WHERE relkind = 'v' AND relacl IS NULL;

INSERT INTO pg_init_privs (objoid, classoid, objsubid, privtype, initprivs)
    SELECT oid, 'pg_class'::regclass, 0, 'i', relacl FROM pg_class WHERE relkind = 'v';
