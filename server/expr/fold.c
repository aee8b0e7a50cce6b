/* fold.c - the values of constant expressions, for the planner. */
#include "common/base/base.h"

#include "server/expr/catalog_info.h"
#include "server/expr/expr.h"
#include "server/fmgr/datum_image.h"
#include "server/node/expr.h"

Const *expr_fold(const void *node, const ExternParams *params)
{
    MemContext *scratch = mem_context_new(mem_current(), "constant expression");
    Const *result = node_new(Const);
    EvalContext *context = NULL;
    Expr *expr = NULL;
    TypeInfo type;
    Datum value;
    bool is_null;

    result->type = node_expr_type(node);
    result->typmod = node_expr_typmod(node);
    result->collation = node_expr_collation(node);
    catalog_info()->type(result->type, &type);
    result->len = type.len;
    result->by_value = type.by_value;
    result->loc = NODE_NO_LOCATION;
    MEM_SCOPE(scratch) {
        context = eval_new();
        context->extern_params = params;
        expr = expr_compile(node, NULL);
    }
    value = expr_eval(expr, context, &is_null);
    result->is_null = is_null;
    if (!is_null && type.len == -1)
        value = datum_of_pointer(varlena_plain(datum_varlena(value)));
    result->value = is_null ? 0 : datum_copy(value, type.by_value, type.len);
    mem_delete(scratch);
    return result;
}
