/*
 * create_database.c - CREATE DATABASE
 *
 * A copy of a template to which nobody else is connected, and nobody can connect while it is
 * copied. The row comes first, then the folders; what goes wrong takes the folders back.
 */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/text/encoding.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/command/command_int.h"
#include "server/command/database.h"
#include "server/command/database_files.h"
#include "server/command/database_option.h"
#include "server/command/depend.h"
#include "server/command/option.h"
#include "server/command/role_spec.h"
#include "server/command/shared_name.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/database_folder.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "server/txn/txn.h"
#include "server/types/locale_name.h"

#define INVALID_LIMIT (-2) /* datconnlimit of what is half dropped */

/* The statement, once it is read. */
typedef struct Making {
    const char *name;
    Oid oid, owner;
    DatabaseRow template;
    Encoding encoding;
    const char *collate, *ctype, *icu_locale, *version; /* version NULL: that of the collation */
    char provider;
    bool is_template, allows_connections, is_logged;
    int32_t limit;
    Oid tablespace;
} Making;

static void read_template(Making *m, const DatabaseOptions *o);
static void read_locale(Making *m, const DatabaseOptions *o, const char *text);
static void require_same_locale(const Making *m);
static void read_tablespace(Making *m, const DatabaseOptions *o);
static void choose_number(Making *m, const DatabaseOptions *o);
static void insert_row(const Making *m);
static void copy_dependencies(const Making *m);
static void copy_files(Making *m);

void command_create_database(CommandCall *call)
{
    const CreateDatabaseStmt *stmt = (const CreateDatabaseStmt *)(const void *)call->statement;
    DatabaseOptions o;
    const char *busy;
    Making m = {.name = stmt->name, .owner = role_current(), .limit = -1};

    database_options_read(&o, stmt->options, call->text);
    if (o.owner != NULL && o.owner->arg != NULL)
        m.owner = role_find(option_text(o.owner));
    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_DB))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "permission denied to create database");
    role_require_member(role_current(), m.owner);
    read_template(&m, &o);
    read_locale(&m, &o, call->text);
    read_tablespace(&m, &o);
    if (database_of_name(m.name, true) != 0)
        err_raise(SQLSTATE_DUPLICATE_DATABASE,
                  .message = err_fmt("database \"%s\" already exists", m.name));
    if (database_is_busy(m.template.row.oid, &busy))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("source database \"%s\" is being accessed by other users",
                                     m.template.row.datname),
                  .detail = busy);
    choose_number(&m, &o);
    insert_row(&m);
    depend_note_owner(PG_DATABASE_CATALOG, m.oid, m.owner);
    copy_dependencies(&m);
    copy_files(&m);
    txn_force_sync();
}

/* ---- What it is to be ---- */

static void read_template(Making *m, const DatabaseOptions *o)
{
    const char *name =
        o->template != NULL && o->template->arg != NULL ? option_text(o->template) : "template1";
    const char *strategy =
        o->strategy != NULL && o->strategy->arg != NULL ? option_text(o->strategy) : "wal_log";

    /* Nobody gets in while it is copied: who connects wants ROW EXCLUSIVE. */
    if (!database_find(name, LOCK_SHARE, &m->template))
        err_raise(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("template database \"%s\" does not exist", name));
    if (m->template.row.datconnlimit == INVALID_LIMIT)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("cannot use invalid database \"%s\" as template", name),
                  .hint = "Use DROP DATABASE to drop invalid databases.");
    if (!m->template.row.datistemplate &&
        !rights_is_owner(PG_DATABASE_CATALOG, m->template.row.oid, role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied to copy database \"%s\"", name));
    if (strcasecmp(strategy, "wal_log") != 0 && strcasecmp(strategy, "file_copy") != 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid create database strategy \"%s\"", strategy),
                  .hint = "Valid strategies are \"wal_log\" and \"file_copy\".");
    m->is_logged = strcasecmp(strategy, "wal_log") == 0;
    m->is_template =
        o->is_template != NULL && o->is_template->arg != NULL ? option_bool(o->is_template) : false;
    m->allows_connections = o->allow_connections != NULL && o->allow_connections->arg != NULL
                                ? option_bool(o->allow_connections)
                                : true;
    if (o->limit != NULL && o->limit->arg != NULL)
        m->limit = database_option_limit(o->limit);
}

static void check_locale(const char *name)
{
    if (!locale_name_is_known(name))
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("invalid locale name: \"%s\"", name));
}

/* The locale C fits all encodings, and superusers may say SQL_ASCII of any locale. */
static void require_match(Encoding encoding, const char *locale, const char *which)
{
    Encoding wanted;

    if (!locale_name_encoding(locale, &wanted) || wanted == encoding ||
        wanted == ENCODING_SQL_ASCII ||
        (encoding == ENCODING_SQL_ASCII && role_is_superuser(role_current())))
        return;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("encoding \"%s\" does not match locale \"%s\"",
                                 encoding_name(encoding), locale),
              .detail = err_fmt("The chosen %s setting requires encoding \"%s\".", which,
                                encoding_name(wanted)));
}

static void read_locale(Making *m, const DatabaseOptions *o, const char *text)
{
    const DatabaseRow *t = &m->template;

    m->encoding = o->encoding != NULL && o->encoding->arg != NULL
                      ? database_option_encoding(o->encoding, text)
                      : (Encoding)t->row.encoding;
    m->collate = database_option_locale(o->collate, o->locale, t->collate);
    m->ctype = database_option_locale(o->ctype, o->locale, t->ctype);
    m->provider = o->provider != NULL && o->provider->arg != NULL
                      ? database_option_provider(o->provider)
                      : t->row.datlocprovider;
    m->version = o->collation_version != NULL && o->collation_version->arg != NULL
                     ? option_text(o->collation_version)
                     : NULL;
    m->icu_locale = o->icu_locale != NULL && o->icu_locale->arg != NULL ? option_text(o->icu_locale)
                                                                        : t->icu_locale;
    if (!encoding_is_for_server(m->encoding))
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("invalid server encoding %d", (int)m->encoding));
    check_locale(m->collate);
    check_locale(m->ctype);
    require_match(m->encoding, m->ctype, "LC_CTYPE");
    require_match(m->encoding, m->collate, "LC_COLLATE");
    if (m->provider == 'i' && m->icu_locale == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "ICU locale must be specified");
    if (m->provider != 'i' && o->icu_locale != NULL && o->icu_locale->arg != NULL)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "ICU locale cannot be specified unless locale provider is ICU");
    if (m->provider != 'i')
        m->icu_locale = NULL;
    if (strcmp(t->row.datname, "template0") != 0)
        require_same_locale(m);
}

_Noreturn static void raise_other(const char *what, const char *ours, const char *theirs,
                                  const char *article)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("new %s (%s) is incompatible with the %s of the template database "
                                 "(%s)",
                                 what, ours, article, theirs),
              .hint = err_fmt("Use the same %s as in the template database, or use template0 as "
                              "template.",
                              article));
}

/* What is in other databases may be sorted or written as they have it; template0 has nothing. */
static void require_same_locale(const Making *m)
{
    const DatabaseRow *t = &m->template;

    if (m->encoding != (Encoding)t->row.encoding)
        raise_other("encoding", encoding_name(m->encoding),
                    encoding_name((Encoding)t->row.encoding), "encoding");
    if (strcmp(m->collate, t->collate) != 0)
        raise_other("collation", m->collate, t->collate, "collation");
    if (strcmp(m->ctype, t->ctype) != 0)
        raise_other("LC_CTYPE", m->ctype, t->ctype, "LC_CTYPE");
    if (m->provider != t->row.datlocprovider)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("new locale provider (%s) does not match locale provider of "
                                     "the template database (%s)",
                                     m->provider == 'i' ? "icu" : "libc",
                                     t->row.datlocprovider == 'i' ? "icu" : "libc"),
                  .hint = "Use the same locale provider as in the template database, or use "
                          "template0 as template.");
    if (m->provider == 'i' && strcmp(m->icu_locale, t->icu_locale) != 0)
        raise_other("ICU locale", m->icu_locale, t->icu_locale, "ICU locale");
}

static void read_tablespace(Making *m, const DatabaseOptions *o)
{
    const char *name, *path;

    m->tablespace = m->template.row.dattablespace;
    if (o->tablespace == NULL || o->tablespace->arg == NULL)
        return;
    name = option_text(o->tablespace);
    m->tablespace = tablespace_of_name(name, false);
    rights_require(PG_TABLESPACE_CATALOG, m->tablespace, role_current(), RIGHT_CREATE);
    if (m->tablespace == TABLESPACE_GLOBAL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "pg_global cannot be used as default tablespace");
    if (m->tablespace == m->template.row.dattablespace)
        return;
    path = database_folder_path(m->template.row.oid, m->tablespace);
    if (os_dir_state(path) == OS_DIR_NOT_EMPTY)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot assign new default tablespace \"%s\"", name),
                  .detail = err_fmt("There is a conflict because database \"%s\" already has some "
                                    "tables in this tablespace.",
                                    m->template.row.datname));
}

/* A number that was given by hand must be free; others are taken until one is. */
static void choose_number(Making *m, const DatabaseOptions *o)
{
    const HeapTuple *row;

    if (o->oid == NULL || o->oid->arg == NULL) {
        do {
            m->oid =
                catalog_new_oid(PG_DATABASE_CATALOG, PG_DATABASE_OID_INDEX, PG_DATABASE_COL_OID);
        } while (database_has_folder(m->oid));
        return;
    }
    m->oid = (Oid)option_int64(o->oid);
    if (m->oid < OID_FIRST_NORMAL && strcmp(m->name, "template0") != 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("OIDs less than %u are reserved for system objects",
                                     OID_FIRST_NORMAL));
    row = syscache_peek(CACHE_DATABASEOID, datum_of_u32(m->oid));
    if (row != NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("database OID %u is already in use by database \"%s\"", m->oid,
                                     CACHE_ROW(PgDatabase, row)->datname));
    if (database_has_folder(m->oid))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("data directory with the specified OID %u already exists", m->oid));
}

/* ---- Rows ---- */

static void insert_row(const Making *m)
{
    const PgDatabase *t = &m->template.row;
    const char *version = m->template.collation_version;
    CatalogChange *change = catalog_change_begin(PG_DATABASE_CATALOG);
    CatalogRow row;

    if (m->version != NULL)
        version = m->version;
    else if (m->provider == 'c' && strcmp(m->collate, m->template.collate) != 0)
        version = locale_name_version(m->collate);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_DATABASE_COL_OID, m->oid);
    catalog_set_name(&row, PG_DATABASE_COL_DATNAME, m->name);
    catalog_set_u32(&row, PG_DATABASE_COL_DATDBA, m->owner);
    catalog_set_i32(&row, PG_DATABASE_COL_ENCODING, (int32_t)m->encoding);
    catalog_set_char(&row, PG_DATABASE_COL_DATLOCPROVIDER, m->provider);
    catalog_set_bool(&row, PG_DATABASE_COL_DATISTEMPLATE, m->is_template);
    catalog_set_bool(&row, PG_DATABASE_COL_DATALLOWCONN, m->allows_connections);
    catalog_set_i32(&row, PG_DATABASE_COL_DATCONNLIMIT, m->limit);
    catalog_set_u32(&row, PG_DATABASE_COL_DATFROZENXID, t->datfrozenxid);
    catalog_set_u32(&row, PG_DATABASE_COL_DATMINMXID, t->datminmxid);
    catalog_set_u32(&row, PG_DATABASE_COL_DATTABLESPACE, m->tablespace);
    catalog_set_text(&row, PG_DATABASE_COL_DATCOLLATE, m->collate);
    catalog_set_text(&row, PG_DATABASE_COL_DATCTYPE, m->ctype);
    catalog_set_text(&row, PG_DATABASE_COL_DATICULOCALE, m->icu_locale);
    catalog_set_text(&row, PG_DATABASE_COL_DATCOLLVERSION, version);
    catalog_insert(change, &row);
    catalog_change_end(change);
}

/* What the template's objects need of roles and tablespaces, their copies need too. */
static void copy_dependencies(const Making *m)
{
    const CatalogKey key = {.column = PG_SHDEPEND_COL_DBID,
                            .value = datum_of_u32(m->template.row.oid)};
    CatalogChange *change = catalog_change_begin(PG_SHDEPEND_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_SHDEPEND_CATALOG, PG_SHDEPEND_DEPENDER_INDEX, 1, &key);
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        const PgShdepend d = *CACHE_ROW(PgShdepend, old);
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_u32(&row, PG_SHDEPEND_COL_DBID, m->oid);
        catalog_set_u32(&row, PG_SHDEPEND_COL_CLASSID, d.classid);
        catalog_set_u32(&row, PG_SHDEPEND_COL_OBJID, d.objid);
        catalog_set_i32(&row, PG_SHDEPEND_COL_OBJSUBID, d.objsubid);
        catalog_set_u32(&row, PG_SHDEPEND_COL_REFCLASSID, d.refclassid);
        catalog_set_u32(&row, PG_SHDEPEND_COL_REFOBJID, d.refobjid);
        catalog_set_char(&row, PG_SHDEPEND_COL_DEPTYPE, d.deptype);
        catalog_insert(change, &row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

/* ---- Files ---- */

static void take_back(Oid database)
{
    buffer_drop_database(database);
    sync_forget_database(database);
    smgr_release_all();
    database_remove_folders(database);
}

/* The session is ended in the middle of it. */
static void take_back_at_end(void *arg)
{
    const Making *m = arg;

    ERR_TRY() {
        take_back(m->oid);
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = "could not remove the files of a database that was being made",
                .detail = err_caught()->message);
    }
    ERR_END();
}

static void copy_files(Making *m)
{
    const DatabaseCopy copy = {{m->template.row.oid, m->template.row.dattablespace},
                               {m->oid, m->tablespace}};

    proc_on_detach(take_back_at_end, m);
    ERR_TRY() {
        if (m->is_logged)
            database_copy_pages(&copy);
        else
            database_copy_folders(&copy);
    }
    ERR_CATCH() {
        proc_forget_on_detach(take_back_at_end, m);
        take_back(m->oid);
        err_raise_again();
    }
    ERR_END();
    proc_forget_on_detach(take_back_at_end, m);
}
