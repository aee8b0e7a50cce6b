/* set_call.c - calls of functions that return sets; set_call.h has the promises. */
#include "common/base/base.h"

#include "server/executor/set_call.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/catalog/catalog_oid.h"
#include "server/expr/catalog_info.h"
#include "server/ipc/interrupt.h"
#include "server/node/expr.h"

struct SetCall {
    Expr *plain; /* not NULL: no set */
    FmgrCall *call;
    FmgrSite site;
    MemContext *mem;     /* of what the function keeps */
    MemContext *arg_mem; /* of arguments */
    Expr *args;
    NullableDatum *places;
    FmgrResultInfo info;
    TupleStore *store; /* that the function has filled */
    Slot *row;
    bool is_set;       /* else a function that gives one record, of columns that it wants to know */
    bool is_composite; /* its values are rows */
    bool is_null;      /* strict, with an argument that is NULL: one row without values */
    bool is_begun, is_over;
};

static bool find_call(const Node *expr, Oid *function, const List **args, Oid *collation)
{
    if (node_is(expr, FuncExpr) && ((const FuncExpr *)(const void *)expr)->is_set) {
        const FuncExpr *f = (const FuncExpr *)(const void *)expr;

        *function = f->function;
        *args = f->args;
        *collation = f->input_collation;
        return true;
    }
    if (node_is(expr, OpExpr) && ((const OpExpr *)(const void *)expr)->is_set) {
        const OpExpr *op = (const OpExpr *)(const void *)expr;

        *function = op->function;
        *args = op->args;
        *collation = op->input_collation;
        return true;
    }
    return false;
}

static bool find_record(const Node *expr, Oid *function, const List **args, Oid *collation)
{
    const FuncExpr *f = (const FuncExpr *)(const void *)expr;

    if (!node_is(expr, FuncExpr) || f->type != TYPE_RECORD)
        return false;
    *function = f->function;
    *args = f->args;
    *collation = f->input_collation;
    return true;
}

bool set_call_is(const Node *expr)
{
    const List *args;
    Oid function, collation;

    return find_call(expr, &function, &args, &collation);
}

SetCall *set_call_new(const Node *expr, const ExprScope *scope)
{
    SetCall *s = mem_new(SetCall);
    const List *args = NULL;
    Oid function = 0, collation = 0;
    TypeInfo type;
    short count;

    s->is_set = find_call(expr, &function, &args, &collation);
    if (!s->is_set && !find_record(expr, &function, &args, &collation)) {
        s->plain = expr_compile(expr, scope);
        return s;
    }
    catalog_info()->type(node_expr_type(expr), &type);
    s->is_composite = type.kind == 'c' || node_expr_type(expr) == TYPE_RECORD;
    count = (short)list_count(args);
    s->mem = mem_context_new(mem_current(), "set of a function");
    s->arg_mem = mem_context_new(mem_current(), "arguments of a function");
    catalog_require_execute(function);
    fmgr_site_init(&s->site, function, s->mem);
    s->site.expr = expr;
    s->call = mem_alloc(FMGR_CALL_SIZE((size_t)count));
    s->places = mem_new_array(NullableDatum, (size_t)count + 1);
    fmgr_call_init(s->call, &s->site, count, collation);
    s->call->result = &s->info;
    s->args = expr_compile_values(args, s->places, scope);
    return s;
}

void set_call_begin(SetCall *s, EvalContext *c, const TupleDesc *expected)
{
    MemContext *before;
    bool is_null;

    set_call_end(s);
    s->is_begun = true;
    s->is_over = s->is_null = false;
    if (s->plain != NULL)
        return;
    before = mem_switch(s->arg_mem);
    expr_eval_here(s->args, c, &is_null);
    mem_switch(before);
    for (short i = 0; i < s->call->nargs; i++) {
        s->call->args[i] = s->places[i];
        /* A strict function is not called: its set is empty. */
        if (s->site.strict && s->places[i].is_null) {
            s->is_over = s->is_set;
            s->is_null = !s->is_set;
        }
    }
    s->info = (FmgrResultInfo){.expected = expected,
                               .allowed_modes = FMGR_SET_STEPS | FMGR_SET_STORE,
                               .query_mem = s->mem,
                               .mode = FMGR_SET_STEPS,
                               .step = FMGR_STEP_SINGLE};
}

/* A row of the store, as a value: the column, or all of them as a record. */
static bool next_of_store(SetCall *s, Datum *value, bool *is_null)
{
    const MinimalTuple *tuple = tuple_store_next(s->store, 0, false);

    if (tuple == NULL) {
        s->is_over = true;
        return false;
    }
    slot_set_minimal(s->row, tuple);
    if (!s->is_composite) {
        *value = slot_get(s->row, 1, is_null);
        return true;
    }
    *is_null = false;
    *value = slot_record(s->row);
    return true;
}

static bool begin_store(SetCall *s)
{
    s->store = s->info.store;
    if (s->store == NULL || s->info.desc == NULL) {
        s->is_over = true;
        return false;
    }
    MEM_SCOPE(s->mem) {
        s->row = slot_new(s->info.desc);
    }
    tuple_store_rewind(s->store, 0);
    return true;
}

bool set_call_next(SetCall *s, EvalContext *c, Datum *value, bool *is_null)
{
    check_interrupts();
    if (s->is_over)
        return false;
    if (s->plain != NULL) {
        s->is_over = true;
        *value = expr_eval_here(s->plain, c, is_null);
        return true;
    }
    if (s->is_null) {
        s->is_over = *is_null = true;
        return true;
    }
    if (s->store != NULL)
        return next_of_store(s, value, is_null);
    s->info.step = FMGR_STEP_SINGLE;
    *value = fmgr_invoke(s->call);
    *is_null = s->call->is_null;
    if (s->info.mode == FMGR_SET_STORE)
        return begin_store(s) && next_of_store(s, value, is_null);
    if (s->info.step == FMGR_STEP_END) {
        s->is_over = true;
        return false;
    }
    if (s->info.step == FMGR_STEP_SINGLE)
        s->is_over = true;
    return true;
}

void set_call_end(SetCall *s)
{
    if (s->store != NULL)
        tuple_store_free(s->store);
    s->store = NULL;
    s->is_begun = false;
    s->is_over = true;
    if (s->mem == NULL)
        return;
    s->site.extra = NULL;
    mem_reset(s->mem);
    mem_reset(s->arg_mem);
}

bool set_call_is_begun(const SetCall *s)
{
    return s->is_begun;
}
