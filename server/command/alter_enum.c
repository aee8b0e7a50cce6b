/*
 * alter_enum.c - ALTER TYPE ... ADD VALUE, RENAME VALUE
 *
 * Values are compared by their numbers as long as these are even (types/enum.c): a value between
 * others gets an odd one, unless an even one happens to fit.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/find_object.h"
#include "server/command/new_type.h"
#include "server/command/object.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/enum.h"

typedef struct Label {
    Oid oid;
    float order;
    char name[NAME_SIZE];
} Label;

typedef struct Labels {
    Label *list; /* in their order */
    int count;
} Labels;

static void add_value(const AlterEnumStmt *stmt, Oid type);
static void rename_value(const AlterEnumStmt *stmt, Oid type);

void command_alter_enum(CommandCall *call)
{
    const AlterEnumStmt *stmt = (const AlterEnumStmt *)(const void *)call->statement;
    Oid type = type_of_names(stmt->name);
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    if (CACHE_ROW(PgType, row)->typtype != 'e')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("%s is not an enum", type_shown(type)));
    rights_require_owner(PG_TYPE_CATALOG, type, role_current());
    if (stmt->old_value != NULL)
        rename_value(stmt, type);
    else
        add_value(stmt, type);
}

/* ---- The labels that there are ---- */

static Labels read_labels(Oid type)
{
    const CatalogKey key = {.column = PG_ENUM_COL_ENUMTYPID, .value = datum_of_u32(type)};
    CatalogScan *scan = catalog_scan_begin(PG_ENUM_CATALOG, PG_ENUM_TYPID_SORTORDER_INDEX, 1, &key);
    const HeapTuple *row;
    Labels labels;
    Array found;

    array_init(&found, sizeof(Label));
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgEnum *e = CACHE_ROW(PgEnum, row);
        Label *label = array_push(&found);

        label->oid = e->oid;
        label->order = e->enumsortorder;
        memcpy(label->name, e->enumlabel, NAME_SIZE);
    }
    catalog_scan_end(scan);
    labels = (Labels){.list = found.items, .count = (int)found.count};
    return labels;
}

static int find_label(const Labels *labels, const char *name)
{
    for (int i = 0; i < labels->count; i++) {
        if (strcmp(labels->list[i].name, name) == 0)
            return i;
    }
    return -1;
}

_Noreturn static void raise_no_label(const char *name)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("\"%s\" is not an existing enum label", name));
}

static void set_order(const Label *label, float order)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set(&row, PG_ENUM_COL_ENUMSORTORDER, datum_of_f4(order));
    object_update_row(PG_ENUM_CATALOG, CACHE_ENUMOID, label->oid, &row);
}

/* From the last to the first, so that no two have the same place on the way. */
static void spread(const Labels *labels)
{
    for (int i = labels->count - 1; i >= 0; i--) {
        float order = (float)(i + 1);

        if (labels->list[i].order != order)
            set_order(&labels->list[i], order);
    }
    txn_advance_command();
}

/* ---- A new one ---- */

/* Its place; false: there is none between its neighbours, as numbers go. */
static bool find_order(const AlterEnumStmt *stmt, const Labels *labels, float *order)
{
    int at, other;
    float middle, a, b;

    if (stmt->neighbor == NULL) {
        *order = labels->count > 0 ? labels->list[labels->count - 1].order + 1 : 1;
        return true;
    }
    at = find_label(labels, stmt->neighbor);
    if (at < 0)
        raise_no_label(stmt->neighbor);
    other = stmt->is_after ? at + 1 : at - 1;
    a = labels->list[at].order;
    if (other < 0 || other >= labels->count) {
        *order = stmt->is_after ? a + 1 : a - 1;
        return true;
    }
    b = labels->list[other].order;
    middle = (a + b) / 2;
    *order = middle;
    return middle != a && middle != b;
}

/* Among the even numbers, is it in its place? */
static bool is_sorted(const Labels *labels, Oid oid, float order)
{
    for (int i = 0; i < labels->count; i++) {
        const Label *label = &labels->list[i];

        if ((label->oid & 1) == 0 && (label->order < order ? label->oid >= oid : label->oid <= oid))
            return false;
    }
    return true;
}

static Oid new_oid(const Labels *labels, float order)
{
    for (;;) {
        Oid oid = catalog_new_oid(PG_ENUM_CATALOG, PG_ENUM_OID_INDEX, PG_ENUM_COL_OID);

        check_interrupts();
        if (is_sorted(labels, oid, order) == ((oid & 1) == 0))
            return oid;
    }
}

static void insert(Oid type, Oid oid, float order, const char *label)
{
    CatalogChange *change = catalog_change_begin(PG_ENUM_CATALOG);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_ENUM_COL_OID, oid);
    catalog_set_u32(&row, PG_ENUM_COL_ENUMTYPID, type);
    catalog_set(&row, PG_ENUM_COL_ENUMSORTORDER, datum_of_f4(order));
    catalog_set_name(&row, PG_ENUM_COL_ENUMLABEL, label);
    catalog_insert(change, &row);
    catalog_change_end(change);
}

static void add_value(const AlterEnumStmt *stmt, Oid type)
{
    Labels labels;
    float order;
    Oid oid;

    enum_label_check(stmt->new_value);
    /* Others who add or rename wait, as they all look at the places. */
    lock_object(PG_TYPE_CATALOG, type, 0, LOCK_EXCLUSIVE);
    labels = read_labels(type);
    if (find_label(&labels, stmt->new_value) >= 0) {
        if (!stmt->if_not_exists)
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("enum label \"%s\" already exists", stmt->new_value));
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_OBJECT,
                .message = err_fmt("enum label \"%s\" already exists, skipping", stmt->new_value));
        return;
    }
    if (!find_order(stmt, &labels, &order)) {
        spread(&labels);
        labels = read_labels(type);
        find_order(stmt, &labels, &order);
    }
    oid = new_oid(&labels, order);
    insert(type, oid, order, stmt->new_value);
    enum_note_uncommitted(oid);
}

/* ---- Another name ---- */

static void rename_value(const AlterEnumStmt *stmt, Oid type)
{
    CatalogRow row;
    Labels labels;
    int at;

    enum_label_check(stmt->new_value);
    lock_object(PG_TYPE_CATALOG, type, 0, LOCK_EXCLUSIVE);
    labels = read_labels(type);
    at = find_label(&labels, stmt->old_value);
    if (at < 0)
        raise_no_label(stmt->old_value);
    if (find_label(&labels, stmt->new_value) >= 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("enum label \"%s\" already exists", stmt->new_value));
    catalog_row_init(&row);
    catalog_set_name(&row, PG_ENUM_COL_ENUMLABEL, stmt->new_value);
    object_update_row(PG_ENUM_CATALOG, CACHE_ENUMOID, labels.list[at].oid, &row);
}
