/*
 * function_scan.c - the rows of functions in FROM
 *
 * Each function is called once and its rows are kept, to be read beside those of the others (ROWS
 * FROM), back, and again. Where one has fewer rows its columns are NULL.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/executor/exec_int.h"
#include "server/executor/set_call.h"
#include "server/expr/catalog_info.h"
#include "server/expr/record.h"
#include "server/node/expr.h"

typedef struct ScannedFunction {
    SetCall *call;
    TupleDesc *desc;   /* of its columns */
    bool is_composite; /* its values are rows */
    Slot *row;
    TupleStore *store; /* NULL: not called */
} ScannedFunction;

typedef struct FunctionScanNode {
    ExecNode n;
    ScannedFunction *functions;
    unsigned count;
    Slot *row;
    bool has_ordinality;
    int64_t ordinal;    /* of the row that came last; 0: before the first */
    int64_t row_count;  /* of the function with most; -1: not known */
    EvalContext *calls; /* of the functions */
} FunctionScanNode;

/* ---- Making ---- */

static TupleDesc *desc_of_list(const RangeTblFunction *f)
{
    List *targets = NULL;

    for (int i = 0; i < list_count(f->column_types); i++) {
        TargetEntry *target = node_new(TargetEntry);
        Var *var = node_new(Var);

        var->type = list_oid_at(f->column_types, i);
        var->typmod = list_int_at(f->column_typmods, i);
        var->collation = list_oid_at(f->column_collations, i);
        target->expr = (Node *)var;
        target->number = (int16_t)(i + 1);
        if (f->column_names != NULL)
            target->name = ((String *)list_at(f->column_names, i))->value;
        targets = list_add(targets, target);
    }
    return expr_tuple_desc(targets, false);
}

static TupleDesc *desc_of_value(const Node *call)
{
    TargetEntry *target = node_new(TargetEntry);

    target->expr = (Node *)(uintptr_t)call;
    target->number = 1;
    return expr_tuple_desc(list_of(target), false);
}

/* Columns that its OUT parameters name. */
static const TupleDesc *desc_of_composite(const Node *call)
{
    Oid type = node_expr_type(call);
    TypeInfo info;

    catalog_info()->type(type, &info);
    if (info.kind == 'd')
        type = info.base;
    if (info.kind != 'c' && info.kind != 'd')
        return NULL;
    return catalog_info()->row_desc(type, -1);
}

/* A record whose columns are the function's OUT parameters. */
static TupleDesc *desc_of_out_columns(const Node *call)
{
    const TupleDesc *desc = NULL;

    if (node_is(call, FuncExpr))
        desc = catalog_info()->function_row(((const FuncExpr *)(const void *)call)->function);
    if (desc == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "a column definition list is required for functions returning "
                             "\"record\"");
    return tuple_desc_copy(desc);
}

static void init_function(ScannedFunction *f, const RangeTblFunction *from, const ExprScope *scope)
{
    const TupleDesc *composite;

    f->call = set_call_new(from->call, scope);
    f->is_composite = true;
    composite = from->column_types == NULL ? desc_of_composite(from->call) : NULL;
    if (from->column_types != NULL) {
        f->desc = desc_of_list(from);
    } else if (composite != NULL) {
        f->desc = tuple_desc_copy(composite);
    } else if (node_expr_type(from->call) == 2249) {
        f->desc = desc_of_out_columns(from->call);
    } else {
        f->is_composite = false;
        f->desc = desc_of_value(from->call);
    }
    f->row = slot_new(f->desc);
}

static TupleDesc *desc_of_all(const FunctionScanNode *s)
{
    unsigned count = s->has_ordinality;
    TupleDesc *desc;

    for (unsigned i = 0; i < s->count; i++)
        count += s->functions[i].desc->count;
    desc = tuple_desc_new(count);
    count = 0;
    for (unsigned i = 0; i < s->count; i++) {
        const TupleDesc *from = s->functions[i].desc;

        for (unsigned k = 0; k < from->count; k++) {
            desc->columns[count] = from->columns[k];
            desc->columns[count].number = (int16_t)(count + 1);
            count++;
        }
    }
    if (s->has_ordinality)
        tuple_desc_set(desc, count + 1, "ordinality", 20, 8, true, 'd');
    tuple_desc_finish(desc);
    return desc;
}

static void init(ExecNode *n, unsigned flags UNUSED)
{
    FunctionScanNode *s = (FunctionScanNode *)n;
    const FunctionScan *plan = (const FunctionScan *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    s->functions = mem_new_array(ScannedFunction, (size_t)list_count(plan->functions) + 1);
    list_foreach(const RangeTblFunction *, f, plan->functions)
        init_function(&s->functions[s->count++], f, &scope);
    s->has_ordinality = plan->has_ordinality;
    s->row = slot_new(desc_of_all(s));
    s->row_count = -1;
    s->calls = exec_new_eval(n->exec);
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    if (n->eval != NULL)
        n->eval->scan = s->row;
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

/* ---- Calling ---- */

static void set_row(ScannedFunction *f, Datum value, bool is_null)
{
    slot_clear(f->row);
    if (!f->is_composite) {
        f->row->values[0] = value;
        f->row->nulls[0] = is_null;
        slot_set_virtual(f->row);
    } else if (is_null) {
        slot_set_nulls(f->row);
    } else {
        record_take_apart(value, f->desc, f->row->values, f->row->nulls);
        slot_set_virtual(f->row);
    }
}

static void call_function(FunctionScanNode *s, ScannedFunction *f)
{
    Exec *e = s->n.exec;
    MemContext *value_mem;
    Datum value;
    bool is_null;

    MEM_SCOPE(e->run_mem) {
        f->store = tuple_store_new(exec_work_mem(), false);
    }
    set_call_begin(f->call, s->calls, f->is_composite ? f->desc : NULL);
    value_mem = mem_context_new(e->run_mem, "value of a function");
    for (;;) {
        bool is_there = false;

        MEM_SCOPE(value_mem) {
            is_there = set_call_next(f->call, s->calls, &value, &is_null);
            if (is_there) {
                set_row(f, value, is_null);
                tuple_store_put_values(f->store, f->desc, f->row->values, f->row->nulls);
            }
        }
        mem_reset(value_mem);
        if (!is_there)
            break;
    }
    slot_clear(f->row);
    set_call_end(f->call);
    mem_delete(value_mem);
    if ((int64_t)tuple_store_count(f->store) > s->row_count)
        s->row_count = (int64_t)tuple_store_count(f->store);
}

static void fill_from(ScannedFunction *f, bool is_backward, Slot *out, unsigned at)
{
    const MinimalTuple *tuple = tuple_store_next(f->store, 0, is_backward);

    if (tuple != NULL) {
        slot_set_minimal(f->row, tuple);
        slot_need_all(f->row);
    }
    for (unsigned i = 0; i < f->desc->count; i++) {
        out->nulls[at + i] = tuple == NULL || f->row->nulls[i];
        out->values[at + i] = tuple == NULL ? 0 : f->row->values[i];
    }
}

/* All functions' places go with the row; those behind their last row wait there. */
static void fill_row(FunctionScanNode *s, bool is_backward)
{
    unsigned at = 0;

    slot_clear(s->row);
    for (unsigned i = 0; i < s->count; i++) {
        ScannedFunction *f = &s->functions[i];
        int64_t own = (int64_t)tuple_store_count(f->store);

        if (is_backward && s->ordinal > own) {
            for (unsigned k = 0; k < f->desc->count; k++)
                s->row->nulls[at + k] = true;
        } else {
            fill_from(f, is_backward, s->row, at);
        }
        at += f->desc->count;
    }
    if (s->has_ordinality) {
        s->row->values[at] = datum_of_i64(s->ordinal);
        s->row->nulls[at] = false;
    }
    slot_set_virtual(s->row);
}

static bool move(FunctionScanNode *s, bool is_backward)
{
    if (!is_backward && s->ordinal <= s->row_count)
        s->ordinal++;
    else if (is_backward && s->ordinal > 0)
        s->ordinal--;
    if (s->ordinal >= 1 && s->ordinal <= s->row_count)
        return true;
    /* Readers stand where the scan does: at an end. */
    for (unsigned i = 0; i < s->count; i++)
        tuple_store_next(s->functions[i].store, 0, is_backward);
    return false;
}

static Slot *next(ExecNode *n)
{
    FunctionScanNode *s = (FunctionScanNode *)n;

    if (s->row_count < 0) {
        s->row_count = 0;
        s->ordinal = 0;
        for (unsigned i = 0; i < s->count; i++)
            call_function(s, &s->functions[i]);
    }
    while (move(s, n->exec->is_backward)) {
        Slot *out;

        fill_row(s, n->exec->is_backward);
        out = exec_pass_scan(n, s->row);
        if (out != NULL)
            return out;
    }
    slot_clear(s->row);
    return NULL;
}

static void end(ExecNode *n)
{
    FunctionScanNode *s = (FunctionScanNode *)n;

    for (unsigned i = 0; i < s->count; i++) {
        set_call_end(s->functions[i].call);
        if (s->functions[i].store != NULL)
            tuple_store_free(s->functions[i].store);
        s->functions[i].store = NULL;
        slot_clear(s->functions[i].row);
    }
    eval_reset(s->calls);
    s->row_count = -1;
    slot_clear(s->row);
}

static void rewind_scan(ExecNode *n, const BitSet *changed)
{
    FunctionScanNode *s = (FunctionScanNode *)n;

    if (s->row_count < 0)
        return;
    if (exec_is_changed(n, changed)) {
        end(n);
        return;
    }
    for (unsigned i = 0; i < s->count; i++)
        tuple_store_rewind(s->functions[i].store, 0);
    s->ordinal = 0;
    slot_clear(s->row);
}

const ExecOps function_scan_ops = {.size = sizeof(FunctionScanNode),
                                   .init = init,
                                   .next = next,
                                   .rewind = rewind_scan,
                                   .end = end};
