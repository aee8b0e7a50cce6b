/* login.c - roles and databases as the shared catalogs have them; login.h has the order. */
#include "common/base/base.h"

#include "server/session/login.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "server/auth/auth.h"
#include "server/auth/hba.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/config/server_version.h"
#include "server/config/setting.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/proc.h"
#include "server/ipc/server_log.h"
#include "server/lock/lock_object.h"
#include "server/net/net.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/recovery/checkpoint/control.h"
#include "server/session/session.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/types/collation.h"
#include "server/types/collation_catalog.h"
#include "server/types/database_text.h"
#include "server/types/enum.h"
#include "server/types/type_catalog.h"

/* What pg_database says of the one that is wanted; texts are copies. */
typedef struct Database {
    PgDatabase row;
    const char *collate, *ctype, *icu_locale;
} Database;

static bool find_auth_role(const char *user, AuthRole *out);
static bool is_member_by_name(const char *user, const char *role);
static void take_role(const StartupPacket *packet);
static void keep_reserved_slots(const StartupPacket *packet);
static void open_database(const StartupPacket *packet);
static void find_database(const char *name, Database *out);
static bool read_database(const char *name, Database *out);
static void check_database(const Database *d);
static char *database_folder(const PgDatabase *row);
static void check_folder(const char *name, const char *folder);
static void take_locale(const Database *d);
static void set(const char *name, const char *value, GucSource source);
static const char *text_column(const HeapTuple *row, const TupleDesc *desc, int number);
static char *text_of_datum(Datum value);

/* ---- Who ---- */

bool login_prove(const StartupPacket *packet)
{
    const OsPeer *peer = net_peer();
    HbaClient client = {
        .is_local = peer->is_unix,
        .is_tls = net_is_tls(),
        .is_physical_replication = packet->replication == STARTUP_PHYSICAL,
        .database = packet->database,
        .user = packet->user,
    };
    const HbaRule *rule;

    client.address.len = peer->address_len;
    memcpy(client.address.bytes, peer->address, peer->address_len);
    txn_start_command();
    hba_set_roles(is_member_by_name);
    rule = hba_match(&client);
    if (rule == NULL || rule->method == HBA_REJECT)
        hba_refuse(&client, rule);
    return auth_run(&(AuthRequest){.user = packet->user,
                                   .rule = rule,
                                   .find_role = find_auth_role,
                                   .mock_nonce = control_fixed()->nonce});
}

static bool find_auth_role(const char *user, AuthRole *out)
{
    const HeapTuple *row = syscache_pin(CACHE_AUTHNAME, datum_of_pointer(user));
    bool is_null;
    Datum value;

    *out = (AuthRole){0};
    if (row == NULL)
        return false;
    value = syscache_get(CACHE_AUTHNAME, row, PG_AUTHID_COL_ROLPASSWORD, &is_null);
    if (!is_null)
        out->password = text_of_datum(value);
    value = syscache_get(CACHE_AUTHNAME, row, PG_AUTHID_COL_ROLVALIDUNTIL, &is_null);
    out->expires = !is_null;
    out->valid_until = is_null ? 0 : datum_i64(value);
    syscache_unpin(row);
    return true;
}

static bool is_member_by_name(const char *user, const char *role)
{
    Oid member = role_try_find(user), wanted = role_try_find(role);

    return member != 0 && wanted != 0 && role_is_listed_member(member, wanted);
}

static void take_role(const StartupPacket *packet)
{
    const HeapTuple *row = syscache_pin(CACHE_AUTHNAME, datum_of_pointer(packet->user));
    PgAuthid role;

    if (row == NULL)
        err_fatal(SQLSTATE_INVALID_AUTHORIZATION,
                  .message = err_fmt("role \"%s\" does not exist", packet->user));
    role = *CACHE_ROW(PgAuthid, row);
    syscache_unpin(row);
    if (!role.rolcanlogin)
        err_fatal(SQLSTATE_INVALID_AUTHORIZATION,
                  .message = err_fmt("role \"%s\" is not permitted to log in", packet->user));
    proc_self()->role = role.oid;
    if (role.rolconnlimit >= 0 && !role.rolsuper &&
        proc_count_role(role.oid) > (unsigned)role.rolconnlimit)
        err_fatal(SQLSTATE_TOO_MANY_CONNECTIONS,
                  .message = err_fmt("too many connections for role \"%s\"", packet->user));
    role_begin(role.oid, role.rolsuper);
    set("session_authorization", packet->user, GUC_FROM_OVERRIDE);
}

/*
 * The last slots are for superusers, who have to look what is wrong. Senders have slots of their
 * own.
 */
static void keep_reserved_slots(const StartupPacket *packet)
{
    bool is_sender = packet->replication != STARTUP_NO_REPLICATION;

    if (!role_session_is_superuser() && !is_sender && setting.superuser_reserved_connections > 0 &&
        proc_free_backend_slots() < (unsigned)setting.superuser_reserved_connections)
        err_fatal(SQLSTATE_TOO_MANY_CONNECTIONS,
                  .message = "remaining connection slots are reserved for non-replication "
                             "superuser connections");
    if (is_sender && !role_has_attribute(role_session(), ROLE_MAY_REPLICATE))
        err_fatal(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be superuser or replication role to start walsender");
}

/* ---- Where ---- */

void login_open(const StartupPacket *packet)
{
    take_role(packet);
    keep_reserved_slots(packet);
    if (packet->replication == STARTUP_PHYSICAL)
        session_take_settings(packet, role_session_is_superuser());
    else
        open_database(packet);
    txn_end_command();
}

static void open_database(const StartupPacket *packet)
{
    const char *name = packet->database;
    Database d;
    char *folder;

    find_database(name, &d);
    folder = database_folder(&d.row);
    check_folder(name, folder);
    proc_self()->database = d.row.oid;
    cache_open_database(d.row.oid, d.row.dattablespace);
    check_database(&d);
    take_locale(&d);
    session_take_settings(packet, role_session_is_superuser());
    session_take_stored_settings(d.row.oid, role_session());
}

void login_open_as_worker(Oid database)
{
    static const char *const off[] = {"statement_timeout", "lock_timeout",
                                      "idle_in_transaction_session_timeout"};
    const HeapTuple *row;
    Database d;

    txn_start_command();
    role_begin(ROLE_SUPERUSER, true);
    lock_shared_object(PG_DATABASE_CATALOG, database, 0, LOCK_ROW_EXCLUSIVE);
    row = syscache_pin(CACHE_DATABASEOID, datum_of_u32(database));
    if (row == NULL)
        err_fatal(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("database %u does not exist", database));
    if (!read_database(CACHE_ROW(PgDatabase, row)->datname, &d))
        err_fatal(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("database %u does not exist", database));
    syscache_unpin(row);
    check_folder(d.row.datname, database_folder(&d.row));
    proc_self()->database = database;
    cache_open_database(database, d.row.dattablespace);
    take_locale(&d);
    /* Whoever may make functions of indexes must not be found by their names. */
    set("search_path", "", GUC_FROM_OVERRIDE);
    set("zero_damaged_pages", "false", GUC_FROM_OVERRIDE);
    set("default_transaction_isolation", "read committed", GUC_FROM_OVERRIDE);
    set("synchronous_commit", "local", GUC_FROM_OVERRIDE);
    for (size_t i = 0; i < ARRAY_LEN(off); i++)
        set(off[i], "0", GUC_FROM_OVERRIDE);
    txn_end_command();
}

/*
 * It may be dropped or renamed until its lock is ours; nobody waits for the lock but those who want
 * to drop it, or copy it.
 */
static void find_database(const char *name, Database *out)
{
    Oid oid;

    if (!read_database(name, out))
        err_fatal(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("database \"%s\" does not exist", name));
    oid = out->row.oid;
    lock_shared_object(PG_DATABASE_CATALOG, oid, 0, LOCK_ROW_EXCLUSIVE);
    if (!read_database(name, out) || out->row.oid != oid)
        err_fatal(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("database \"%s\" does not exist", name),
                  .detail = "It seems to have just been dropped or renamed.");
}

static bool read_database(const char *name, Database *out)
{
    char key[NAME_SIZE] = {0};
    CatalogScan *scan;
    const HeapTuple *row;

    memcpy(key, name, strnlen(name, NAME_SIZE - 1));
    scan = catalog_scan_begin(
        PG_DATABASE_CATALOG, PG_DATABASE_DATNAME_INDEX, 1,
        &(CatalogKey){.column = PG_DATABASE_COL_DATNAME, .value = datum_of_pointer(key)});
    row = catalog_scan_next(scan);
    if (row != NULL) {
        const TupleDesc *desc = catalog_scan_desc(scan);

        out->row = *CACHE_ROW(PgDatabase, row);
        out->collate = text_column(row, desc, PG_DATABASE_COL_DATCOLLATE);
        out->ctype = text_column(row, desc, PG_DATABASE_COL_DATCTYPE);
        out->icu_locale = text_column(row, desc, PG_DATABASE_COL_DATICULOCALE);
    }
    catalog_scan_end(scan);
    return row != NULL;
}

/* A copy; NULL for NULL. */
static const char *text_column(const HeapTuple *row, const TupleDesc *desc, int number)
{
    bool is_null;
    Datum value = heap_get(row, number, desc, &is_null);

    return is_null ? NULL : text_of_datum(value);
}

static char *text_of_datum(Datum value)
{
    const uint8_t *text = varlena_packed(datum_varlena(value));

    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

static char *database_folder(const PgDatabase *row)
{
    const PgVersion *version = pg_version_find(SERVER_MAJOR);

    if (row->dattablespace == TABLESPACE_DEFAULT)
        return mem_printf("base/%u", row->oid);
    return mem_printf("pg_tblspc/%u/%s/%u", row->dattablespace,
                      pg_version_tablespace_folder(version), row->oid);
}

static void check_folder(const char *name, const char *folder)
{
    OsStat stat;

    if (!os_try_stat(folder, &stat))
        err_fatal(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("database \"%s\" does not exist", name),
                  .detail = err_fmt("The database subdirectory \"%s\" is missing.", folder));
    control_check_version(folder);
}

static void check_database(const Database *d)
{
    unsigned processes, prepared;

    if (!d->row.datallowconn)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("database \"%s\" is not currently accepting connections",
                                     d->row.datname));
    if (!role_session_is_superuser() &&
        !rights_has(PG_DATABASE_CATALOG, d->row.oid, role_session(), RIGHT_CONNECT))
        err_fatal(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for database \"%s\"", d->row.datname),
                  .detail = "User does not have CONNECT privilege.");
    proc_array_count_database(d->row.oid, &processes, &prepared);
    if (d->row.datconnlimit >= 0 && !role_session_is_superuser() &&
        processes > (unsigned)d->row.datconnlimit)
        err_fatal(SQLSTATE_TOO_MANY_CONNECTIONS,
                  .message = err_fmt("too many connections for database \"%s\"", d->row.datname));
}

static void take_locale(const Database *d)
{
    Encoding encoding = (Encoding)d->row.encoding;

    text_set_encoding(encoding);
    collation_use_catalog();
    namespace_set_encoding(encoding);
    namespace_set_database(mem_strdup_in(mem_root(), d->row.datname));
    type_facts_use_catalog();
    enum_use_catalog();
    session_set_server_encoding(encoding);
    set("server_encoding", encoding_name(encoding), GUC_FROM_DYNAMIC_DEFAULT);
    set("client_encoding", encoding_name(encoding), GUC_FROM_DYNAMIC_DEFAULT);
    set("lc_collate", d->collate, GUC_FROM_DYNAMIC_DEFAULT);
    set("lc_ctype", d->ctype, GUC_FROM_DYNAMIC_DEFAULT);
    collation_set_database(&(CollationRow){.name = "default",
                                           .provider = d->row.datlocprovider,
                                           .is_deterministic = true,
                                           .collate = d->collate,
                                           .ctype = d->ctype,
                                           .icu_locale = d->icu_locale});
}

static void set(const char *name, const char *value, GucSource source)
{
    guc_set(&(GucChange){.name = name,
                         .value = value,
                         .as = GUC_INTERNAL,
                         .source = source,
                         .action = GUC_SET,
                         .level = ERR_ERROR});
}
