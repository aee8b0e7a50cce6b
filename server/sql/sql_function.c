/*
 * sql_function.c - functions in SQL: their statements run one after the other, the last gives the
 * result
 *
 * A place that calls one keeps its statements, analyzed and planned, as long as the place lives
 * (FmgrSite.extra). Each call runs them with the arguments as parameters. A function that is not
 * volatile sees what its caller sees; a volatile one sees, in each statement, what was done before.
 * Functions that return sets give all their rows in a store.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/access/common/tuple_store.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command.h"
#include "server/config/setting.h"
#include "server/expr/catalog_info.h"
#include "server/expr/record.h"
#include "server/fmgr/datum_image.h"
#include "server/node/text_read.h"
#include "server/parser/parser.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"
#include "server/types/database_text.h"

typedef struct SqlFunction {
    MemContext *mem;      /* the site's, or below it */
    MemContext *call_mem; /* of one call */
    const char *name;
    Prepared **statements;
    unsigned count;
    Oid *types; /* of the arguments */
    Oid result;
    int16_t result_len;
    bool result_by_value;
    const TupleDesc *row;      /* of a composite result; NULL */
    const TupleDesc *open_row; /* of a record that nobody has described: the last query's */
    bool is_procedure, returns_set, is_void, is_read_only;
    unsigned current; /* the statement that runs, from 1; for errors */
} SqlFunction;

/* The row that a call gives, or rows to a store. */
typedef struct ResultReceiver {
    RowReceiver head;
    SqlFunction *function;
    MemContext *mem; /* of the value */
    TupleStore *store;
    MemContext *store_mem;
    const TupleDesc *desc;  /* of what the query gives */
    const TupleDesc *whole; /* of rows that come in one column, when the first has come */
    Datum value;
    bool is_null, has_row;
} ResultReceiver;

static Datum call_sql(FmgrCall *call);
static SqlFunction *begin(FmgrCall *call);

void sql_function_resolve(const PgProc *row UNUSED, FmgrSite *site)
{
    site->fn = call_sql;
}

/* ---- What it consists of ---- */

static const char *text_of(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_PROCOID, row, column, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

static bool is_polymorphic(Oid type)
{
    static const Oid types[] = {TYPE_ANYELEMENT,
                                TYPE_ANYARRAY,
                                TYPE_ANYNONARRAY,
                                TYPE_ANYENUM,
                                TYPE_ANYRANGE,
                                TYPE_ANYMULTIRANGE,
                                TYPE_ANYCOMPATIBLE,
                                TYPE_ANYCOMPATIBLEARRAY,
                                TYPE_ANYCOMPATIBLENONARRAY,
                                TYPE_ANYCOMPATIBLERANGE,
                                TYPE_ANYCOMPATIBLEMULTIRANGE};

    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (types[i] == type)
            return true;
    return false;
}

/* Polymorphic ones are what the call has. */
static void find_types(SqlFunction *f, const FmgrCall *call, const HeapTuple *row)
{
    int count;

    f->types = proc_row_types(row, false, &count);
    for (int i = 0; i < count; i++) {
        Oid actual = fmgr_arg_type(call, i);

        if (is_polymorphic(f->types[i]))
            f->types[i] = actual;
    }
}

/* What anyelement and its kin stand for in this call: the arguments tell; 0: nothing does. */
static Oid find_element(const SqlFunction *f, const PgProc *proc)
{
    const HeapTuple *tuple = syscache_pin(CACHE_PROCOID, datum_of_u32(proc->oid));
    Oid element = 0;
    int count;
    const Oid *declared = proc_row_types(tuple, false, &count);

    syscache_unpin(tuple);
    for (int i = 0; i < count && element == 0; i++) {
        if (declared[i] == TYPE_ANYARRAY || declared[i] == TYPE_ANYCOMPATIBLEARRAY)
            element = type_element(type_base(f->types[i]));
        else if (is_polymorphic(declared[i]))
            element = f->types[i];
    }
    return element;
}

/* A column of OUT parameters whose type follows from the arguments. */
static void resolve_column(Column *column, Oid element)
{
    TypeInfo info;

    if (!is_polymorphic(column->type) || element == 0)
        return;
    column->type =
        column->type == TYPE_ANYARRAY || column->type == TYPE_ANYCOMPATIBLEARRAY
            ? type_array(element)
            : element;
    catalog_info()->type(column->type, &info);
    column->len = info.len;
    column->by_value = info.by_value;
    column->align = info.align;
    column->storage = info.storage;
    column->collation = type_collation(column->type);
}

static void find_result(SqlFunction *f, const FmgrCall *call, const PgProc *proc)
{
    Oid actual = fmgr_result_type(call);
    TypeInfo info;

    f->result = is_polymorphic(proc->prorettype) && actual != 0 ? actual
                                                                         : proc->prorettype;
    f->is_void = f->result == TYPE_VOID;
    f->is_procedure = proc->prokind == 'p';
    f->returns_set = proc->proretset;
    f->is_read_only = proc->provolatile != 'v';
    catalog_info()->type(f->result, &info);
    f->result_len = info.len;
    f->result_by_value = info.by_value;
    if (f->result == TYPE_RECORD)
        f->row = catalog_info()->function_row(proc->oid);
    else if (type_or_domain_relation(f->result) != 0)
        f->row = catalog_info()->row_desc(type_base(f->result), -1);
    if (f->row == NULL && f->result == TYPE_RECORD && call->result != NULL)
        f->row = call->result->expected;
    if (f->row != NULL) {
        TupleDesc *row = tuple_desc_copy(f->row);

        for (unsigned i = 0; i < row->count; i++)
            resolve_column(&row->columns[i], find_element(f, proc));
        row->row_type = f->result == TYPE_RECORD ? TYPE_RECORD : type_base(f->result);
        if (row->row_type == TYPE_RECORD)
            catalog_info()->register_row(row);
        f->row = row;
    }
}

static Prepared *statement(SqlFunction *f, const char *const *names, const HeapTuple *row)
{
    Prepared *p = mem_new(Prepared);
    int count;

    p->mem = mem_context_new(f->mem, "statement of a function");
    (void)proc_row_types(row, false, &count);
    p->param_types = mem_new_array(Oid, (size_t)count + 1);
    if (count > 0)
        memcpy(p->param_types, f->types, (size_t)count * sizeof(Oid));
    p->param_count = count;
    p->body = mem_new(SqlBody);
    p->body->function = f->name;
    p->body->names = names;
    p->body->is_procedure = f->is_procedure;
    p->body->result = f->result;
    p->body->row = f->row;
    return p;
}

static void check_command(const SqlFunction *f, const Node *node)
{
    if (node_is(node, TransactionStmt))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s is not allowed in an SQL function", command_tag(node)));
    if (node_is(node, CopyStmt) && ((const CopyStmt *)(const void *)node)->filename == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot COPY to/from client in an SQL function");
    if (f->is_read_only && command_access(node) != COMMAND_READS)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s is not allowed in a non-volatile function",
                                     command_tag(node)));
}

static void check_query(const SqlFunction *f, const Prepared *p)
{
    list_foreach(const Query *, tree, p->query.trees) {
        RunResult done;

        if (!f->is_read_only || tree->command == COMMAND_SELECT ||
            tree->command == COMMAND_UTILITY)
            continue;
        run_tell(tree->command, 0, &done);
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s is not allowed in a non-volatile function", done.tag));
    }
}

static void list_text(SqlFunction *f, const char *text, const HeapTuple *row)
{
    const List *raws = parser_parse(text, PARSE_STATEMENTS, text_encoding());
    ProcArgs args;

    proc_row_args(row, &args);
    f->count = (unsigned)list_count(raws);
    f->statements = mem_new_array(Prepared *, f->count + 1);
    list_foreach(const RawStmt *, raw, raws) {
        Prepared *p = statement(f, args.names, row);

        p->text = text;
        p->raw = raw;
        f->statements[raw_i] = p;
    }
}

/* A query, or a list of one list of them. */
static void list_trees(SqlFunction *f, const char *text, const HeapTuple *row)
{
    Node *stored = node_read_text(text);
    const List *queries = node_is(stored, Query) ? list_of(stored)
                                                 : list_at((const List *)(const void *)stored, 0);

    f->count = (unsigned)list_count(queries);
    f->statements = mem_new_array(Prepared *, f->count + 1);
    list_foreach(Node *, query, queries) {
        Prepared *p = statement(f, NULL, row);
        RawStmt *raw = node_new(RawStmt);

        raw->stmt = query;
        if (((const Query *)(const void *)query)->command == COMMAND_UTILITY)
            raw->stmt = ((const Query *)(const void *)query)->utility;
        else
            p->body->stored = query;
        p->raw = raw;
        f->statements[query_i] = p;
    }
}

/* Commands do what they do; the last query is the one that counts. */
static void prepare_all(SqlFunction *f)
{
    int last = -1;

    for (unsigned i = 0; i < f->count; i++)
        if (!command_is(f->statements[i]->raw->stmt))
            last = (int)i;
    if (!f->is_void && (last < 0 || last != (int)f->count - 1))
        analyzer_raise_function_result(f->result, "Function's final statement must be SELECT or "
                                                  "INSERT/UPDATE/DELETE RETURNING.");
    for (unsigned i = 0; i < f->count; i++) {
        Prepared *p = f->statements[i];

        p->body->is_last = !f->is_void && (int)i == last;
        if (command_is(p->raw->stmt)) {
            check_command(f, p->raw->stmt);
            continue;
        }
        query_prepare(p, true);
        check_query(f, p);
    }
}

/* What comes is the row, then; it gets a number, by which others find its columns. */
static void find_open_row(SqlFunction *f)
{
    TupleDesc *row;

    if (f->result != TYPE_RECORD || f->row != NULL)
        return;
    row = tuple_desc_copy(f->statements[f->count - 1]->desc);
    row->row_type = TYPE_RECORD;
    catalog_info()->register_row(row);
    f->open_row = row;
}

static SqlFunction *begin(FmgrCall *call)
{
    MemContext *mem = mem_context_new(call->site->mem, "function in SQL");
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(call->site->oid));
    SqlFunction *f = mem_alloc_in(mem, sizeof *f);

    MEM_SCOPE(mem) {
        const char *trees = text_of(row, PG_PROC_COL_PROSQLBODY);

        f->mem = mem;
        f->call_mem = mem_context_new(mem, "call of a function in SQL");
        f->name = mem_strdup(CACHE_ROW(PgProc, row)->proname);
        find_types(f, call, row);
        find_result(f, call, CACHE_ROW(PgProc, row));
        if (trees != NULL)
            list_trees(f, trees, row);
        else
            list_text(f, text_of(row, PG_PROC_COL_PROSRC), row);
    }
    syscache_unpin(row);
    return f;
}

/* ---- One call ---- */

static void take_begin(RowReceiver *self, const TupleDesc *desc)
{
    ((ResultReceiver *)(void *)self)->desc = desc;
}

static void take_end(RowReceiver *self UNUSED)
{
}

/* A row in one column, as its columns: what they are the first one tells, where nobody else has. */
static void put_whole_row(ResultReceiver *r, Datum record, bool is_null)
{
    Datum *values;
    bool *nulls;

    if (r->whole == NULL)
        r->whole = r->function->row;
    if (r->whole == NULL) {
        if (is_null)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "sets that begin with an unknown row are not supported yet");
        MEM_SCOPE(r->store_mem) {
            r->whole = tuple_desc_copy(record_desc(record));
        }
    }
    values = mem_new_array(Datum, r->whole->count + 1);
    nulls = mem_new_array(bool, r->whole->count + 1);
    if (is_null)
        memset(nulls, true, r->whole->count);
    else
        record_take_apart(record, r->whole, values, nulls);
    tuple_store_put_values(r->store, r->whole, values, nulls);
    mem_free(values);
    mem_free(nulls);
}

static bool take_row(RowReceiver *self, const Datum *values, const bool *nulls)
{
    ResultReceiver *r = (ResultReceiver *)(void *)self;
    const SqlFunction *f = r->function;
    const TupleDesc *columns = f->row != NULL ? f->row : f->open_row;
    bool is_row = columns != NULL && !f->statements[f->count - 1]->body->gives_whole_row;

    if (r->store != NULL) {
        if (columns != NULL && !is_row)
            put_whole_row(r, values[0], nulls[0]);
        else
            tuple_store_put_values(r->store, r->desc, values, nulls);
        return true;
    }
    r->has_row = true;
    MEM_SCOPE(r->mem) {
        r->is_null = !is_row && nulls[0];
        if (is_row)
            r->value = heap_to_record(heap_form(columns, values, nulls), columns);
        else if (!r->is_null)
            r->value = datum_copy(values[0], f->result_by_value, f->result_len);
    }
    return false;
}

static bool drop_row(RowReceiver *self UNUSED, const Datum *values UNUSED, const bool *nulls UNUSED)
{
    return true;
}

static void run_statement(SqlFunction *f, Prepared *p, const ExternParams *params,
                          ResultReceiver *result)
{
    ResultReceiver nobody = {.head = {.begin = take_begin, .row = drop_row, .end = take_end}};
    ResultReceiver *receiver = p->body->is_last ? result : &nobody;
    RunResult done = {.is_done = false};
    Run *run;

    if (!f->is_read_only)
        txn_advance_command();
    run = engine_open_as(p, params, f->call_mem, f->is_read_only);
    engine_run(run, p->body->is_last && receiver->store == NULL ? 1 : 0, &receiver->head, &done);
    engine_close(run, false);
}

static const char *describe(void *arg)
{
    const SqlFunction *f = arg;

    if (f->current == 0)
        return err_fmt("SQL function \"%s\" during startup", f->name);
    return err_fmt("SQL function \"%s\" statement %u", f->name, f->current);
}

static void run_all(SqlFunction *f, const FmgrCall *call, ResultReceiver *result)
{
    ExternParam *list = mem_new_array(ExternParam, (size_t)call->nargs + 1);
    ExternParams params = {.count = (size_t)call->nargs, .params = list};

    for (short i = 0; i < call->nargs; i++)
        list[i] = (ExternParam){.value = call->args[i].value,
                                .is_null = call->args[i].is_null,
                                .type = f->types[i]};
    for (unsigned i = 0; i < f->count; i++) {
        f->current = i + 1;
        run_statement(f, f->statements[i], &params, result);
    }
    f->current = 0;
}

static Datum call_sql(FmgrCall *call)
{
    SqlFunction *f = call->site->extra;
    ResultReceiver result = {.head = {.begin = take_begin, .row = take_row, .end = take_end},
                             .mem = mem_current(),
                             .is_null = true};
    ErrContext context = {.describe = describe};

    if (f == NULL) {
        f = begin(call);
        call->site->extra = f;
        context.arg = f;
        err_context_push(&context);
        MEM_SCOPE(f->mem) {
            prepare_all(f);
            find_open_row(f);
        }
    } else {
        context.arg = f;
        err_context_push(&context);
    }
    result.function = f;
    if (f->returns_set) {
        if (call->result == NULL || (call->result->allowed_modes & FMGR_SET_STORE) == 0)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "set-valued function called in context that cannot accept a set");
        result.store_mem = call->result->query_mem;
        MEM_SCOPE(result.store_mem) {
            result.store = tuple_store_new((size_t)setting.work_mem * 1024, false);
        }
    }
    MEM_SCOPE(f->call_mem) {
        run_all(f, call, &result);
    }
    mem_reset(f->call_mem);
    err_context_pop(&context);
    if (f->returns_set) {
        call->result->mode = FMGR_SET_STORE;
        call->result->store = result.store;
        call->result->desc = result.whole != NULL ? result.whole
                           : f->row != NULL       ? f->row
                           : f->open_row != NULL  ? f->open_row
                                                  : f->statements[f->count - 1]->desc;
        return fmgr_null(call);
    }
    call->is_null = result.is_null;
    return result.value;
}
