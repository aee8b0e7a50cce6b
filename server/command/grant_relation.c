/*
 * grant_relation.c - rights on relations and their columns
 *
 * What is revoked of a relation is revoked of all its columns, too; what is granted is not, because
 * who asks looks at both.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/grant_int.h"
#include "server/command/make.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/types/acl.h"

#define FIRST_COLUMN (-6) /* tableoid; ctid is -1 */

/* The relation, and what is to happen to its columns. */
typedef struct GrantTable {
    GrantSubject whole;
    char kind;
    int column_count;
    Acl before;      /* of the relation, as it was */
    Rights *columns; /* by number - FIRST_COLUMN */
} GrantTable;

static void open_target(const Grant *g, Oid oid, GrantTable *t);
static Rights check_rights(const Grant *g, const GrantTable *t);
static void add_all_columns(GrantTable *t, Rights rights);
static void add_named_columns(GrantTable *t, const AccessPriv *one);
static void grant_whole(const Grant *g, GrantTable *t, Rights rights);
static void grant_column(const Grant *g, const GrantTable *t, int16_t number, Rights rights);

void grant_on_relation(const Grant *g, Oid oid)
{
    GrantTable t;
    Rights rights;

    open_target(g, oid, &t);
    rights = check_rights(g, &t);
    t.columns = mem_new_array(Rights, (size_t)(t.column_count - FIRST_COLUMN + 1));
    if (!g->is_grant)
        add_all_columns(&t, rights & rights_all_of(RIGHTS_OF_COLUMN));
    t.before = t.whole.acl;
    if (rights != 0)
        grant_whole(g, &t, rights);
    list_foreach(const AccessPriv *, one, g->column_rights)
        add_named_columns(&t, one);
    for (int number = FIRST_COLUMN; number <= t.column_count; number++) {
        check_interrupts();
        if (t.columns[number - FIRST_COLUMN] != 0)
            grant_column(g, &t, (int16_t)number, t.columns[number - FIRST_COLUMN]);
    }
}

static void open_target(const Grant *g, Oid oid, GrantTable *t)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(oid));
    const char *wrong = NULL;
    const PgClass *class;
    bool is_null;
    Datum list;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for relation %u", oid));
    class = CACHE_ROW(PgClass, row);
    if (class->relkind == RELATION_INDEX || class->relkind == RELATION_PARTITIONED_INDEX)
        wrong = "an index";
    else if (class->relkind == RELATION_COMPOSITE_TYPE)
        wrong = "a composite type";
    else if (g->kind == OBJECT_SEQUENCE && class->relkind != RELATION_SEQUENCE)
        wrong = "not a sequence";
    if (wrong != NULL)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is %s", class->relname, wrong));
    *t = (GrantTable){.kind = class->relkind, .column_count = class->relnatts};
    t->whole = (GrantSubject){.catalog = PG_CLASS_CATALOG,
                              .oid = oid,
                              .owner = class->relowner,
                              .name = mem_strdup(class->relname)};
    t->whole.kind = t->kind == RELATION_SEQUENCE ? RIGHTS_OF_SEQUENCE : RIGHTS_OF_TABLE;
    t->whole.words = t->kind == RELATION_SEQUENCE ? "sequence" : "table";
    list = syscache_get(CACHE_RELOID, row, PG_CLASS_COL_RELACL, &is_null);
    grant_take_list(&t->whole, list, is_null);
    syscache_unpin(row);
}

/* GRANT ... ON t takes the rights of tables and sequences alike, until it is known what t is. */
static Rights check_rights(const Grant *g, const GrantTable *t)
{
    Rights all = rights_all_of(t->whole.kind);
    Rights rights = g->is_all && g->rights == 0 ? all : g->rights;

    if ((rights & ~all) == 0)
        return rights;
    if (t->kind != RELATION_SEQUENCE)
        err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                  .message = "invalid privilege type USAGE for table");
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_GRANT_OPERATION,
            .message = err_fmt("sequence \"%s\" only supports USAGE, SELECT, and UPDATE privileges",
                               t->whole.name));
    return rights & all;
}

static void grant_whole(const Grant *g, GrantTable *t, Rights rights)
{
    Acl acl = grant_change(g, &t->whole, &t->whole.acl, rights, g->is_all);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set(&row, PG_CLASS_COL_RELACL, acl_to_datum(&acl));
    relation_update_class(t->whole.oid, &row);
    grant_note_members(&t->whole, &acl);
}

/* ---- Columns ---- */

/* Views have no system columns. */
static void add_all_columns(GrantTable *t, Rights rights)
{
    int first = t->kind == RELATION_VIEW ? 1 : FIRST_COLUMN;

    for (int number = first; rights != 0 && number <= t->column_count; number++) {
        const HeapTuple *row = syscache_peek2(CACHE_ATTNUM, datum_of_u32(t->whole.oid),
                                              datum_of_i16((int16_t)number));

        if (row != NULL && !CACHE_ROW(PgAttribute, row)->attisdropped)
            t->columns[number - FIRST_COLUMN] |= rights;
    }
}

static Rights column_rights_of(const GrantTable *t, const AccessPriv *one)
{
    Rights all = rights_all_of(RIGHTS_OF_COLUMN);
    Rights rights = one->name == NULL ? all : grant_right_among(one->name, all, "column");

    if (t->kind != RELATION_SEQUENCE || (rights & ~(Rights)RIGHT_SELECT) == 0)
        return rights;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_GRANT_OPERATION,
            .message = err_fmt("sequence \"%s\" only supports SELECT column privileges",
                               t->whole.name));
    return rights & RIGHT_SELECT;
}

static void add_named_columns(GrantTable *t, const AccessPriv *one)
{
    Rights rights = column_rights_of(t, one);

    list_foreach(const String *, name, one->columns) {
        const HeapTuple *row = syscache_peek2(CACHE_ATTNAME, datum_of_u32(t->whole.oid),
                                              datum_of_pointer(name->value));

        if (row == NULL || CACHE_ROW(PgAttribute, row)->attisdropped)
            err_raise(SQLSTATE_UNDEFINED_COLUMN,
                      .message = err_fmt("column \"%s\" of relation \"%s\" does not exist",
                                         name->value, t->whole.name));
        t->columns[CACHE_ROW(PgAttribute, row)->attnum - FIRST_COLUMN] |= rights;
    }
}

/* An empty list is the default of columns: it is stored as none. */
static void grant_column(const Grant *g, const GrantTable *t, int16_t number, Rights rights)
{
    const HeapTuple *old =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(t->whole.oid), datum_of_i16(number));
    GrantSubject s = t->whole;
    CatalogRow row;
    Acl acl, considered;
    bool is_null;
    Datum list;

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for attribute %d of relation %u", number,
                                     s.oid));
    s.sub = number;
    s.kind = RIGHTS_OF_COLUMN;
    s.column = mem_strdup(CACHE_ROW(PgAttribute, old)->attname);
    list = syscache_get(CACHE_ATTNUM, old, PG_ATTRIBUTE_COL_ATTACL, &is_null);
    grant_take_list(&s, list, is_null);
    considered = acl_join(&t->before, &s.acl);
    acl = grant_change(g, &s, &considered, rights, rights == rights_all_of(RIGHTS_OF_COLUMN));
    if (acl.count > 0 || s.has_list) {
        CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);

        catalog_row_init(&row);
        if (acl.count > 0)
            catalog_set(&row, PG_ATTRIBUTE_COL_ATTACL, acl_to_datum(&acl));
        else
            catalog_set_null(&row, PG_ATTRIBUTE_COL_ATTACL);
        catalog_update(change, old, &row);
        catalog_change_end(change);
        grant_note_members(&s, &acl);
    }
    syscache_unpin(old);
}
