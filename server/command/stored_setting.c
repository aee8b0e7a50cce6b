/* stored_setting.c - ALTER DATABASE ... SET, ALTER ROLE ... SET; stored_setting.h tells more. */
#include "common/base/base.h"

#include "server/command/stored_setting.h"

#include <string.h>
#include <strings.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/database.h"
#include "server/command/depend.h"
#include "server/command/role_spec.h"
#include "server/command/setting.h"
#include "server/command/shared_name.h"
#include "server/config/guc.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/object/parameter_right.h"
#include "server/object/role.h"

/* Each is NAME=VALUE. */
typedef Array Assignments; /* char * */

static const ArrayElement text_element = {.type = TYPE_TEXT, .len = -1, .align = 'i'};

static void read_assignments(Datum array, Assignments *out);
static bool names(const char *assignment, const char *name);

/* ---- Statements ---- */

void command_alter_database_set(CommandCall *call)
{
    const AlterDatabaseSetStmt *stmt =
        (const AlterDatabaseSetStmt *)(const void *)call->statement;
    Oid database = database_of_name(stmt->name, false);

    /* It cannot be dropped before we are done. */
    depend_lock_shared(PG_DATABASE_CATALOG, database);
    rights_require_owner(PG_DATABASE_CATALOG, database, role_current());
    stored_setting_change(database, 0, stmt->set);
}

static Oid role_to_alter(const RoleSpec *spec)
{
    Oid role = role_of_spec(spec, false);

    if (strncmp(role_name(role), "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("role name \"%s\" is reserved", role_name(role)),
                  .detail = "Cannot alter reserved roles.");
    depend_lock_shared(PG_AUTHID_CATALOG, role);
    if (role_is_superuser(role)) {
        if (!role_is_superuser(role_current()))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                      .message = "must be superuser to alter superusers");
    } else if (role != role_current() &&
               !role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE)) {
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "permission denied");
    }
    return role;
}

void command_alter_role_set(CommandCall *call)
{
    const AlterRoleSetStmt *stmt = (const AlterRoleSetStmt *)(const void *)call->statement;
    Oid role = 0, database = 0;

    if (stmt->role != NULL)
        role = role_to_alter(stmt->role);
    if (stmt->database != NULL) {
        database = database_of_name(stmt->database, false);
        depend_lock_shared(PG_DATABASE_CATALOG, database);
        if (stmt->role == NULL)
            rights_require_owner(PG_DATABASE_CATALOG, database, role_current());
    } else if (stmt->role == NULL && !role_is_superuser(role_current())) {
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be superuser to alter settings globally");
    }
    stored_setting_change(database, role, stmt->set);
}

/* ---- Lists ---- */

static void read_assignments(Datum array, Assignments *out)
{
    ArrayView view;
    ArrayWalk walk;
    Datum value;
    bool is_null;

    array_open(varlena_plain(datum_varlena(array)), &view);
    array_walk_begin(&walk, &view, &text_element);
    while (array_walk_next(&walk, &value, &is_null)) {
        const uint8_t *packed = is_null ? NULL : varlena_packed(datum_varlena(value));

        if (packed != NULL)
            *(char **)array_push(out) =
                mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
    }
}

static Datum array_of(const Assignments *list)
{
    Datum *values = mem_new_array(Datum, list->count);

    for (size_t i = 0; i < list->count; i++) {
        const char *text = *(char *const *)array_at(list, i);

        values[i] = datum_of_pointer(varlena_new(text, strlen(text)));
    }
    return datum_of_pointer(array_make_list(&text_element, values, NULL, list->count));
}

static bool names(const char *assignment, const char *name)
{
    size_t len = strlen(name);

    return strncasecmp(assignment, name, len) == 0 && assignment[len] == '=';
}

/* Would SET take it? value NULL: is there such a setting, and may it be changed? */
static bool try_value(const char *name, const char *value, ErrLevel level)
{
    return guc_set(&(GucChange){.name = name,
                                .value = value,
                                .as = parameter_context(name),
                                .source = GUC_FROM_TEST,
                                .action = GUC_SET,
                                .level = level,
                                .is_test = true});
}

static void put(Assignments *list, const char *name, const char *value)
{
    const char *own;
    char **place = NULL;

    try_value(name, value, ERR_ERROR);
    own = guc_spelling(name) != NULL ? guc_spelling(name) : name;
    array_foreach(char *, item, list) {
        if (names(*item, own))
            place = item;
    }
    if (place == NULL)
        place = array_push(list);
    *place = mem_printf("%s=%s", own, value);
}

static void drop_at(Assignments *list, size_t at)
{
    char **all = list->items;

    memmove(all + at, all + at + 1, (list->count - at - 1) * sizeof *all);
    list->count--;
}

static void take_out(Assignments *list, const char *name)
{
    try_value(name, NULL, ERR_ERROR);
    for (size_t i = list->count; i-- > 0;) {
        if (names(*(char **)array_at(list, i), name))
            drop_at(list, i);
    }
}

/* RESET ALL: what only others may set stays. */
static void take_all_out(Assignments *list)
{
    if (role_is_superuser(role_current())) {
        array_clear(list);
        return;
    }
    for (size_t i = list->count; i-- > 0;) {
        const char *item = *(char **)array_at(list, i);
        const char *equals = strchr(item, '=');
        char *name = equals == NULL ? mem_strdup(item) : mem_strndup(item, (size_t)(equals - item));

        if (guc_context(name) == GUC_USERSET ||
            parameter_has_right(name, role_current(), RIGHT_SET))
            drop_at(list, i);
    }
}

/* ---- Rows ---- */

static void insert_row(CatalogChange *change, Oid database, Oid role, const Assignments *list)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_DB_ROLE_SETTING_COL_SETDATABASE, database);
    catalog_set_u32(&row, PG_DB_ROLE_SETTING_COL_SETROLE, role);
    catalog_set(&row, PG_DB_ROLE_SETTING_COL_SETCONFIG, array_of(list));
    catalog_insert(change, &row);
}

static void update_row(CatalogChange *change, const HeapTuple *old, const Assignments *list)
{
    CatalogRow row;

    if (list->count == 0) {
        catalog_delete(change, old);
        return;
    }
    catalog_row_init(&row);
    catalog_set(&row, PG_DB_ROLE_SETTING_COL_SETCONFIG, array_of(list));
    catalog_update(change, old, &row);
}

/* had: was there a list? */
static void change_list(Assignments *list, const VariableSetStmt *stmt, bool had)
{
    const bool is_all = stmt->kind == VARIABLE_RESET_ALL;
    const char *value = is_all ? NULL : setting_value_of(stmt);

    if (is_all)
        take_all_out(list);
    else if (value != NULL)
        put(list, stmt->name, value);
    else if (had)
        take_out(list, stmt->name);
}

bool stored_setting_list(const Datum *old, const List *statements, Datum *out)
{
    Assignments list;

    array_init(&list, sizeof(char *));
    if (old != NULL)
        read_assignments(*old, &list);
    list_foreach(const VariableSetStmt *, stmt, statements)
        change_list(&list, stmt, list.count > 0);
    if (list.count == 0)
        return false;
    *out = array_of(&list);
    return true;
}

void stored_setting_change(Oid database, Oid role, const VariableSetStmt *stmt)
{
    const CatalogKey keys[] = {
        {.column = PG_DB_ROLE_SETTING_COL_SETDATABASE, .value = datum_of_u32(database)},
        {.column = PG_DB_ROLE_SETTING_COL_SETROLE, .value = datum_of_u32(role)},
    };
    CatalogChange *change = catalog_change_begin(PG_DB_ROLE_SETTING_CATALOG);
    CatalogScan *scan = catalog_scan_begin(
        PG_DB_ROLE_SETTING_CATALOG, PG_DB_ROLE_SETTING_DATABASEID_ROL_INDEX, 2, keys);
    const HeapTuple *old = catalog_scan_next(scan);
    Assignments list;

    array_init(&list, sizeof(char *));
    if (old != NULL) {
        bool is_null;
        Datum array =
            heap_get(old, PG_DB_ROLE_SETTING_COL_SETCONFIG, catalog_scan_desc(scan), &is_null);

        if (!is_null)
            read_assignments(array, &list);
    }
    change_list(&list, stmt, old != NULL);
    if (old != NULL)
        update_row(change, old, &list);
    else if (list.count > 0)
        insert_row(change, database, role, &list);
    catalog_scan_end(scan);
    catalog_change_end(change);
}
