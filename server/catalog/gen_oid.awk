# gen_oid.awk - print catalog_oid.h: numbers of built-in objects that C code names

END {
    if (failed)
        exit 1
    banner("catalog_oid.h", "numbers of built-in objects")
    print "#ifndef CATALOG_CATALOG_OID_H\n#define CATALOG_CATALOG_OID_H"
    all_of("pg_am", "amname", "AM")
    all_of("pg_authid", "rolname", "ROLE")
    all_of("pg_collation", "collname", "COLLATION")
    all_of("pg_database", "datname", "DATABASE")
    all_of("pg_language", "lanname", "LANGUAGE")
    all_of("pg_namespace", "nspname", "SCHEMA")
    all_of("pg_tablespace", "spcname", "TABLESPACE")
    all_of("pg_type", "typname", "TYPE")
    print "\n#endif"
}

# Arrays of type X are TYPE_X_ARRAY.
function all_of(catalog, col, prefix,   c, r, text) {
    c = catalog_of[catalog]
    printf "\n/* %s: %s */\n", catalog, title[c]
    for (r = 1; r <= rows[c]; r++) {
        text = value(c, r, col)
        if (prefix == "TYPE" && sub(/^_/, "", text))
            text = text "_array"
        if (prefix == "ROLE" && text == "POSTGRES")
            text = "superuser"
        sub(/^pg_/, prefix == "TYPE" ? "pg_" : "", text)
        printf "#define %s_%s %s\n", prefix, toupper(text), value(c, r, "oid")
    }
}
