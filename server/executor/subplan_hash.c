/* subplan_hash.c - IN by a hash table; subplan_hash.h has the rules. */
#include "common/base/base.h"

#include "server/executor/subplan_hash.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/row_hash.h"
#include "server/expr/catalog_info.h"
#include "server/node/expr.h"

struct SubPlanHash {
    Exec *exec;
    const SubPlan *plan;
    unsigned count;
    RowHash *full;    /* rows without NULLs */
    RowHash *partial; /* rows with one */
    RowHashProbe *probe;
    FmgrCall **equals;
    Expr *left;
    NullableDatum *values; /* of the left side */
    bool has_rows;
};

/* The comparison of each column: left OP parameter. */
static const OpExpr *comparison(const SubPlan *plan, int i)
{
    const Node *test = plan->test;

    if (node_is(test, BoolExpr))
        test = list_at(((const BoolExpr *)(const void *)test)->args, i);
    if (!node_is(test, OpExpr))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "unrecognized test of a hashed subplan");
    return (const OpExpr *)(const void *)test;
}

static FmgrCall *make_call(const OpExpr *op, Oid function)
{
    FmgrSite *site = mem_new(FmgrSite);
    FmgrCall *call = mem_alloc(FMGR_CALL_SIZE(2));

    fmgr_site_init(site, function, mem_current());
    fmgr_call_init(call, site, 2, op->input_collation);
    return call;
}

SubPlanHash *subplan_hash_new(Exec *e, const SubPlan *plan, const ExprScope *scope)
{
    SubPlanHash *h = mem_new(SubPlanHash);
    const TupleDesc *desc = exec_desc_of(e->subplans[plan->plan - 1]);
    List *left = NULL;

    h->exec = e;
    h->plan = plan;
    h->count = (unsigned)list_count(plan->hash_keys);
    h->full = row_hash_new(plan->hash_keys, desc, 0);
    h->partial = row_hash_new(plan->hash_keys, desc, 0);
    h->probe = row_hash_probe_new(h->count);
    h->equals = mem_new_array(FmgrCall *, h->count + 1);
    h->values = mem_new_array(NullableDatum, h->count + 1);
    for (unsigned i = 0; i < h->count; i++) {
        const OpExpr *op = comparison(plan, (int)i);
        const GroupKey *key = list_at(plan->hash_keys, (int)i);
        Node *expr = list_at(op->args, 0);
        Oid function = op->function, hash = key->hash;

        if (function == 0)
            function = catalog_info()->operator_function(op->operator);
        if (node_expr_type(expr) != desc->columns[key->column - 1].type) {
            TypeInfo type;

            catalog_info()->type(node_expr_type(expr), &type);
            hash = type.hash;
        }
        row_hash_probe_set(h->probe, i, hash, function, op->input_collation);
        h->equals[i] = make_call(op, function);
        left = list_add(left, expr);
    }
    h->left = expr_compile_values(left, h->values, scope);
    return h;
}

static bool has_null(const SubPlanHash *h, Slot *row)
{
    list_foreach(const GroupKey *, key, h->plan->hash_keys) {
        bool is_null;

        slot_get(row, key->column, &is_null);
        if (is_null)
            return true;
    }
    return false;
}

void subplan_hash_fill(SubPlanHash *h, ExecNode *tree)
{
    MemContext *scratch = mem_context_new(h->exec->run_mem, "hashing");
    Slot *row;

    row_hash_begin(h->full, h->exec->run_mem, tree->plan->rows);
    row_hash_begin(h->partial, h->exec->run_mem, 0);
    h->has_rows = false;
    while ((row = exec_next(tree)) != NULL) {
        RowHash *table = has_null(h, row) ? h->partial : h->full;
        bool is_new;

        h->has_rows = true;
        MEM_SCOPE(scratch) {
            row_hash_enter(table, row, row_hash_of(table, row), &is_new);
        }
        mem_reset(scratch);
    }
    mem_delete(scratch);
}

/* Might it be equal, if NULLs were known? */
static bool may_equal(const SubPlanHash *h, const RowHash *table, const RowHashEntry *e)
{
    const Datum *values = row_hash_values(table, e);
    const bool *nulls = row_hash_nulls(table, e);

    for (unsigned i = 0; i < h->count; i++) {
        FmgrCall *call = h->equals[i];

        if (nulls[i] || h->values[i].is_null)
            continue;
        call->args[0] = h->values[i];
        call->args[1] = (NullableDatum){.value = values[i]};
        if (!datum_bool(fmgr_invoke(call)))
            return false;
    }
    return true;
}

static bool any_may_equal(const SubPlanHash *h, const RowHash *table)
{
    size_t place = 0;
    const RowHashEntry *e;

    while ((e = row_hash_next(table, &place)) != NULL) {
        if (may_equal(h, table, e))
            return true;
    }
    return false;
}

static Datum probe(SubPlanHash *h, bool *is_null)
{
    bool has_left_null = false;

    for (unsigned i = 0; i < h->count; i++)
        has_left_null = has_left_null || h->values[i].is_null;
    if (!has_left_null && row_hash_find_values(h->full, h->probe, h->values,
                                               row_hash_of_values(h->probe, h->values)) != NULL)
        return datum_of_bool(true);
    if (h->plan->unknown_is_false)
        return datum_of_bool(false);
    *is_null = any_may_equal(h, h->partial) || (has_left_null && any_may_equal(h, h->full));
    return datum_of_bool(false);
}

Datum subplan_hash_probe(SubPlanHash *h, EvalContext *c, bool *is_null)
{
    Datum found = 0;
    bool ignored;

    *is_null = false;
    if (!h->has_rows)
        return datum_of_bool(false);
    expr_eval(h->left, c, &ignored);
    MEM_SCOPE(c->row_mem) {
        found = probe(h, is_null);
    }
    return found;
}
