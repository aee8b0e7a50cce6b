/*
 * eval_test.c - expressions against a model that walks the tree
 *
 * Random trees over three columns of int4 that may be NULL, of all kinds that the model knows, are
 * compiled once and evaluated for several rows; as values, as filters, as projections.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/expr/catalog_info.h"
#include "server/expr/expr.h"
#include "server/fmgr/varlena.h"
#include "tests/lib/plan_rig.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define COLUMNS 3
#define TREES   3000
#define ROWS    8
#define DEPTH   5

/* ---- Random trees ---- */

static Node *random_number(Seed *seed, int depth);

static const Oid orders[] = {65, 144, 66, 149, 147, 150};
static const Oid big_orders[] = {467, 468, 469, 471, 470, 472};

static Node *random_truth(Seed *seed, int depth)
{
    int kind = depth == 0 ? 0 : (int)seed_below(seed, 9);

    switch (kind) {
    case 0:
    case 1:
        return rig_op(orders[seed_below(seed, 6)], RIG_BOOL, random_number(seed, depth / 2),
                      random_number(seed, depth / 2));
    case 2:
    case 3: {
        Node *e = rig_and(kind == 2 ? BOOL_AND : BOOL_OR, random_truth(seed, depth - 1),
                          random_truth(seed, depth - 1));

        for (uint64_t more = seed_below(seed, 3); more > 0; more--)
            list_add(((BoolExpr *)(void *)e)->args, random_truth(seed, depth - 1));
        return e;
    }
    case 4:
        return rig_and(BOOL_NOT, random_truth(seed, depth - 1), NULL);
    case 5: {
        NullTest *e = node_new(NullTest);

        e->arg = random_number(seed, depth - 1);
        e->is_not = seed_below(seed, 2) == 0;
        return (Node *)e;
    }
    case 6: {
        BooleanTest *e = node_new(BooleanTest);

        e->arg = random_truth(seed, depth - 1);
        e->kind = (BoolTestKind)seed_below(seed, 6);
        return (Node *)e;
    }
    case 7: {
        OpExpr *e = (OpExpr *)(void *)rig_op(65, RIG_BOOL, random_number(seed, depth - 1),
                                             random_number(seed, depth - 1));

        e->tag = NODE_DistinctExpr;
        return (Node *)e;
    }
    default: {
        ScalarArrayOpExpr *e = node_new(ScalarArrayOpExpr);
        int32_t values[20];
        bool nulls[20];
        size_t count = seed_below(seed, 20);
        bool is_hashed = seed_below(seed, 2) == 0;

        for (size_t i = 0; i < count; i++) {
            values[i] = (int32_t)seed_below(seed, 12) - 3;
            nulls[i] = seed_below(seed, 10) == 0;
        }
        e->is_any = seed_below(seed, 2) == 0;
        e->function = orders[seed_below(seed, 6)];
        if (is_hashed) {
            e->function = e->is_any ? 65 : 144;
            e->negator_function = e->is_any ? 0 : 65;
            e->hash_function = 450;
        }
        e->args = list_of2(random_number(seed, depth - 1), rig_array(values, nulls, count));
        return (Node *)e;
    }
    }
}

static Node *random_number(Seed *seed, int depth)
{
    static const Oid math[] = {177, 181, 141};

    switch (depth == 0 ? seed_below(seed, 3) : seed_below(seed, 9)) {
    case 0:
        return rig_var((int)seed_below(seed, 3) - 1 == 1 ? 1 : -(int)seed_below(seed, 2) - 1,
                       1 + (int)seed_below(seed, COLUMNS), RIG_INT4);
    case 1:
        return rig_int((int32_t)seed_below(seed, 9) - 3);
    case 2:
        return seed_below(seed, 3) == 0 ? rig_null(RIG_INT4) : rig_var(1, 1, RIG_INT4);
    case 3:
    case 4:
        return rig_op(math[seed_below(seed, 3)], RIG_INT4, random_number(seed, depth - 1),
                      random_number(seed, depth - 1));
    case 5: {
        CaseExpr *e = node_new(CaseExpr);
        bool has_arg = seed_below(seed, 2) == 0;

        if (has_arg)
            e->arg = random_number(seed, depth - 1);
        for (uint64_t n = 1 + seed_below(seed, 3); n > 0; n--) {
            CaseWhen *when = node_new(CaseWhen);

            if (has_arg) {
                CaseTestExpr *test = node_new(CaseTestExpr);

                test->type = RIG_INT4;
                when->condition =
                    rig_op(65, RIG_BOOL, (Node *)test, random_number(seed, depth - 1));
            } else {
                when->condition = random_truth(seed, depth - 1);
            }
            when->result = random_number(seed, depth - 1);
            e->whens = list_add(e->whens, when);
        }
        if (seed_below(seed, 2) == 0)
            e->default_result = random_number(seed, depth - 1);
        e->type = RIG_INT4;
        return (Node *)e;
    }
    case 6: {
        CoalesceExpr *e = node_new(CoalesceExpr);

        e->args = list_of2(random_number(seed, depth - 1), random_number(seed, depth - 1));
        e->type = RIG_INT4;
        return (Node *)e;
    }
    case 7: {
        MinMaxExpr *e = node_new(MinMaxExpr);

        e->args = list_of3(random_number(seed, depth - 1), random_number(seed, depth - 1),
                           random_number(seed, depth - 1));
        e->type = RIG_INT4;
        e->is_least = seed_below(seed, 2) == 0;
        return (Node *)e;
    }
    default: {
        OpExpr *e = (OpExpr *)(void *)rig_op(65, RIG_INT4, random_number(seed, depth - 1),
                                             random_number(seed, depth - 1));

        e->tag = NODE_NullIfExpr;
        return (Node *)e;
    }
    }
}

/* ---- The model ---- */

typedef struct Value {
    bool is_null;
    int64_t n;
} Value;

typedef struct Model {
    Value columns[3][COLUMNS]; /* of scan, outer, inner */
    Value test;
    bool is_over; /* some sum or product did not fit: no result is to be compared */
} Model;

static const Value null_value = {.is_null = true};

static Value truth(bool b)
{
    return (Value){.n = b};
}

static bool in_order(Oid function, int64_t a, int64_t b)
{
    for (unsigned i = 0; i < 6; i++) {
        if (function == orders[i] || function == big_orders[i])
            return i == 0   ? a == b
                   : i == 1 ? a != b
                   : i == 2 ? a < b
                   : i == 3 ? a <= b
                   : i == 4 ? a > b
                            : a >= b;
    }
    CU_FAIL_FATAL("unknown order");
    return false;
}

static Value model(const Node *node, Model *m);

static Value model_op(const OpExpr *op, Model *m)
{
    Value a = model(list_at(op->args, 0), m), b = model(list_at(op->args, 1), m);
    int64_t n;

    if (op->tag == NODE_DistinctExpr)
        return truth(a.is_null || b.is_null ? a.is_null != b.is_null : a.n != b.n);
    if (op->tag == NODE_NullIfExpr)
        return !a.is_null && !b.is_null && a.n == b.n ? null_value : a;
    if (a.is_null || b.is_null)
        return null_value;
    if (op->type == RIG_BOOL)
        return truth(in_order(op->function, a.n, b.n));
    n = op->function == 177 ? a.n + b.n : op->function == 181 ? a.n - b.n : a.n * b.n;
    if (n != (int32_t)n)
        m->is_over = true;
    return (Value){.n = (int32_t)n};
}

static Value model_bool(const BoolExpr *e, Model *m)
{
    bool any_null = false;

    if (e->kind == BOOL_NOT) {
        Value v = model(list_at(e->args, 0), m);

        return v.is_null ? v : truth(v.n == 0);
    }
    list_foreach(const Node *, arg, e->args) {
        Value v = model(arg, m);

        if (v.is_null)
            any_null = true;
        else if ((v.n != 0) == (e->kind == BOOL_OR))
            return v;
    }
    return any_null ? null_value : truth(e->kind == BOOL_AND);
}

static Value model_array(const ScalarArrayOpExpr *e, Model *m)
{
    const Const *array = list_at(e->args, 1);
    Value v = model(list_at(e->args, 0), m);
    bool any_null = false;
    ArrayView view;
    ArrayWalk walk;
    Datum item;
    bool is_null;

    array_open(datum_pointer(array->value), &view);
    array_walk_begin(&walk, &view,
                     &(ArrayElement){.type = 23, .len = 4, .by_value = true, .align = 'i'});
    while (array_walk_next(&walk, &item, &is_null)) {
        if (v.is_null || is_null)
            any_null = true;
        else if (in_order(e->function, v.n, datum_i32(item)) == e->is_any)
            return truth(e->is_any);
    }
    /* The planner does not hash where an empty array and a NULL come together. */
    if (e->hash_function != 0 && v.is_null)
        return null_value;
    return any_null ? null_value : truth(!e->is_any);
}

static Value model_case(const CaseExpr *e, Model *m)
{
    Value before = m->test, result = null_value;
    bool is_found = false;

    if (e->arg != NULL)
        m->test = model(e->arg, m);
    list_foreach(const CaseWhen *, when, e->whens) {
        Value v;

        if (is_found)
            continue;
        v = model(when->condition, m);
        is_found = !v.is_null && v.n != 0;
        if (is_found)
            result = model(when->result, m);
    }
    if (!is_found && e->default_result != NULL)
        result = model(e->default_result, m);
    m->test = before;
    return result;
}

static Value model_test(const BooleanTest *e, Value v)
{
    bool is_true = !v.is_null && v.n != 0, is_false = !v.is_null && v.n == 0;

    return truth(e->kind == IS_TRUE        ? is_true
                 : e->kind == IS_NOT_TRUE  ? !is_true
                 : e->kind == IS_FALSE     ? is_false
                 : e->kind == IS_NOT_FALSE ? !is_false
                 : e->kind == IS_UNKNOWN   ? v.is_null
                                           : !v.is_null);
}

static Value model(const Node *node, Model *m)
{
    switch (node->tag) {
    case NODE_Var: {
        const Var *var = (const Var *)(const void *)node;

        return m->columns[var->rt_index < 0 ? -var->rt_index : 0][var->attno - 1];
    }
    case NODE_Const: {
        const Const *c = (const Const *)(const void *)node;

        return c->is_null ? null_value : (Value){.n = datum_i32(c->value)};
    }
    case NODE_OpExpr:
    case NODE_DistinctExpr:
    case NODE_NullIfExpr:
        return model_op((const OpExpr *)(const void *)node, m);
    case NODE_BoolExpr:
        return model_bool((const BoolExpr *)(const void *)node, m);
    case NODE_NullTest: {
        const NullTest *e = (const NullTest *)(const void *)node;

        return truth(model(e->arg, m).is_null != e->is_not);
    }
    case NODE_BooleanTest: {
        const BooleanTest *e = (const BooleanTest *)(const void *)node;

        return model_test(e, model(e->arg, m));
    }
    case NODE_ScalarArrayOpExpr:
        return model_array((const ScalarArrayOpExpr *)(const void *)node, m);
    case NODE_CaseExpr:
        return model_case((const CaseExpr *)(const void *)node, m);
    case NODE_CaseTestExpr:
        return m->test;
    case NODE_CoalesceExpr: {
        Value v = null_value;

        list_foreach(const Node *, arg, ((const CoalesceExpr *)(const void *)node)->args) {
            if (v.is_null)
                v = model(arg, m);
        }
        return v;
    }
    case NODE_MinMaxExpr: {
        const MinMaxExpr *e = (const MinMaxExpr *)(const void *)node;
        Value best = null_value;

        list_foreach(const Node *, arg, e->args) {
            Value v = model(arg, m);

            if (!v.is_null && (best.is_null || (e->is_least ? v.n < best.n : v.n > best.n)))
                best = v;
        }
        return best;
    }
    default:
        CU_FAIL_FATAL("the model does not know the node");
        return null_value;
    }
}

/* ---- The tests ---- */

static Slot *random_slot(Seed *seed, Value *columns)
{
    static TupleDesc *desc;
    Slot *s;

    desc = rig_desc(COLUMNS);
    s = slot_new(desc);
    for (unsigned i = 0; i < COLUMNS; i++) {
        columns[i] =
            seed_below(seed, 4) == 0 ? null_value : (Value){.n = (int64_t)seed_below(seed, 9) - 3};
        s->values[i] = datum_of_i32((int32_t)columns[i].n);
        s->nulls[i] = columns[i].is_null;
    }
    slot_set_virtual(s);
    if (seed_below(seed, 2) == 0)
        slot_set_minimal(s, slot_minimal(s));
    return s;
}

/* It may raise for a sum that does not fit where the model did not look. */
static bool try_eval(Expr *e, EvalContext *c, Datum *value, bool *is_null)
{
    volatile bool is_done = false;

    ERR_TRY() {
        *value = expr_eval(e, c, is_null);
        is_done = true;
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE);
    }
    ERR_END();
    return is_done;
}

static void check_tree(Seed *seed, EvalContext *c)
{
    bool is_truth = seed_below(seed, 2) == 0;
    int depth = (int)seed_below(seed, DEPTH);
    Node *node = is_truth ? random_truth(seed, depth) : random_number(seed, depth);
    Slot *out = slot_new(rig_desc(2));
    Expr *value = expr_compile(node, NULL);
    Expr *qual = is_truth ? expr_compile_qual(list_of(node), NULL) : NULL;
    Expr *projection = expr_compile_projection(
        list_of2(rig_target(rig_var(1, 2, RIG_INT4), 2), rig_target(node, 1)), out, NULL);

    for (int row = 0; row < ROWS; row++) {
        Model m = {.test = null_value};
        Value expected;
        Datum got;
        bool is_null;

        c->scan = random_slot(seed, m.columns[0]);
        c->inner = random_slot(seed, m.columns[1]);
        c->outer = random_slot(seed, m.columns[2]);
        expected = model(node, &m);
        if (!try_eval(value, c, &got, &is_null)) {
            CU_ASSERT_TRUE(m.is_over);
            continue;
        }
        if (m.is_over)
            continue;
        CU_ASSERT_EQUAL_FATAL(is_null, expected.is_null);
        if (!is_null)
            CU_ASSERT_EQUAL_FATAL(is_truth ? datum_bool(got) : datum_i32(got), expected.n);
        if (is_truth)
            CU_ASSERT_EQUAL_FATAL(expr_check(qual, c), !expected.is_null && expected.n != 0);
        expr_project(projection, c);
        CU_ASSERT_EQUAL_FATAL(out->nulls[0], expected.is_null);
        CU_ASSERT_EQUAL_FATAL(out->nulls[1], m.columns[0][1].is_null);
        eval_reset(c);
    }
}

static void values_are_those_of_a_walk_over_the_tree(void)
{
    Seed seed = seed_new("expressions");
    EvalContext *c;
    MemContext *trees = mem_context_new(mem_current(), "trees");

    plan_rig_open();
    c = eval_new();
    for (int i = 0; i < TREES; i++) {
        MEM_SCOPE(trees) {
            check_tree(&seed, c);
        }
        mem_reset(trees);
    }
    plan_rig_close();
}

/* NEED, VAR, order, QUAL: the shape that has a function of its own. */
static void filters_by_a_constant_are_right_in_all_orders(void)
{
    EvalContext *c;
    Slot *s;

    plan_rig_open();
    c = eval_new();
    c->scan = s = slot_new(rig_desc(1));
    for (unsigned i = 0; i < 6; i++) {
        Expr *e = expr_compile_qual(
            rig_op(orders[i], RIG_BOOL, rig_var(1, 1, RIG_INT4), rig_int(5)), NULL);

        for (int v = 4; v <= 7; v++) {
            slot_clear(s);
            s->values[0] = datum_of_i32(v);
            s->nulls[0] = v == 7;
            slot_set_virtual(s);
            CU_ASSERT_EQUAL(expr_check(e, c), v != 7 && in_order(orders[i], v, 5));
        }
    }
    plan_rig_close();
}

static Datum eval_alone(Node *node, bool *is_null)
{
    return expr_eval(expr_compile(node, NULL), eval_new(), is_null);
}

static void check_raises(Node *node, SqlState state, const char *message)
{
    ERR_TRY() {
        bool is_null;

        eval_alone(node, &is_null);
        CU_FAIL("it did not raise");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, state);
        CU_ASSERT_STRING_EQUAL(err_caught()->message, message);
    }
    ERR_END();
}

static void numbers_that_do_not_fit_are_refused(void)
{
    plan_rig_open();
    check_raises(rig_op(177, RIG_INT4, rig_int(INT32_MAX), rig_int(1)),
                 SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range");
    check_raises(rig_op(465, RIG_INT8, rig_big(INT64_MAX), rig_big(2)),
                 SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, "bigint out of range");
    plan_rig_close();
}

/* The functions that are computed in place are the rows of pg_proc that they are taken for. */
static void functions_in_place_have_their_names(void)
{
    plan_rig_open();
#define ORDER(oid, prosrc, order, type) \
 CU_ASSERT_STRING_EQUAL(fmgr_find_builtin(oid)->name, prosrc);
#define MATH(oid, prosrc, what) CU_ASSERT_STRING_EQUAL(fmgr_find_builtin(oid)->name, prosrc);
#include "server/expr/inline.def"
#undef ORDER
#undef MATH
    CU_ASSERT_STRING_EQUAL(fmgr_find_builtin(1219)->name, "int8inc");
    CU_ASSERT_STRING_EQUAL(fmgr_find_builtin(2804)->name, "int8inc_any");
    CU_ASSERT_STRING_EQUAL(fmgr_find_builtin(1840)->name, "int2_sum");
    CU_ASSERT_STRING_EQUAL(fmgr_find_builtin(1841)->name, "int4_sum");
    plan_rig_close();
}

/* ---- Values of several parts ---- */

static Node *subscript(Node *array, Node *lower, Node *upper, Node *assigned)
{
    SubscriptingRef *e = node_new(SubscriptingRef);

    e->container_type = RIG_INT4_ARRAY;
    e->element_type = RIG_INT4;
    e->type = lower != NULL || assigned != NULL ? RIG_INT4_ARRAY : RIG_INT4;
    e->typmod = -1;
    e->upper = list_of(upper);
    e->lower = lower != NULL ? list_of(lower) : NULL;
    e->container = array;
    e->assigned = assigned;
    return (Node *)e;
}

static void check_array(Node *node, const char *expected)
{
    ArrayView view;
    ArrayWalk walk;
    bool is_null;
    Datum value = eval_alone(node, &is_null);
    StrBuf text;

    CU_ASSERT_FALSE_FATAL(is_null);
    strbuf_init(&text);
    array_open(datum_pointer(value), &view);
    if (view.dimensions > 0)
        strbuf_add_fmt(&text, "%d@%d", view.sizes[0], view.lower[0]);
    array_walk_begin(&walk, &view,
                     &(ArrayElement){.type = 23, .len = 4, .by_value = true, .align = 'i'});
    while (array_walk_next(&walk, &value, &is_null))
        is_null ? strbuf_add(&text, " n") : strbuf_add_fmt(&text, " %d", datum_i32(value));
    CU_ASSERT_STRING_EQUAL(text.text, expected);
}

static void arrays_are_made_read_and_changed(void)
{
    ArrayExpr *e;
    Node *three;
    bool is_null;

    plan_rig_open();
    three = rig_array((const int32_t[]){10, 20, 30}, NULL, 3);
    CU_ASSERT_EQUAL(datum_i32(eval_alone(subscript(three, NULL, rig_int(2), NULL), &is_null)), 20);
    CU_ASSERT_FALSE(is_null);
    eval_alone(subscript(three, NULL, rig_int(4), NULL), &is_null);
    CU_ASSERT_TRUE(is_null);
    eval_alone(subscript(three, NULL, rig_null(RIG_INT4), NULL), &is_null);
    CU_ASSERT_TRUE(is_null);
    check_array(subscript(three, rig_int(2), rig_int(9), NULL), "2@1 20 30");
    check_array(subscript(three, rig_int(5), rig_int(9), NULL), "");
    check_array(subscript(three, NULL, rig_int(2), rig_int(7)), "3@1 10 7 30");
    check_array(subscript(three, NULL, rig_int(5), rig_int(7)), "5@1 10 20 30 n 7");
    check_array(subscript(three, NULL, rig_int(-1), rig_null(RIG_INT4)), "5@-1 n n 10 20 30");
    check_array(subscript(rig_null(RIG_INT4_ARRAY), NULL, rig_int(3), rig_int(7)), "1@3 7");
    check_raises(subscript(three, NULL, rig_null(RIG_INT4), rig_int(1)),
                 SQLSTATE_NULL_VALUE_NOT_ALLOWED, "array subscript in assignment must not be null");
    e = node_new(ArrayExpr);
    e->type = RIG_INT4_ARRAY;
    e->element_type = RIG_INT4;
    e->elements = list_of3(rig_int(1), rig_null(RIG_INT4), rig_int(3));
    check_array((Node *)e, "3@1 1 n 3");
    e->is_nested = true;
    e->elements = list_of2(three, three);
    check_array((Node *)e, "2@1 10 20 30 10 20 30");
    e->elements = list_of2(three, rig_array((const int32_t[]){1}, NULL, 1));
    check_raises((Node *)e, SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                 "multidimensional arrays must have array expressions with matching dimensions");
    plan_rig_close();
}

static void rows_have_fields_and_nulls(void)
{
    RowExpr *row;
    FieldSelect *select;
    NullTest *test;
    bool is_null;

    plan_rig_open();
    row = node_new(RowExpr);
    row->type = RIG_RECORD;
    row->args = list_of3(rig_int(1), rig_text("two"), rig_null(RIG_INT4));
    select = node_new(FieldSelect);
    select->arg = (Node *)row;
    select->field = 2;
    select->type = RIG_TEXT;
    select->typmod = -1;
    CU_ASSERT_EQUAL(
        memcmp(varlena_bytes(datum_pointer(eval_alone((Node *)select, &is_null))), "two", 3), 0);
    select->field = 3;
    select->type = RIG_INT4;
    eval_alone((Node *)select, &is_null);
    CU_ASSERT_TRUE(is_null);
    select->field = 1;
    select->type = RIG_TEXT;
    check_raises((Node *)select, SQLSTATE_DATATYPE_MISMATCH, "attribute 1 has wrong type");
    test = node_new(NullTest);
    test->arg = (Node *)row;
    test->is_row = true;
    CU_ASSERT_FALSE(datum_bool(eval_alone((Node *)test, &is_null)));
    test->is_not = true;
    CU_ASSERT_FALSE(datum_bool(eval_alone((Node *)test, &is_null)));
    row->args = list_of2(rig_null(RIG_INT4), rig_null(RIG_INT4));
    test->is_not = false;
    CU_ASSERT_TRUE(datum_bool(eval_alone((Node *)test, &is_null)));
    plan_rig_close();
}

static bool row_less(RowCompareKind kind, List *left, List *right, bool *is_null)
{
    RowCompareExpr *e = node_new(RowCompareExpr);

    e->kind = kind;
    e->families = list_add_oid(list_add_oid(NULL, 1976), 1976);
    e->input_collations = list_add_oid(list_add_oid(NULL, 0), 0);
    e->left = left;
    e->right = right;
    return datum_bool(eval_alone((Node *)e, is_null));
}

static void rows_are_compared_from_the_left(void)
{
    List *a, *b, *n;
    bool is_null;

    plan_rig_open();
    a = list_of2(rig_int(1), rig_int(2));
    b = list_of2(rig_int(1), rig_int(3));
    n = list_of2(rig_int(1), rig_null(RIG_INT4));
    CU_ASSERT_TRUE(row_less(ROW_COMPARE_LT, a, b, &is_null));
    CU_ASSERT_FALSE(row_less(ROW_COMPARE_GE, a, b, &is_null));
    CU_ASSERT_TRUE(row_less(ROW_COMPARE_LE, a, a, &is_null));
    row_less(ROW_COMPARE_LT, a, n, &is_null);
    CU_ASSERT_TRUE(is_null);
    CU_ASSERT_TRUE(row_less(ROW_COMPARE_LT, n, list_of2(rig_int(2), rig_int(0)), &is_null));
    CU_ASSERT_FALSE(is_null);
    plan_rig_close();
}

static Node *to_domain(Node *arg)
{
    CoerceToDomain *e = node_new(CoerceToDomain);

    e->arg = arg;
    e->type = RIG_POSITIVE;
    e->typmod = -1;
    return (Node *)e;
}

static void domains_check_their_values(void)
{
    bool is_null;

    plan_rig_open();
    CU_ASSERT_EQUAL(datum_i32(eval_alone(to_domain(rig_int(3)), &is_null)), 3);
    check_raises(to_domain(rig_int(0)), SQLSTATE_CHECK_VIOLATION,
                 "value for domain positive violates check constraint \"positive_check\"");
    check_raises(to_domain(rig_null(RIG_INT4)), SQLSTATE_NOT_NULL_VIOLATION,
                 "domain positive does not allow null values");
    plan_rig_close();
}

static void text_leads_from_type_to_type(void)
{
    CoerceViaIO *e;
    bool is_null;

    plan_rig_open();
    e = node_new(CoerceViaIO);
    e->arg = rig_int(42);
    e->type = RIG_INT8;
    CU_ASSERT_EQUAL(datum_i64(eval_alone((Node *)e, &is_null)), 42);
    e->arg = rig_null(RIG_INT4);
    eval_alone((Node *)e, &is_null);
    CU_ASSERT_TRUE(is_null);
    plan_rig_close();
}

static void parameters_are_looked_up_and_checked(void)
{
    const ExternParam values[] = {{.value = datum_of_i32(5), .type = RIG_INT4}};
    const ExternParams params = {.count = 1, .params = values};
    Param *param;
    EvalContext *c;
    bool is_null;

    plan_rig_open();
    c = eval_new();
    c->extern_params = &params;
    param = node_new(Param);
    param->kind = PARAM_EXTERN;
    param->id = 1;
    param->type = RIG_INT4;
    CU_ASSERT_EQUAL(datum_i32(expr_eval(expr_compile(param, NULL), c, &is_null)), 5);
    CU_ASSERT_EQUAL(
        datum_i32(expr_fold(rig_op(177, RIG_INT4, (Node *)param, rig_int(2)), &params)->value), 7);
    check_raises((Node *)param, SQLSTATE_UNDEFINED_OBJECT, "no value found for parameter 1");
    plan_rig_close();
}

static void evaluation_takes_no_memory_that_stays(void)
{
    EvalContext *c;
    Expr *e;
    bool is_null;
    size_t before = 0;

    plan_rig_open();
    c = eval_new();
    c->scan = slot_new(rig_desc(1));
    slot_set_nulls(c->scan);
    e = expr_compile(rig_and(BOOL_OR, rig_op(65, RIG_BOOL, rig_var(1, 1, RIG_INT4), rig_int(1)),
                             rig_op(67, RIG_BOOL, rig_text("a"), rig_text("b"))),
                     NULL);
    for (int i = 0; i < 1000000; i++) {
        expr_eval(e, c, &is_null);
        eval_reset(c);
        if (i == 1000)
            before = mem_context_size(mem_current());
    }
    CU_ASSERT_EQUAL(mem_context_size(mem_current()), before);
    plan_rig_close();
}

UNIT_SUITE(eval)
{
    UNIT_TEST(values_are_those_of_a_walk_over_the_tree);
    UNIT_TEST(filters_by_a_constant_are_right_in_all_orders);
    UNIT_TEST(numbers_that_do_not_fit_are_refused);
    UNIT_TEST(functions_in_place_have_their_names);
    UNIT_TEST(arrays_are_made_read_and_changed);
    UNIT_TEST(rows_have_fields_and_nulls);
    UNIT_TEST(rows_are_compared_from_the_left);
    UNIT_TEST(domains_check_their_values);
    UNIT_TEST(text_leads_from_type_to_type);
    UNIT_TEST(parameters_are_looked_up_and_checked);
    UNIT_TEST(evaluation_takes_no_memory_that_stays);
}
