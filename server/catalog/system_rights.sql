-- system_rights.sql - who may read the system views: all, but for those that show what is not everyone's

REVOKE ALL ON pg_config, pg_file_settings, pg_hba_file_rules, pg_ident_file_mappings, pg_replication_origin_status, pg_shadow
    FROM PUBLIC;

REVOKE ALL ON pg_backend_memory_contexts, pg_shmem_allocations FROM PUBLIC;
GRANT SELECT ON pg_backend_memory_contexts, pg_shmem_allocations TO pg_read_all_stats;

GRANT SELECT, UPDATE ON pg_settings TO PUBLIC;

UPDATE pg_class SET relacl = acldefault('r', relowner) || ('=r/' || quote_ident(current_user))::aclitem
    WHERE relkind = 'v' AND relacl IS NULL;

INSERT INTO pg_init_privs (objoid, classoid, objsubid, privtype, initprivs)
    SELECT oid, 'pg_class'::regclass, 0, 'i', relacl FROM pg_class WHERE relkind = 'v';
