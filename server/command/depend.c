/* depend.c - rows of pg_depend and pg_shdepend; depend.h has the how. */
#include "common/base/base.h"

#include "server/command/depend.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend_lock.h"
#include "server/lock/lock_object.h"
#include "server/object/acl_change.h"
#include "server/object/role.h"

#define ROWS_AT_ONCE 64 /* that are inserted together */
#define ANY_SUB      INT32_MAX

static unsigned fill_rows(const ObjectAddress *who, const ObjectList *on, size_t *next,
                          DependKind kind, CatalogRow *rows);
static Oid database_of(Oid catalog);
static CatalogScan *scan_shared(Oid catalog, Oid oid);
static void note_shared(Oid catalog, Oid oid, int32_t sub, Oid on_catalog, Oid on,
                        DependShared kind);
static void change_shared(Oid catalog, Oid oid, Oid on_catalog, Oid on, DependShared kind);

/* ---- pg_depend ---- */

void depend_note(const ObjectAddress *who, const ObjectAddress *on, DependKind kind)
{
    ObjectList list;

    object_list_init(&list);
    object_list_add(&list, on->catalog, on->oid, on->sub);
    depend_note_list(who, &list, kind);
}

void depend_note_list(const ObjectAddress *who, ObjectList *on, DependKind kind)
{
    CatalogChange *change = NULL;
    CatalogRow *rows;
    size_t next = 0;
    unsigned count;

    object_list_unify(on);
    if (on->count == 0)
        return;
    rows = mem_new_array(CatalogRow, size_min(on->count, ROWS_AT_ONCE));
    while ((count = fill_rows(who, on, &next, kind, rows)) > 0) {
        if (change == NULL)
            change = catalog_change_begin(PG_DEPEND_CATALOG);
        catalog_insert_many(change, rows, count);
    }
    if (change != NULL)
        catalog_change_end(change);
    mem_free(rows);
}

static unsigned fill_rows(const ObjectAddress *who, const ObjectList *on, size_t *next,
                          DependKind kind, CatalogRow *rows)
{
    unsigned count = 0;

    for (; *next < on->count && count < ROWS_AT_ONCE; ++*next) {
        const ObjectAddress *other = array_at(on, *next);
        CatalogRow *row = &rows[count];

        if (object_is_pinned(other->catalog, other->oid))
            continue;
        depend_lock(other);
        catalog_row_init(row);
        catalog_set_u32(row, PG_DEPEND_COL_CLASSID, who->catalog);
        catalog_set_u32(row, PG_DEPEND_COL_OBJID, who->oid);
        catalog_set_i32(row, PG_DEPEND_COL_OBJSUBID, who->sub);
        catalog_set_u32(row, PG_DEPEND_COL_REFCLASSID, other->catalog);
        catalog_set_u32(row, PG_DEPEND_COL_REFOBJID, other->oid);
        catalog_set_i32(row, PG_DEPEND_COL_REFOBJSUBID, other->sub);
        catalog_set_char(row, PG_DEPEND_COL_DEPTYPE, (char)kind);
        count++;
    }
    return count;
}

/* Of who, and its columns when it is a whole object. */
static CatalogScan *scan_who(const ObjectAddress *who)
{
    const CatalogKey keys[] = {
        {.column = PG_DEPEND_COL_CLASSID, .value = datum_of_u32(who->catalog)},
        {.column = PG_DEPEND_COL_OBJID, .value = datum_of_u32(who->oid)},
        {.column = PG_DEPEND_COL_OBJSUBID, .value = datum_of_i32(who->sub)},
    };

    return catalog_scan_begin(PG_DEPEND_CATALOG, PG_DEPEND_DEPENDER_INDEX, who->sub == 0 ? 2 : 3,
                              keys);
}

unsigned depend_forget(const ObjectAddress *who)
{
    CatalogChange *change = catalog_change_begin(PG_DEPEND_CATALOG);
    CatalogScan *scan = scan_who(who);
    const HeapTuple *row;
    unsigned count = 0;

    while ((row = catalog_scan_next(scan)) != NULL) {
        catalog_delete(change, row);
        count++;
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    return count;
}

unsigned depend_forget_on(const ObjectAddress *who, Oid catalog, DependKind kind)
{
    CatalogChange *change = catalog_change_begin(PG_DEPEND_CATALOG);
    CatalogScan *scan = scan_who(who);
    const HeapTuple *row;
    unsigned count = 0;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);

        if (d->refclassid != catalog || d->deptype != (char)kind)
            continue;
        catalog_delete(change, row);
        count++;
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    return count;
}

unsigned depend_change(const ObjectAddress *who, const ObjectAddress *from, const ObjectAddress *on)
{
    bool was_pinned = object_is_pinned(from->catalog, from->oid);
    bool is_pinned = object_is_pinned(on->catalog, on->oid);
    CatalogChange *change;
    CatalogScan *scan;
    const HeapTuple *row;
    unsigned count = 0;

    if (was_pinned) {
        /* Nothing was noted, so what it depended by is not known. */
        depend_note(who, on, DEPEND_NORMAL);
        return 1;
    }
    if (!is_pinned)
        depend_lock(on);
    change = catalog_change_begin(PG_DEPEND_CATALOG);
    scan = scan_who(who);
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);
        CatalogRow fresh;

        if (d->refclassid != from->catalog || d->refobjid != from->oid)
            continue;
        catalog_row_init(&fresh);
        catalog_set_u32(&fresh, PG_DEPEND_COL_REFOBJID, on->oid);
        if (is_pinned)
            catalog_delete(change, row);
        else
            catalog_update(change, row, &fresh);
        count++;
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    return count;
}

/* ---- pg_shdepend ---- */

static Oid database_of(Oid catalog)
{
    return catalog_is_shared(catalog) ? 0 : cache_database();
}

/* Whoever drops it has it locked: it cannot go between our look and the end of the transaction. */
void depend_lock_shared(Oid catalog, Oid oid)
{
    static const struct {
        Oid catalog;
        CacheId cache;
        const char *word;
    } kinds[] = {{PG_AUTHID_CATALOG, CACHE_AUTHOID, "role"},
                 {PG_DATABASE_CATALOG, CACHE_DATABASEOID, "database"},
                 {PG_TABLESPACE_CATALOG, CACHE_TABLESPACEOID, "tablespace"}};
    unsigned i = 0;

    while (kinds[i].catalog != catalog)
        i++;
    lock_shared_object(catalog, oid, 0, LOCK_ACCESS_SHARE);
    if (syscache_peek(kinds[i].cache, datum_of_u32(oid)) == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("%s %u was concurrently dropped", kinds[i].word, oid));
}

static void note_shared(Oid catalog, Oid oid, int32_t sub, Oid on_catalog, Oid on,
                        DependShared kind)
{
    CatalogChange *change;
    CatalogRow row;

    if (object_is_pinned(on_catalog, on))
        return;
    depend_lock_shared(on_catalog, on);
    change = catalog_change_begin(PG_SHDEPEND_CATALOG);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_SHDEPEND_COL_DBID, database_of(catalog));
    catalog_set_u32(&row, PG_SHDEPEND_COL_CLASSID, catalog);
    catalog_set_u32(&row, PG_SHDEPEND_COL_OBJID, oid);
    catalog_set_i32(&row, PG_SHDEPEND_COL_OBJSUBID, sub);
    catalog_set_u32(&row, PG_SHDEPEND_COL_REFCLASSID, on_catalog);
    catalog_set_u32(&row, PG_SHDEPEND_COL_REFOBJID, on);
    catalog_set_char(&row, PG_SHDEPEND_COL_DEPTYPE, (char)kind);
    catalog_insert(change, &row);
    catalog_change_end(change);
}

void depend_note_owner(Oid catalog, Oid oid, Oid owner)
{
    note_shared(catalog, oid, 0, PG_AUTHID_CATALOG, owner, DEPEND_OWNER);
}

void depend_note_tablespace(Oid catalog, Oid oid, Oid tablespace)
{
    note_shared(catalog, oid, 0, PG_TABLESPACE_CATALOG, tablespace, DEPEND_TABLESPACE);
}

/* A role is not in the list any more: of the object, and with sub ANY_SUB of its columns too. */
static void forget_role(Oid catalog, Oid oid, int32_t sub, Oid role)
{
    CatalogChange *change = catalog_change_begin(PG_SHDEPEND_CATALOG);
    CatalogScan *scan = scan_shared(catalog, oid);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgShdepend *d = CACHE_ROW(PgShdepend, row);

        if ((sub == ANY_SUB || d->objsubid == sub) && d->deptype == DEPEND_ACL &&
            d->refclassid == PG_AUTHID_CATALOG && d->refobjid == role)
            catalog_delete(change, row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

/* The owner is not noted: his being it is. */
void depend_change_acl(Oid catalog, Oid oid, int32_t sub, Oid owner, const Acl *old,
                       const Acl *fresh)
{
    const Acl none = {0};
    size_t gone_count, come_count, g = 0, c = 0;
    Oid *gone = acl_members(old != NULL ? old : &none, &gone_count);
    Oid *come = acl_members(fresh != NULL ? fresh : &none, &come_count);

    while (g < gone_count || c < come_count) {
        bool is_old = c == come_count || (g < gone_count && gone[g] < come[c]);
        bool is_both = g < gone_count && c < come_count && gone[g] == come[c];
        Oid role = is_old ? gone[g] : come[c];

        if (is_both)
            g++;
        else if (role != owner && is_old)
            forget_role(catalog, oid, sub, role);
        else if (role != owner)
            note_shared(catalog, oid, sub, PG_AUTHID_CATALOG, role, DEPEND_ACL);
        if (is_old)
            g++;
        else
            c++;
    }
}

static CatalogScan *scan_shared(Oid catalog, Oid oid)
{
    const CatalogKey keys[] = {
        {.column = PG_SHDEPEND_COL_DBID, .value = datum_of_u32(database_of(catalog))},
        {.column = PG_SHDEPEND_COL_CLASSID, .value = datum_of_u32(catalog)},
        {.column = PG_SHDEPEND_COL_OBJID, .value = datum_of_u32(oid)},
    };

    return catalog_scan_begin(PG_SHDEPEND_CATALOG, PG_SHDEPEND_DEPENDER_INDEX, 3, keys);
}

static void change_shared(Oid catalog, Oid oid, Oid on_catalog, Oid on, DependShared kind)
{
    CatalogChange *change = catalog_change_begin(PG_SHDEPEND_CATALOG);
    CatalogScan *scan = scan_shared(catalog, oid);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgShdepend *d = CACHE_ROW(PgShdepend, row);

        if (d->objsubid == 0 && d->deptype == (char)kind)
            catalog_delete(change, row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    if (on != 0)
        note_shared(catalog, oid, 0, on_catalog, on, kind);
}

/* Rights of owners are not noted, those on columns neither. */
void depend_change_owner(Oid catalog, Oid oid, Oid owner)
{
    change_shared(catalog, oid, PG_AUTHID_CATALOG, owner, DEPEND_OWNER);
    if (!object_is_pinned(PG_AUTHID_CATALOG, owner))
        forget_role(catalog, oid, ANY_SUB, owner);
}

void depend_change_tablespace(Oid catalog, Oid oid, Oid tablespace)
{
    change_shared(catalog, oid, PG_TABLESPACE_CATALOG, tablespace, DEPEND_TABLESPACE);
}

void depend_forget_shared(Oid catalog, Oid oid, int32_t sub)
{
    CatalogChange *change = catalog_change_begin(PG_SHDEPEND_CATALOG);
    CatalogScan *scan = scan_shared(catalog, oid);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        if (sub == 0 || CACHE_ROW(PgShdepend, row)->objsubid == sub)
            catalog_delete(change, row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

void depend_forget_of_database(Oid database)
{
    const CatalogKey key = {.column = PG_SHDEPEND_COL_DBID, .value = datum_of_u32(database)};
    CatalogChange *change = catalog_change_begin(PG_SHDEPEND_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_SHDEPEND_CATALOG, PG_SHDEPEND_DEPENDER_INDEX, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
    depend_forget_shared(PG_DATABASE_CATALOG, database, 0);
}

/* Rows that have the object, as who depends, or as what is depended on. */
static void collect(Oid catalog, Oid oid, bool is_on, Array *out)
{
    const CatalogKey keys[] = {{.column = is_on ? PG_DEPEND_COL_REFCLASSID : PG_DEPEND_COL_CLASSID,
                                .value = datum_of_u32(catalog)},
                               {.column = is_on ? PG_DEPEND_COL_REFOBJID : PG_DEPEND_COL_OBJID,
                                .value = datum_of_u32(oid)}};
    CatalogScan *scan = catalog_scan_begin(
        PG_DEPEND_CATALOG, is_on ? PG_DEPEND_REFERENCE_INDEX : PG_DEPEND_DEPENDER_INDEX, 2, keys);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        *(HeapTuple **)array_push(out) = heap_copy(row);
    catalog_scan_end(scan);
}

static void renumber(const Array *rows, bool is_on, Oid to)
{
    CatalogChange *change = catalog_change_begin(PG_DEPEND_CATALOG);

    array_foreach(HeapTuple *, old, rows) {
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_u32(&row, is_on ? PG_DEPEND_COL_REFOBJID : PG_DEPEND_COL_OBJID, to);
        catalog_update(change, *old, &row);
    }
    catalog_change_end(change);
}

void depend_exchange(Oid catalog, Oid a, Oid b)
{
    for (int is_on = 0; is_on <= 1; is_on++) {
        Array of_a, of_b;

        array_init(&of_a, sizeof(HeapTuple *));
        array_init(&of_b, sizeof(HeapTuple *));
        collect(catalog, a, is_on != 0, &of_a);
        collect(catalog, b, is_on != 0, &of_b);
        renumber(&of_a, is_on != 0, b);
        renumber(&of_b, is_on != 0, a);
        txn_advance_command();
    }
}

/* ---- Questions ---- */

Oid depend_index_constraint(Oid index)
{
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, index);
    CatalogScan *scan = scan_who(&who);
    const HeapTuple *row;
    Oid constraint = 0;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);

        if (d->refclassid == PG_CONSTRAINT_CATALOG && d->deptype == DEPEND_INTERNAL)
            constraint = d->refobjid;
    }
    catalog_scan_end(scan);
    return constraint;
}

bool depend_sequence_owner(Oid sequence, DependKind kind, Oid *table, int *column)
{
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, sequence);
    CatalogScan *scan = scan_who(&who);
    const HeapTuple *row;
    bool is_found = false;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);

        if (d->refclassid == PG_CLASS_CATALOG && d->deptype == (char)kind) {
            *table = d->refobjid;
            *column = d->refobjsubid;
            is_found = true;
        }
    }
    catalog_scan_end(scan);
    return is_found;
}

static void keep_sequences(Array *list)
{
    Oid *oids = list->items;
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        const HeapTuple *class = syscache_peek(CACHE_RELOID, datum_of_u32(oids[i]));

        if (class != NULL && CACHE_ROW(PgClass, class)->relkind == RELATION_SEQUENCE)
            oids[count++] = oids[i];
    }
    list->count = count;
}

void depend_owned_sequences(Oid table, int column, char kind, Array *out)
{
    const CatalogKey keys[] = {
        {.column = PG_DEPEND_COL_REFCLASSID, .value = datum_of_u32(PG_CLASS_CATALOG)},
        {.column = PG_DEPEND_COL_REFOBJID, .value = datum_of_u32(table)},
        {.column = PG_DEPEND_COL_REFOBJSUBID, .value = datum_of_i32(column)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_DEPEND_CATALOG, PG_DEPEND_REFERENCE_INDEX, column != 0 ? 3 : 2, keys);
    const HeapTuple *row;

    array_init(out, sizeof(Oid));
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);

        /* An index depends on its table's columns in the same way. */
        if (d->classid == PG_CLASS_CATALOG && d->objsubid == 0 && d->refobjsubid != 0 &&
            (d->deptype == DEPEND_AUTO || d->deptype == DEPEND_INTERNAL) &&
            (kind == 0 || d->deptype == kind)) {
            Oid *oid = array_push(out);

            *oid = d->objid;
        }
    }
    catalog_scan_end(scan);
    keep_sequences(out);
}
