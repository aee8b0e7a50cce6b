/*
 * simple.c - may an expression stand without parentheses where it is?
 *
 * Only asked where few parentheses are wanted; in case of doubt they are written.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse_int.h"

/* The one character of a binary arithmetic operator; \0: it is another. */
static char arithmetic(const void *node)
{
    const OpExpr *op = node;
    const HeapTuple *row;
    const char *name;

    if (!node_is(op, OpExpr) || list_count(op->args) != 2)
        return '\0';
    row = syscache_peek(CACHE_OPEROID, datum_of_u32(op->operator));
    if (row == NULL)
        return '\0';
    name = CACHE_ROW(PgOperator, row)->oprname;
    return strlen(name) == 1 && strchr("+-*/%", *name) != NULL ? *name : '\0';
}

static bool is_additive(char c)
{
    return c == '+' || c == '-';
}

/* True: it binds tighter, or stands first among equals. */
static bool fits_operator(const void *expr, const OpExpr *parent)
{
    char own = arithmetic(expr), outer = arithmetic(parent);

    if (own == '\0' || outer == '\0')
        return false;
    if (is_additive(own) != is_additive(outer))
        return is_additive(outer);
    return list_at(parent->args, 0) == expr;
}

/* Things with parentheses of their own around their parts. */
static bool encloses(const void *parent)
{
    switch (((const Node *)parent)->tag) {
    case NODE_SubscriptingRef:
    case NODE_ArrayExpr:
    case NODE_RowExpr:
    case NODE_CoalesceExpr:
    case NODE_MinMaxExpr:
    case NODE_XmlExpr:
    case NODE_NullIfExpr:
    case NODE_Aggref:
    case NODE_GroupingFunc:
    case NODE_WindowFunc:
    case NODE_CaseExpr:
        return true;
    case NODE_FuncExpr: {
        CoerceForm form = ((const FuncExpr *)parent)->form;

        return form != COERCE_CAST && form != COERCE_IMPLICIT && form != COERCE_SQL;
    }
    default:
        return false;
    }
}

static bool bool_fits(const BoolExpr *expr, const void *parent)
{
    const BoolExpr *outer = parent;

    if (!node_is(outer, BoolExpr))
        return encloses(parent);
    if (expr->kind == BOOL_OR)
        return outer->kind == BOOL_OR;
    return outer->kind == BOOL_AND || outer->kind == BOOL_OR;
}

bool is_simple(const void *expr, const void *parent, unsigned flags)
{
    const Node *node = expr;

    if (node == NULL)
        return false;
    switch (node->tag) {
    case NODE_Var:
    case NODE_Const:
    case NODE_Param:
    case NODE_CoerceToDomainValue:
    case NODE_SetToDefault:
    case NODE_CurrentOfExpr:
    case NODE_SubscriptingRef:
    case NODE_ArrayExpr:
    case NODE_RowExpr:
    case NODE_CoalesceExpr:
    case NODE_MinMaxExpr:
    case NODE_SQLValueFunction:
    case NODE_XmlExpr:
    case NODE_NextValueExpr:
    case NODE_NullIfExpr:
    case NODE_Aggref:
    case NODE_GroupingFunc:
    case NODE_WindowFunc:
    case NODE_FuncExpr:
    case NODE_CaseExpr:
        return true;
    case NODE_FieldSelect:
        return !node_is(parent, FieldSelect);
    case NODE_FieldStore:
        return !node_is(parent, FieldStore);
    case NODE_CoerceToDomain:
        return is_simple(((const CoerceToDomain *)expr)->arg, expr, flags);
    case NODE_RelabelType:
        return is_simple(((const RelabelType *)expr)->arg, expr, flags);
    case NODE_CoerceViaIO:
        return is_simple(((const CoerceViaIO *)expr)->arg, expr, flags);
    case NODE_ArrayCoerceExpr:
        return is_simple(((const ArrayCoerceExpr *)expr)->arg, expr, flags);
    case NODE_ConvertRowtypeExpr:
        return is_simple(((const ConvertRowtypeExpr *)expr)->arg, expr, flags);
    case NODE_OpExpr:
        if (node_is(parent, OpExpr))
            return fits_operator(expr, parent);
        return node_is(parent, BoolExpr) || encloses(parent);
    case NODE_SubLink:
    case NODE_NullTest:
    case NODE_BooleanTest:
    case NODE_DistinctExpr:
        return node_is(parent, BoolExpr) || encloses(parent);
    case NODE_BoolExpr:
        return bool_fits(expr, parent);
    default:
        return false;
    }
}
