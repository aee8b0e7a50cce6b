/* create_type.c - CREATE TYPE AS: composite types and enumerations */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/namespace.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/new_type.h"
#include "server/command/relation_name.h"
#include "server/command/table_parts.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

#define ENUM_IN   3506
#define ENUM_OUT  3507
#define ENUM_RECV 3532
#define ENUM_SEND 3533

void new_type_require_free(const char *name, Oid schema)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_TYPENAMENSP, datum_of_pointer(name), datum_of_u32(schema));

    if (row != NULL && !type_move_array(CACHE_ROW(PgType, row)->oid, name, schema))
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("type \"%s\" already exists", name));
}

/* ---- Enumerations ---- */

/* Even numbers are in the order of the labels: they can be compared without a look at pg_enum. */
static Oid new_label_oid(void)
{
    Oid oid;

    do {
        oid = catalog_new_oid(PG_ENUM_CATALOG, PG_ENUM_OID_INDEX, PG_ENUM_COL_OID);
    } while ((oid & 1) != 0);
    return oid;
}

void enum_label_check(const char *label)
{
    if (strlen(label) >= NAME_SIZE)
        err_raise(SQLSTATE_INVALID_NAME, .message = err_fmt("invalid enum label \"%s\"", label),
                  .detail = err_fmt("Labels must be %d bytes or less.", NAME_SIZE - 1));
}

static int compare_oids(const void *a, const void *b)
{
    Oid x = *(const Oid *)a, y = *(const Oid *)b;

    return x < y ? -1 : x > y;
}

static void make_labels(Oid type, const List *labels)
{
    int count = list_count(labels);
    Oid *oids = mem_new_array(Oid, (size_t)count + 1);
    CatalogChange *change = catalog_change_begin(PG_ENUM_CATALOG);

    for (int i = 0; i < count; i++)
        oids[i] = new_label_oid();
    qsort(oids, (size_t)count, sizeof *oids, compare_oids);
    list_foreach(const String *, label, labels) {
        CatalogRow row;

        enum_label_check(label->value);
        catalog_row_init(&row);
        catalog_set_u32(&row, PG_ENUM_COL_OID, oids[label_i]);
        catalog_set_u32(&row, PG_ENUM_COL_ENUMTYPID, type);
        catalog_set(&row, PG_ENUM_COL_ENUMSORTORDER, datum_of_f4((float)(label_i + 1)));
        catalog_set_name(&row, PG_ENUM_COL_ENUMLABEL, label->value);
        catalog_insert(change, &row);
    }
    catalog_change_end(change);
}

void command_create_enum(CommandCall *call)
{
    const CreateEnumStmt *stmt = (const CreateEnumStmt *)(const void *)call->statement;
    TypeMake make = {.owner = role_current(),
                     .len = 4,
                     .by_value = true,
                     .kind = 'e',
                     .category = 'E',
                     .input = ENUM_IN,
                     .output = ENUM_OUT,
                     .receive = ENUM_RECV,
                     .send = ENUM_SEND,
                     .align = 'i',
                     .storage = 'p',
                     .typmod = -1};
    Oid type;

    make.schema = object_new_schema(stmt->name, &make.name);
    new_type_require_free(make.name, make.schema);
    make.array = type_new_array_oid();
    type = type_make(&make);
    make_labels(type, stmt->values);
    type_make_array(&make, type, make.array);
}

/* ---- Composite types ---- */

static TupleDesc *describe(const CompositeTypeStmt *stmt, Oid schema, const char *text)
{
    TableParts parts;
    TupleDesc *desc;

    table_parts_init(&parts, text, stmt->type->relation, schema, NULL);
    list_foreach(const Node *, element, stmt->columns)
        table_parts_add(&parts, element);
    table_parts_finish(&parts);
    desc = tuple_desc_new((unsigned)parts.columns.count);
    for (size_t i = 0; i < parts.columns.count; i++)
        table_parts_describe(&parts, array_at(&parts.columns, i), (int)i + 1, &desc->columns[i]);
    for (unsigned i = 0; i < desc->count; i++)
        for (unsigned k = 0; k < i; k++)
            if (strcmp(desc->columns[k].name, desc->columns[i].name) == 0)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message = err_fmt("column \"%s\" specified more than once",
                                             desc->columns[i].name));
    tuple_desc_finish(desc);
    return desc;
}

void command_create_composite(CommandCall *call)
{
    const CompositeTypeStmt *stmt = (const CompositeTypeStmt *)(const void *)call->statement;
    Oid schema = relation_new_schema(stmt->type);
    RelationMake make = {.name = stmt->type->relation,
                         .schema = schema,
                         .owner = role_current(),
                         .kind = RELATION_COMPOSITE_TYPE,
                         .persistence = RELATION_PERMANENT};

    new_type_require_free(make.name, schema);
    make.desc = describe(stmt, schema, call->text);
    relation_unpin(relation_make(&make));
}
