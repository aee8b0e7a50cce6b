/*
 * create_table_as.c - CREATE TABLE AS, SELECT INTO, and EXECUTE that goes into a table
 *
 * The query is made ready first, so that whatever it has to complain of comes before there is a
 * table; its columns are those of the rows. The table is made when the query begins to give rows,
 * under the query's snapshot, which does not show it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/table_parts.h"
#include "server/command/temp_schema.h"
#include "server/executor/result_rel.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/type_name.h"

typedef struct IntoTable {
    RowReceiver head;
    const IntoClause *into;
    Relation *table;
    ResultRel *result;
    HeapBulk *bulk;
    ResultBatch *batch;
} IntoTable;

/* Told as a notice where IF NOT EXISTS was written; else it is an error. */
static bool is_there(const CreateTableAsStmt *stmt)
{
    Oid schema = relation_new_schema(stmt->into->relation);
    const char *name = stmt->into->relation->relation;

    if (syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(schema)) == NULL)
        return false;
    if (!stmt->if_not_exists)
        err_raise(SQLSTATE_DUPLICATE_TABLE,
                  .message = err_fmt("relation \"%s\" already exists", name));
    err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_TABLE,
            .message = err_fmt("relation \"%s\" already exists, skipping", name));
    return true;
}

/* ---- The table ---- */

static void check_collation(const Column *column)
{
    if (column->collation != 0 || type_collation(column->type) == 0)
        return;
    err_raise(SQLSTATE_INDETERMINATE_COLLATION,
              .message = err_fmt("no collation was derived for column \"%s\" with collatable type "
                                 "%s",
                                 column->name, type_name(column->type)),
              .hint = "Use the COLLATE clause to set the collation explicitly.");
}

/* The columns of the rows, as those of a table, by the names that were given. */
static TupleDesc *describe(const IntoClause *into, const TupleDesc *rows)
{
    TupleDesc *desc = tuple_desc_new(rows->count);

    for (unsigned i = 0; i < desc->count; i++) {
        const Column *from = &rows->columns[i];
        Column *to = &desc->columns[i];
        const char *name = (int)i < list_count(into->columns)
                               ? ((const String *)list_at(into->columns, (int)i))->value
                               : from->name;
        PgType type;

        *to = (Column){.type = from->type,
                       .type_mod = from->type_mod,
                       .collation = from->collation,
                       .number = (int16_t)(i + 1),
                       .is_local = true,
                       .stats_target = -1};
        memcpy(to->name, name, size_min(strlen(name), NAME_SIZE - 1));
        type_get(to->type, &type);
        to->len = type.typlen;
        to->by_value = type.typbyval;
        to->align = type.typalign;
        to->storage = type.typstorage;
        check_collation(to);
    }
    if (list_count(into->columns) > (int)desc->count)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "too many column names were specified");
    tuple_desc_finish(desc);
    return desc;
}

static Oid make_table(const IntoClause *into, const TupleDesc *rows)
{
    Oid schema = relation_new_schema(into->relation);
    char persistence = temp_schema_persistence(into->relation, schema);
    RelationMake make = {.name = into->relation->relation,
                         .schema = schema,
                         .owner = role_current(),
                         .access_method = AM_HEAP,
                         .kind = RELATION_TABLE,
                         .persistence = persistence};

    if (into->on_commit != ON_COMMIT_NONE && persistence != RELATION_TEMPORARY)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = "ON COMMIT can only be used on temporary tables");
    make.desc = describe(into, rows);
    make.tablespace = relation_new_tablespace(into->tablespace, persistence);
    make.options = reloptions_make(NULL, into->options, NULL, RELOPTIONS_HEAP, true, false);
    table_require_heap(into->access_method);
    table_check_names(make.desc);
    relation_unpin(relation_make(&make));
    temp_schema_note_on_commit(make.oid, into->on_commit);
    txn_advance_command();
    toast_make(make.oid,
               reloptions_make(NULL, into->options, "toast", RELOPTIONS_TOAST, true, false));
    return make.oid;
}

/* ---- Rows ---- */

static void begin(RowReceiver *self, const TupleDesc *desc)
{
    IntoTable *t = (IntoTable *)(void *)self;
    Oid oid = make_table(t->into, desc);

    if (t->into->is_without_data)
        return;
    t->table = relation_open(oid, LOCK_NONE);
    t->result = result_rel_new(t->table);
    result_rel_begin(t->result, t->table, txn_command(true), mem_current());
    t->bulk = heap_bulk_begin();
    t->batch = result_rel_batch_new(t->result, t->bulk, HEAP_INSERT_SKIP_FSM);
}

static bool put_row(RowReceiver *self, const Datum *values, const bool *nulls)
{
    IntoTable *t = (IntoTable *)(void *)self;
    Slot *row = result_rel_row(t->result);

    for (unsigned i = 0; i < row->desc->count; i++) {
        row->values[i] = values[i];
        row->nulls[i] = nulls[i];
    }
    slot_set_virtual(row);
    result_rel_batch_add(t->batch);
    return true;
}

static void end(RowReceiver *self)
{
    IntoTable *t = (IntoTable *)(void *)self;

    result_rel_batch_flush(t->batch);
    heap_bulk_end(t->bulk);
    result_rel_end(t->result);
    relation_close(t->table, LOCK_NONE);
}

void command_create_table_as(CommandCall *call)
{
    const CreateTableAsStmt *stmt = (const CreateTableAsStmt *)(const void *)call->statement;
    IntoTable table = {.head = {.begin = begin, .row = put_row, .end = end}, .into = stmt->into};
    const CommandQueryRunner *runner;
    CommandQuery *query;

    if (stmt->kind == OBJECT_MATVIEW)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "CREATE MATERIALIZED VIEW is not supported yet");
    if (is_there(stmt))
        return;
    runner = command_query_runner();
    query = runner->prepare(stmt->query, call);
    if (stmt->into->is_without_data) {
        begin(&table.head, runner->columns(query));
        if (node_is(stmt->query, ExecuteStmt))
            call->tag = (CommandTag){.name = "SELECT", .has_rows = true};
        return;
    }
    call->tag =
        (CommandTag){.name = "SELECT", .has_rows = true, .rows = runner->run(query, &table.head)};
}
