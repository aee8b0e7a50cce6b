/*
 * copy.c - COPY: whose table, who may, and where the data come from or go to
 *
 * What the data are like is server/copy's. A query's rows come from whoever runs queries
 * (command_set_query()).
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/copy_int.h"
#include "server/copy/copy.h"
#include "server/executor/result_rel.h"
#include "server/ipc/interrupt.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/stats/activity.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"

#define READ_SERVER_FILES   4569
#define WRITE_SERVER_FILES  4570
#define RUN_SERVER_PROGRAMS 4571

/* What a COPY of a table works with. */
typedef struct TableCopy {
    const CopyStmt *stmt;
    const CommandCall *call;
    Relation *rel;
    CopyOptions options;
    int16_t *columns;
    unsigned column_count;
    const List *where;
} TableCopy;

static void begin_progress(const CopyStmt *stmt, Oid table);
static Relation *open_table(const RangeVar *name, LockMode mode);
static void check_file(const CopyStmt *stmt);
static void check_rights(const TableCopy *c, Rights wanted);
static void check_row_security(const TableCopy *c);
static uint64_t table_from(TableCopy *c);
static void check_target(const Relation *rel);
static void check_freeze(const Relation *rel);
static uint64_t table_to(TableCopy *c);
static void check_source(const Relation *rel);
static uint64_t query_to(const CopyStmt *stmt, CommandCall *call);

void command_copy(CommandCall *call)
{
    const CopyStmt *stmt = (const CopyStmt *)(const void *)call->statement;
    TableCopy c = {.stmt = stmt, .call = call};

    check_file(stmt);
    call->tag.has_rows = true;
    if (stmt->relation == NULL) {
        begin_progress(stmt, 0);
        call->tag.rows = query_to(stmt, call);
        command_progress_end();
        return;
    }
    c.rel = open_table(stmt->relation, stmt->is_from ? LOCK_ROW_EXCLUSIVE : LOCK_ACCESS_SHARE);
    if (stmt->where != NULL)
        c.where = list_of(analyzer_copy_where(c.rel, stmt->where, call->text));
    c.column_count = copy_columns(c.rel->desc, c.rel->name, stmt->columns, &c.columns);
    check_rights(&c, stmt->is_from ? RIGHT_INSERT : RIGHT_SELECT);
    check_row_security(&c);
    begin_progress(stmt, c.rel->oid);
    call->tag.rows = stmt->is_from ? table_from(&c) : table_to(&c);
    command_progress_end();
    relation_close(c.rel, stmt->is_from ? LOCK_NONE : LOCK_ACCESS_SHARE);
}

static void begin_progress(const CopyStmt *stmt, Oid table)
{
    command_progress_begin(PROGRESS_COPY, table);
    command_progress_set(COPY_COMMAND, stmt->is_from ? 1 : 2);
    command_progress_set(COPY_WAY, stmt->is_program ? 2 : stmt->filename != NULL ? 1 : 3);
}

static CopySource *source_of(const CopyStmt *stmt)
{
    if (stmt->is_program)
        return copy_source_program(stmt->filename);
    return stmt->filename != NULL ? copy_source_file(stmt->filename) : copy_client_source();
}

static CopySink *sink_of(const CopyStmt *stmt)
{
    if (stmt->is_program)
        return copy_sink_program(stmt->filename);
    return stmt->filename != NULL ? copy_sink_file(stmt->filename) : copy_client_sink();
}

/* The name may stand for another table by the time that we have the lock. */
static Relation *open_table(const RangeVar *name, LockMode mode)
{
    for (;;) {
        Oid oid = namespace_relation(name, false);
        Relation *rel = table_open_if_any(oid, mode);

        if (rel != NULL && namespace_relation(name, true) == oid)
            return rel;
        if (rel != NULL)
            relation_close(rel, mode);
        check_interrupts();
    }
}

/* ---- Who may ---- */

static void require_role(Oid role, const char *name, const char *what)
{
    if (!role_has_rights_of(role_current(), role))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("must be superuser or have privileges of the %s role to COPY "
                                     "%s",
                                     name, what),
                  .hint = "Anyone can COPY to stdout or from stdin. psql's \\copy command also "
                          "works for anyone.");
}

static void check_file(const CopyStmt *stmt)
{
    if (stmt->filename == NULL)
        return;
    if (stmt->is_program)
        require_role(RUN_SERVER_PROGRAMS, "pg_execute_server_program",
                     "to or from an external program");
    else if (stmt->is_from)
        require_role(READ_SERVER_FILES, "pg_read_server_files", "from a file");
    else
        require_role(WRITE_SERVER_FILES, "pg_write_server_files", "to a file");
}

/* Of the table, or of each column. */
static void check_rights(const TableCopy *c, Rights wanted)
{
    Oid role = role_current();

    if (rights_has(PG_CLASS_CATALOG, c->rel->oid, role, wanted))
        return;
    for (unsigned i = 0; i < c->column_count; i++)
        if (rights_of_column(c->rel->oid, c->columns[i], role, wanted, true) == RIGHTS_NONE)
            rights_require(PG_CLASS_CATALOG, c->rel->oid, role, wanted);
    if (c->column_count == 0)
        rights_require(PG_CLASS_CATALOG, c->rel->oid, role, wanted);
}

static void check_row_security(const TableCopy *c)
{
    if (!c->rel->row->relrowsecurity || role_is_superuser(role_current()))
        return;
    if (c->stmt->is_from)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY FROM not supported with row-level security",
                  .hint = "Use INSERT statements instead.");
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "COPY TO with row-level security is not supported yet");
}

/* ---- FROM ---- */

static uint64_t table_from(TableCopy *c)
{
    CopyDefaults defaults;
    ResultRel *result;
    HeapBulk *bulk;
    CopyFromTask task;
    const ResultTriggers *triggers = result_rel_trigger_functions();
    uint64_t rows;

    if (c->rel->persistence != RELATION_TEMPORARY)
        txn_forbid_write("COPY FROM");
    copy_options_read(c->stmt->options, COPY_IN, c->call->text, &c->options);
    check_target(c->rel);
    if (c->options.is_freeze)
        check_freeze(c->rel);
    copy_find_defaults(c->rel, c->columns, c->column_count, &defaults);
    result = result_rel_new(c->rel);
    result_rel_begin(result, c->rel, txn_command(true), mem_current());
    if (triggers != NULL)
        triggers->begin_query();
    result_rel_before_statement(result, ROW_INSERT);
    bulk = heap_bulk_begin();
    task = (CopyFromTask){.relation = c->rel->name,
                          .desc = c->rel->desc,
                          .columns = c->columns,
                          .column_count = c->column_count,
                          .options = &c->options,
                          .defaults = defaults.exprs,
                          .where = c->where,
                          .source = source_of(c->stmt),
                          .target = copy_target_table(result, bulk,
                                                      c->options.is_freeze ? HEAP_INSERT_FROZEN : 0,
                                                      defaults.are_volatile)};
    rows = copy_from(&task);
    heap_bulk_end(bulk);
    result_rel_after_statement(result, ROW_INSERT);
    if (triggers != NULL)
        triggers->end_query(NULL);
    result_rel_end(result);
    return rows;
}

static void check_target(const Relation *rel)
{
    switch (rel->kind) {
    case RELATION_TABLE:
        return;
    case RELATION_PARTITIONED_TABLE:
    case RELATION_FOREIGN_TABLE:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("COPY to %s is not supported yet",
                                     rel->kind == RELATION_FOREIGN_TABLE ? "foreign tables"
                                                                         : "partitioned tables"));
    case RELATION_VIEW:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot copy to view \"%s\"", rel->name),
                  .hint = "To enable copying to a view, provide an INSTEAD OF INSERT trigger.");
    default:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt(rel->kind == RELATION_MATERIALIZED_VIEW
                                         ? "cannot copy to materialized view \"%s\""
                                     : rel->kind == RELATION_SEQUENCE
                                         ? "cannot copy to sequence \"%s\""
                                         : "cannot copy to non-table relation \"%s\"",
                                     rel->name));
    }
}

/* Rows that all see at once: nobody may have looked at the table before. */
static void check_freeze(const Relation *rel)
{
    if (rel->created_in != txn_sub_id() && rel->new_file_in != txn_sub_id())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "cannot perform COPY FREEZE because the table was not created or "
                             "truncated in the current subtransaction");
}

/* ---- TO ---- */

static uint64_t table_to(TableCopy *c)
{
    Slot *row = slot_new(c->rel->desc);
    RowReceiver *receiver;
    CopyToTask task;
    HeapScan *scan;
    const HeapTuple *tuple;
    uint64_t rows = 0;

    check_source(c->rel);
    copy_options_read(c->stmt->options, COPY_OUT, c->call->text, &c->options);
    task = (CopyToTask){.desc = c->rel->desc,
                        .columns = c->columns,
                        .column_count = c->column_count,
                        .relation = c->rel->name,
                        .options = &c->options,
                        .sink = sink_of(c->stmt)};
    receiver = copy_to_receiver(&task);
    receiver->begin(receiver, c->rel->desc);
    scan = heap_scan_begin(relation_heap(c->rel), snapshot_active());
    for (; (tuple = heap_scan_next(scan, false)) != NULL; rows++) {
        slot_set_heap(row, tuple);
        slot_need_all(row);
        receiver->row(receiver, row->values, row->nulls);
    }
    heap_scan_end(scan);
    receiver->end(receiver);
    return rows;
}

static void check_source(const Relation *rel)
{
    static const struct {
        char kind;
        const char *name;
        bool has_hint;
    } kinds[] = {
        {RELATION_VIEW, "view", true},
        {RELATION_MATERIALIZED_VIEW, "materialized view", true},
        {RELATION_FOREIGN_TABLE, "foreign table", true},
        {RELATION_SEQUENCE, "sequence", false},
        {RELATION_PARTITIONED_TABLE, "partitioned table", true},
    };

    if (rel->kind == RELATION_TABLE)
        return;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].kind == rel->kind)
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message = err_fmt("cannot copy from %s \"%s\"", kinds[i].name, rel->name),
                      .hint = kinds[i].has_hint ? "Try the COPY (SELECT ...) TO variant." : NULL);
    err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
              .message = err_fmt("cannot copy from non-table relation \"%s\"", rel->name));
}

/* ---- A query ---- */

static void check_query(const Node *query)
{
    if (node_is(query, SelectStmt) && ((const SelectStmt *)(const void *)query)->into != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "COPY (SELECT INTO) is not supported");
    if (node_is(query, MergeStmt))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "MERGE not supported in COPY");
}

static uint64_t query_to(const CopyStmt *stmt, CommandCall *call)
{
    CopyOptions options;
    CommandQuery *query;
    CopyToTask task = {.options = &options};
    int16_t *columns;
    const CommandQueryRunner *runner = command_query_runner();
    uint64_t rows;

    copy_options_read(stmt->options, COPY_OUT, call->text, &options);
    check_query(stmt->query);
    query = runner->prepare(stmt->query, call);
    task.desc = runner->columns(query);
    if (task.desc == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY query must have a RETURNING clause");
    task.column_count = copy_columns(task.desc, NULL, NULL, &columns);
    task.columns = columns;
    task.sink = sink_of(stmt);
    rows = runner->run(query, copy_to_receiver(&task));
    return rows;
}
