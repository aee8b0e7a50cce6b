/* database.c - the database itself, for -C: how it is made, its settings, comment and rights. */
#include "common/base/base.h"

#include "common/dump/acl.h"
#include "common/dump/array_text.h"
#include "common/dump/setting.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

typedef struct Database {
    Oid oid;
    const char *name, *owner, *encoding, *collate, *ctype, *locale, *rules, *tablespace, *comment;
    Rights rights;
    char provider;
    bool is_template;
    int32_t connection_limit;
} Database;

static void add_create(Dump *d, const Database *db, StrBuf *sql);
static const char *undo_template(Dump *d, const Database *db);
static void add_properties(Dump *d, const Database *db, StrBuf *sql);
static void add_settings(Dump *d, const Database *db, StrBuf *sql);
static void print(Dump *d, const Database *db, ArchiveEntry entry);
static void print_labels(Dump *d, const Database *db);

static const Database *read(Dump *d)
{
    const CatalogColumn columns[] = {
        COLUMN("d.oid", OID, Database, oid),
        COLUMN("d.datname", TEXT, Database, name),
        COLUMN("d.datdba", ROLE, Database, owner),
        COLUMN("pg_catalog.pg_encoding_to_char(d.encoding)", TEXT, Database, encoding),
        COLUMN("d.datcollate", TEXT, Database, collate),
        COLUMN("d.datctype", TEXT, Database, ctype),
        {"d.datlocprovider", CATALOG_CHAR, offsetof(Database, provider), 15, "'c'"},
        {d->major >= 17 ? "d.datlocale" : "d.daticulocale", CATALOG_TEXT,
         offsetof(Database, locale), 15, "NULL"},
        {"d.daticurules", CATALOG_TEXT, offsetof(Database, rules), 16, "NULL"},
        COLUMN("d.datconnlimit", INT, Database, connection_limit),
        COLUMN("d.datistemplate", BOOL, Database, is_template),
        COLUMN("t.spcname", TEXT, Database, tablespace),
        COLUMNS_RIGHTS("d.datacl", "d", "d.datdba", Database, rights),
        COLUMN("pg_catalog.shobj_description(d.oid, 'pg_database')", TEXT, Database, comment),
    };
    const CatalogQuery query = {
        .from = "pg_catalog.pg_database d ON (d.oid = wanted.id)\n"
                "JOIN pg_catalog.pg_tablespace t ON (t.oid = d.dattablespace)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Database),
    };

    return catalog_read_one(d, &query, d->database);
}

void database_print(Dump *d)
{
    const Database *db = read(d);
    const char *name = entry_name(d, db->name);
    StrBuf sql;

    strbuf_init(&sql);
    add_create(d, db, &sql);
    print(d, db,
          (ArchiveEntry){.catalog = CATALOG_DATABASE,
                         .oid = db->oid,
                         .type = "DATABASE",
                         .tag = db->name,
                         .create = sql.text,
                         .drop = mem_printf("DROP DATABASE %s;\n", name)});
    if (db->comment != NULL && !d->options->no_comments) {
        strbuf_init(&sql);
        strbuf_add_fmt(&sql, "COMMENT ON DATABASE %s IS ", name);
        entry_add_literal(d, &sql, db->comment);
        strbuf_add(&sql, ";\n");
        print(d, db,
              (ArchiveEntry){.type = "COMMENT",
                             .tag = mem_printf("DATABASE %s", name),
                             .create = sql.text,
                             .drop = ""});
    }
    print_labels(d, db);
    strbuf_init(&sql);
    if (!d->options->no_rights)
        acl_add_statements(&sql,
                           &(AclTarget){.word = "DATABASE",
                                        .name = name,
                                        .owner = db->owner,
                                        .prefix = "",
                                        .quoting = d->quoting,
                                        .major = d->major},
                           db->rights.acl != NULL ? db->rights.acl : db->rights.given,
                           db->rights.given);
    if (sql.len > 0)
        print(d, db,
              (ArchiveEntry){.type = "ACL",
                             .tag = mem_printf("DATABASE %s", name),
                             .create = sql.text,
                             .drop = ""});
    strbuf_init(&sql);
    add_properties(d, db, &sql);
    if (sql.len > 0)
        print(d, db,
              (ArchiveEntry){.catalog = CATALOG_DATABASE,
                             .oid = db->oid,
                             .type = "DATABASE PROPERTIES",
                             .tag = db->name,
                             .create = sql.text,
                             .drop = undo_template(d, db)});
}

/* A template cannot be dropped, and nothing else of the settings has to be undone. */
static const char *undo_template(Dump *d, const Database *db)
{
    StrBuf sql;

    strbuf_init(&sql);
    if (!db->is_template)
        return sql.text;
    strbuf_add(&sql, "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = ");
    entry_add_literal(d, &sql, db->name);
    strbuf_add(&sql, ";\n");
    return sql.text;
}

static void print(Dump *d, const Database *db, ArchiveEntry entry)
{
    entry.owner = db->owner;
    entry.section = ARCHIVE_PRE_DATA;
    archive_add(&d->archive, &entry);
}

static void add_create(Dump *d, const Database *db, StrBuf *sql)
{
    strbuf_add_fmt(sql, "CREATE DATABASE %s WITH TEMPLATE = template0", entry_name(d, db->name));
    strbuf_add(sql, " ENCODING = ");
    entry_add_literal(d, sql, db->encoding);
    strbuf_add_fmt(sql, " LOCALE_PROVIDER = %s",
                   db->provider == 'i'   ? "icu"
                   : db->provider == 'b' ? "builtin"
                                         : "libc");
    if (str_equal(db->collate, db->ctype)) {
        strbuf_add(sql, " LOCALE = ");
        entry_add_literal(d, sql, db->collate);
    } else {
        strbuf_add(sql, " LC_COLLATE = ");
        entry_add_literal(d, sql, db->collate);
        strbuf_add(sql, " LC_CTYPE = ");
        entry_add_literal(d, sql, db->ctype);
    }
    if (db->locale != NULL) {
        strbuf_add(sql, db->provider == 'b' ? " BUILTIN_LOCALE = " : " ICU_LOCALE = ");
        entry_add_literal(d, sql, db->locale);
    }
    if (db->rules != NULL) {
        strbuf_add(sql, " ICU_RULES = ");
        entry_add_literal(d, sql, db->rules);
    }
    if (!str_equal(db->tablespace, "pg_default") && !d->options->no_tablespaces)
        strbuf_add_fmt(sql, " TABLESPACE = %s", entry_name(d, db->tablespace));
    strbuf_add(sql, ";\n");
}

static void add_properties(Dump *d, const Database *db, StrBuf *sql)
{
    const char *name = entry_name(d, db->name);

    if (db->connection_limit != -1)
        strbuf_add_fmt(sql, "ALTER DATABASE %s CONNECTION LIMIT = %d;\n", name,
                       db->connection_limit);
    if (db->is_template)
        strbuf_add_fmt(sql, "ALTER DATABASE %s IS_TEMPLATE = true;\n", name);
    add_settings(d, db, sql);
}

/* Its own settings, then those of roles in it. */
static void add_settings(Dump *d, const Database *db, StrBuf *sql)
{
    ClientResult *r = catalog_exec(
        d, mem_printf("SELECT s.setconfig, r.rolname FROM pg_catalog.pg_db_role_setting s "
                      "LEFT JOIN pg_catalog.pg_roles r ON (r.oid = s.setrole)\n"
                      "WHERE s.setdatabase = '%u' ORDER BY s.setrole <> 0, 2, 1",
                      db->oid));

    for (size_t i = 0; i < client_row_count(r); i++) {
        const char *role = client_value(r, i, 1);
        Array settings;

        array_text_split(client_value(r, i, 0), &settings);
        array_foreach(const char *const, setting, &settings) {
            if (role == NULL)
                strbuf_add_fmt(sql, "ALTER DATABASE %s SET ", entry_name(d, db->name));
            else
                strbuf_add_fmt(sql, "ALTER ROLE %s IN DATABASE %s SET ",
                               entry_name(d, mem_strdup(role)), entry_name(d, db->name));
            setting_add(sql, *setting, &d->archive);
            strbuf_add(sql, ";\n");
        }
    }
    client_result_free(r);
}

static void print_labels(Dump *d, const Database *db)
{
    ClientResult *r;
    StrBuf sql;

    if (d->options->no_labels)
        return;
    r = catalog_exec(d, mem_printf("SELECT provider, label FROM pg_catalog.pg_shseclabel "
                                   "WHERE classoid = 1262 AND objoid = '%u'",
                                   db->oid));
    strbuf_init(&sql);
    for (size_t i = 0; i < client_row_count(r); i++) {
        strbuf_add_fmt(&sql, "SECURITY LABEL FOR %s ON DATABASE %s IS ",
                       entry_name(d, client_value(r, i, 0)), entry_name(d, db->name));
        entry_add_literal(d, &sql, client_value(r, i, 1));
        strbuf_add(&sql, ";\n");
    }
    client_result_free(r);
    if (sql.len > 0)
        print(d, db,
              (ArchiveEntry){.type = "SECURITY LABEL",
                             .tag = mem_printf("DATABASE %s", entry_name(d, db->name)),
                             .create = sql.text,
                             .drop = ""});
}
