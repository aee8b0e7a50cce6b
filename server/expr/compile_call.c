/*
 * compile_call.c - calls of functions and operators, and what is made of such calls
 *
 * Arguments are evaluated straight into the frame of their call; constants are written there once.
 * A few functions on numbers (inline.def) need no call at all.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/expr/catalog_info.h"
#include "server/expr/expr_int.h"
#include "server/node/expr.h"

typedef struct InlineFunction {
    Oid oid;
    bool is_math;
    InlineOrder order;
    InlineType type;
    InlineMath math;
} InlineFunction;

static const InlineFunction inline_functions[] = {
#define ORDER(number, name, what, kind) \
 {.oid = (number), .order = INLINE_##what, .type = INLINE_##kind},
#define MATH(number, name, what) {.oid = (number), .is_math = true, .math = MATH_##what},
#include "server/expr/inline.def"
#undef ORDER
#undef MATH
};

static const InlineFunction *inline_find(Oid function)
{
    size_t low = 0, high = ARRAY_LEN(inline_functions);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (inline_functions[middle].oid == function)
            return &inline_functions[middle];
        if (inline_functions[middle].oid < function)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool inline_order_find(Oid function, InlineOrder *order, InlineType *type)
{
    const InlineFunction *f = inline_find(function);

    if (f == NULL || f->is_math)
        return false;
    *order = f->order;
    *type = f->type;
    return true;
}

FmgrCall *compile_frame(Oid function, short nargs, Oid collation, const void *node)
{
    FmgrSite *site = mem_new(FmgrSite);
    FmgrCall *call = mem_alloc(FMGR_CALL_SIZE((size_t)nargs));

    catalog_require_execute(function);
    fmgr_site_init(site, function, mem_current());
    site->expr = node;
    fmgr_call_init(call, site, nargs, collation);
    return call;
}

/* An argument goes to its place; a constant is there from now on. */
static void compile_arg(ExprBuilder *b, const Node *node, NullableDatum *place)
{
    if (node_is(node, Const)) {
        const Const *constant = (const Const *)(const void *)node;

        *place = (NullableDatum){.value = constant->value, .is_null = constant->is_null};
        return;
    }
    compile_value(b, node, place);
}

static void compile_args(ExprBuilder *b, const List *args, FmgrCall *call)
{
    int i = 0;

    list_foreach(const Node *, arg, args)
        compile_arg(b, arg, &call->args[i++]);
}

static void compile_inline(ExprBuilder *b, const InlineFunction *f, const List *args,
                           NullableDatum *out)
{
    NullableDatum *left = compile_place(), *right = compile_place();
    ExprStep *step;

    compile_arg(b, list_at(args, 0), left);
    compile_arg(b, list_at(args, 1), right);
    if (f->is_math) {
        step = compile_step(b, OP_INT_MATH, out);
        step->u.pair.math = f->math;
    } else {
        step = compile_step(b, OP_COUNT, out);
        step->op = (uint16_t)(OP_COUNT + (unsigned)f->type * 6 + (unsigned)f->order);
    }
    step->u.pair.a = left;
    step->u.pair.b = right;
}

void compile_function(ExprBuilder *b, Oid function, const List *args, Oid collation,
                      const Node *node, NullableDatum *out)
{
    const InlineFunction *in_place = inline_find(function);
    int count = list_count(args);
    FmgrCall *call;
    ExprStep *step;
    ExprOp op = OP_CALL;

    if (in_place != NULL && count == 2) {
        compile_inline(b, in_place, args, out);
        return;
    }
    if (count > FMGR_ARGS_MAX)
        err_raise(SQLSTATE_TOO_MANY_ARGUMENTS,
                  .message =
                      err_fmt("cannot pass more than %d arguments to a function", FMGR_ARGS_MAX));
    call = compile_frame(function, (short)count, collation, node);
    if (call->site->retset)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "set-valued function called in context that cannot accept a set",
                  .position = node_location(node) + 1);
    compile_args(b, args, call);
    if (call->site->strict && count > 0)
        op = count == 1 ? OP_CALL_STRICT_1 : count == 2 ? OP_CALL_STRICT_2 : OP_CALL_STRICT;
    step = compile_step(b, op, out);
    step->u.call.call = call;
    step->u.call.fn = call->site->fn;
    step->u.call.count = (unsigned)count;
}

static Oid function_of(const OpExpr *op)
{
    return op->function != 0 ? op->function : catalog_info()->operator_function(op->operator);
}

static void compile_equal(ExprBuilder *b, const OpExpr *op, ExprOp step_op, NullableDatum *out)
{
    FmgrCall *call = compile_frame(function_of(op), 2, op->input_collation, op);
    ExprStep *step;

    compile_args(b, op->args, call);
    step = compile_step(b, step_op, out);
    step->u.call.call = call;
    step->u.call.fn = call->site->fn;
}

void compile_distinct(ExprBuilder *b, const OpExpr *op, NullableDatum *out)
{
    compile_equal(b, op, OP_DISTINCT, out);
}

void compile_null_if(ExprBuilder *b, const OpExpr *op, NullableDatum *out)
{
    compile_equal(b, op, OP_NULL_IF, out);
}

/* ---- = ANY (array) and its kin ---- */

static void take_constant_apart(ScalarArrayState *s, const Const *constant)
{
    ArrayView view;

    array_open(varlena_plain(datum_varlena(constant->value)), &view);
    s->element = catalog_info_element(view.element_type);
    array_take_apart(&view, &s->element, &s->values, &s->nulls);
    s->count = view.count;
    s->is_ready = true;
}

void compile_scalar_array(ExprBuilder *b, const ScalarArrayOpExpr *op, NullableDatum *out)
{
    ScalarArrayState *s = mem_new(ScalarArrayState);
    const Node *array = list_at(op->args, 1);
    Oid function =
        op->function != 0 ? op->function : catalog_info()->operator_function(op->operator);
    bool is_hashed = op->hash_function != 0;
    InlineOrder order;

    s->is_any = op->is_any;
    s->is_inverted = is_hashed && !op->is_any;
    if (s->is_inverted)
        function = op->negator_function;
    s->call = compile_frame(function, 2, op->input_collation, op);
    s->is_inline_equal = inline_order_find(function, &order, &s->type) && order == INLINE_EQ;
    s->mem = mem_current();
    if (is_hashed)
        s->hash = compile_frame(op->hash_function, 1, op->input_collation, op);
    compile_arg(b, list_at(op->args, 0), &s->call->args[0]);
    compile_arg(b, array, &s->array);
    if (node_is(array, Const) && !s->array.is_null)
        take_constant_apart(s, (const Const *)(const void *)array);
    compile_step(b, is_hashed ? OP_SCALAR_ARRAY_HASHED : OP_SCALAR_ARRAY, out)->u.scalar_array = s;
}

/* ---- Rows, least and greatest ---- */

void compile_row_compare(ExprBuilder *b, const RowCompareExpr *e, NullableDatum *out)
{
    int count = list_count(e->left);
    Array jumps;

    array_init(&jumps, sizeof(unsigned));
    for (int i = 0; i < count; i++) {
        const Node *left = list_at(e->left, i), *right = list_at(e->right, i);
        Oid compare = catalog_info()->support(list_oid_at(e->families, i), node_expr_type(left),
                                              node_expr_type(right), 1);
        FmgrCall *call;
        ExprStep *step;

        if (compare == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("missing support function %d(%u,%u) in opfamily %u", 1,
                                         node_expr_type(left), node_expr_type(right),
                                         list_oid_at(e->families, i)));
        call = compile_frame(compare, 2, list_oid_at(e->input_collations, i), NULL);
        compile_arg(b, left, &call->args[0]);
        compile_arg(b, right, &call->args[1]);
        *(unsigned *)array_push(&jumps) = compile_here(b);
        step = compile_step(b, i == count - 1 ? OP_ROW_COMPARE_LAST : OP_ROW_COMPARE, out);
        step->u.compare.call = call;
        step->u.compare.kind = e->kind;
    }
    array_foreach(unsigned, jump, &jumps)
        compile_step_at(b, *jump)->jump = compile_here(b);
}

void compile_min_max(ExprBuilder *b, const MinMaxExpr *e, NullableDatum *out)
{
    MinMaxState *s = mem_new(MinMaxState);
    TypeInfo type;
    unsigned i = 0;

    catalog_info()->type(e->type, &type);
    if (type.compare == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message =
                      err_fmt("could not identify a comparison function for type %u", e->type));
    s->call = compile_frame(type.compare, 2, e->input_collation, NULL);
    s->count = (unsigned)list_count(e->args);
    s->values = mem_new_array(NullableDatum, s->count);
    s->is_least = e->is_least;
    list_foreach(const Node *, arg, e->args)
        compile_arg(b, arg, &s->values[i++]);
    compile_step(b, OP_MIN_MAX, out)->u.min_max = s;
}

void compile_io_coerce(ExprBuilder *b, const CoerceViaIO *e, NullableDatum *out)
{
    IoCoerceState *s = mem_new(IoCoerceState);
    TypeInfo from, to;

    compile_value(b, e->arg, out);
    catalog_info()->type(node_expr_type(e->arg), &from);
    catalog_info()->type(e->type, &to);
    s->out = compile_frame(from.output, 1, 0, NULL);
    s->in = compile_frame(to.input, 3, 0, NULL);
    s->in->args[1].value = datum_of_u32(to.io_param);
    s->in->args[2].value = datum_of_i32(-1);
    compile_step(b, OP_IO_COERCE, out)->u.io = s;
}
