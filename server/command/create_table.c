/* create_table.c - CREATE TABLE */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/table_like.h"
#include "server/command/table_parts.h"
#include "server/command/temp_schema.h"
#include "server/config/setting.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

typedef struct Place {
    const RangeVar *var;
    Oid schema;
    char persistence;
} Place;

static void refuse_unwritten(const CreateTableStmt *stmt);
static void choose_place(void *arg);
static bool is_there(const CreateTableStmt *stmt, Oid schema);
static TupleDesc *describe(const TableParts *parts);
static Oid make_table(const CreateTableStmt *stmt, Oid schema, char persistence,
                      const TableParts *parts);

void command_create_table(CommandCall *call)
{
    const CreateTableStmt *stmt = (const CreateTableStmt *)(const void *)call->statement;
    Place place = {.var = stmt->relation};
    TableParts parts;
    Oid table;

    refuse_unwritten(stmt);
    text_call_at(call->text, stmt->relation->loc, choose_place, &place);
    if (stmt->on_commit != ON_COMMIT_NONE && place.persistence != RELATION_TEMPORARY)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = "ON COMMIT can only be used on temporary tables");
    if (is_there(stmt, place.schema))
        return;
    table_parts_init(&parts, call->text, stmt->relation->relation, place.schema, NULL);
    list_foreach(const Node *, element, stmt->elements)
        table_parts_add(&parts, element);
    table_parts_finish(&parts);
    table_parts_make_sequences(&parts, role_current(), place.persistence);
    table = make_table(stmt, place.schema, place.persistence, &parts);
    temp_schema_note_on_commit(table, stmt->on_commit);
    txn_advance_command();
    toast_make(table, reloptions_make(NULL, stmt->options, "toast", RELOPTIONS_TOAST, true, false));
    table_parts_own_sequences(&parts, table, 1);
    table_parts_make_keys(&parts, table);
    table_like_finish(&parts, table);
    table_parts_make_foreign_keys(&parts, table);
}

static void refuse_unwritten(const CreateTableStmt *stmt)
{
    const char *what = NULL;

    if (stmt->is_foreign)
        what = "CREATE FOREIGN TABLE";
    else if (stmt->inherits != NULL)
        what = "CREATE TABLE ... INHERITS";
    else if (stmt->bound != NULL || stmt->partition_by != NULL)
        what = "table partitioning";
    else if (stmt->of_type != NULL)
        what = "CREATE TABLE ... OF";
    if (what != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s is not supported yet", what));
}

static void choose_place(void *arg)
{
    Place *place = arg;

    place->schema = relation_new_schema(place->var);
    place->persistence = temp_schema_persistence(place->var, place->schema);
}

/* With IF NOT EXISTS that is told; without, it is found when the table is made. */
static bool is_there(const CreateTableStmt *stmt, Oid schema)
{
    const char *name = stmt->relation->relation;

    if (!stmt->if_not_exists ||
        syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(schema)) == NULL)
        return false;
    err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_TABLE,
            .message = err_fmt("relation \"%s\" already exists, skipping", name));
    return true;
}

void table_require_heap(const char *access_method)
{
    const char *name = access_method != NULL ? access_method : setting.default_table_access_method;
    const HeapTuple *row = syscache_peek(CACHE_AMNAME, datum_of_pointer(name));

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("access method \"%s\" does not exist", name));
    if (CACHE_ROW(PgAm, row)->amtype != 't')
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("access method \"%s\" is not of type %s", name, "TABLE"));
}

void table_check_names(const TupleDesc *desc)
{
    /* First: what follows takes the square of the count. */
    relation_check_count(desc->count);
    for (unsigned i = 0; i < desc->count; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(desc->columns[k].name, desc->columns[i].name) == 0)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message = err_fmt("column \"%s\" specified more than once",
                                             desc->columns[i].name));
        }
    }
}

static TupleDesc *describe(const TableParts *parts)
{
    TupleDesc *desc = tuple_desc_new((unsigned)parts->columns.count);

    for (unsigned i = 0; i < desc->count; i++)
        table_parts_describe(parts, array_at(&parts->columns, i), (int)i + 1, &desc->columns[i]);
    tuple_desc_finish(desc);
    return desc;
}

static Oid make_table(const CreateTableStmt *stmt, Oid schema, char persistence,
                      const TableParts *parts)
{
    RelationMake make = {
        .name = stmt->relation->relation,
        .schema = schema,
        .tablespace = relation_new_tablespace(stmt->tablespace, persistence),
        .owner = role_current(),
        .access_method = AM_HEAP,
        .kind = RELATION_TABLE,
        .persistence = persistence,
        .options = reloptions_make(NULL, stmt->options, NULL, RELOPTIONS_HEAP, true, false),
    };
    Relation *table;

    table_require_heap(stmt->access_method);
    make.desc = describe(parts);
    table_check_names(make.desc);
    table = relation_make(&make);
    relation_unpin(table);
    txn_advance_command();
    table = relation_open(make.oid, LOCK_NONE);
    table_parts_store(parts, table, 1);
    relation_close(table, LOCK_NONE);
    return make.oid;
}
