/*
 * stored_settings.c - settings that ALTER DATABASE and ALTER ROLE have stored for sessions to come
 *
 * Rows of pg_db_role_setting: for this role in this database, for the role, for the database, for
 * all. Each is taken as of a source of its own, so that the order of taking does not matter. One
 * that cannot be taken any more is told as a warning and keeps nobody out.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/session/session.h"

static void take_row(Oid database, Oid role, GucSource source);
static void take_array(const uint8_t *array, GucSource source);
static void take(char *assignment, GucSource source);

void session_take_stored_settings(Oid database, Oid role)
{
    take_row(database, role, GUC_FROM_DATABASE_ROLE);
    take_row(0, role, GUC_FROM_ROLE);
    take_row(database, 0, GUC_FROM_DATABASE);
    take_row(0, 0, GUC_FROM_GLOBAL);
}

static void take_row(Oid database, Oid role, GucSource source)
{
    CatalogKey keys[] = {
        {.column = PG_DB_ROLE_SETTING_COL_SETDATABASE, .value = datum_of_u32(database)},
        {.column = PG_DB_ROLE_SETTING_COL_SETROLE, .value = datum_of_u32(role)},
    };
    CatalogScan *scan = catalog_scan_begin(
        PG_DB_ROLE_SETTING_CATALOG, PG_DB_ROLE_SETTING_DATABASEID_ROL_INDEX, ARRAY_LEN(keys), keys);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        bool is_null;
        Datum value =
            heap_get(row, PG_DB_ROLE_SETTING_COL_SETCONFIG, catalog_scan_desc(scan), &is_null);

        if (!is_null)
            take_array(varlena_plain(datum_varlena(value)), source);
    }
    catalog_scan_end(scan);
}

static void take_array(const uint8_t *array, GucSource source)
{
    static const ArrayElement text = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    ArrayView view;
    ArrayWalk walk;
    Datum value;
    bool is_null;

    array_open(array, &view);
    array_walk_begin(&walk, &view, &text);
    while (array_walk_next(&walk, &value, &is_null)) {
        const uint8_t *packed = is_null ? NULL : varlena_packed(datum_varlena(value));

        if (packed != NULL)
            take(mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed)), source);
    }
}

static void take(char *assignment, GucSource source)
{
    char *equals = strchr(assignment, '=');

    if (equals == NULL) {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_SYNTAX_ERROR,
                .message = err_fmt("could not parse setting for parameter \"%s\"", assignment));
        return;
    }
    *equals = '\0';
    guc_set(&(GucChange){.name = assignment,
                         .value = equals + 1,
                         .as = GUC_SUSET,
                         .source = source,
                         .action = GUC_SET,
                         .level = ERR_WARNING});
}
