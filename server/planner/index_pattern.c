/*
 * index_pattern.c - patterns looked for in an index: b LIKE 'abc%' as b >= 'abc' AND b < 'abd'
 *
 * The index must have the order of bytes: that of the collation C, or of the operator classes for
 * patterns. Whatever is found is tested again.
 */
#include "common/base/base.h"

#include "server/planner/path.h"

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/pattern.h"
#include "server/types/collation.h"

#define COLLATION_DEFAULT_OID 100

/* Operators that a pattern becomes, by the type of what is on its left. */
typedef struct PatternOrder {
    Oid type;
    Oid family; /* of operators by bytes; 0: any other */
    Oid equal, less, greater_equal;
    bool is_by_bytes;
    Oid value_type;
} PatternOrder;

static const PatternOrder orders[] = {
    {TYPE_TEXT, 2095, 98, 2314, 2317, true, TYPE_TEXT},
    {TYPE_TEXT, 0, 98, 664, 667, false, TYPE_TEXT},
    {TYPE_NAME, 0, 254, 255, 257, false, TYPE_TEXT},
    {TYPE_BPCHAR, 2097, 1054, 2326, 2329, true, TYPE_BPCHAR},
    {TYPE_BPCHAR, 0, 1054, 1058, 1061, false, TYPE_BPCHAR},
    {TYPE_BYTEA, 0, 1955, 1957, 1960, true, TYPE_BYTEA},
};

static const PatternOrder *find_order(Oid type, Oid family)
{
    for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
        if (orders[i].type == type && (orders[i].family == 0 || orders[i].family == family))
            return &orders[i];
    }
    return NULL;
}

static bool is_in_family(Oid op, Oid family)
{
    return facts_strategy(op, family, NULL, NULL) != 0;
}

static Clause *compare(Oid op, const Node *left, const PatternOrder *order, const Pattern *p,
                       Oid collation)
{
    Const *value = node_new(Const);

    value->type = order->value_type;
    value->typmod = NODE_NO_TYPMOD;
    value->collation = order->value_type == TYPE_BYTEA ? 0 : COLLATION_DEFAULT_OID;
    value->len = -1;
    value->loc = NODE_NO_LOCATION;
    value->value = datum_of_pointer(varlena_new(p->prefix, p->prefix_len));
    return clause_new(expr_op(op, TYPE_BOOL, 0, collation, node_copy(left), as_node(value)),
                      &(ClauseSpec){.is_pushed_down = true});
}

/* The clauses that a B-tree can look for; NULL: none. */
static List *ranges(Pattern *p, const Node *left, const PatternOrder *order, Oid family,
                    Oid index_collation)
{
    List *quals;

    if (p->is_exact) {
        if (!is_in_family(order->equal, family))
            return NULL;
        return list_of(compare(order->equal, left, order, p, index_collation));
    }
    if (p->prefix_len == 0 || (!order->is_by_bytes && !collation_order_is_c(index_collation)) ||
        !is_in_family(order->greater_equal, family))
        return NULL;
    quals = list_of(compare(order->greater_equal, left, order, p, index_collation));
    if (is_in_family(order->less, family) && pattern_make_greater(p))
        quals = list_add(quals, compare(order->less, left, order, p, index_collation));
    return quals;
}

IndexClause *path_match_pattern(Clause *clause, Oid function, const List *args, int column,
                                const PlanIndex *index)
{
    const Node *left = list_at(args, 0);
    const Const *value = list_at(args, 1);
    const PatternOrder *order;
    PatternKind kind;
    IndexClause *match;
    Pattern p;
    List *quals;

    if (!node_is(value, Const) || value->is_null || value->len != -1 ||
        !pattern_find_kind(function, &kind))
        return NULL;
    order = find_order(node_expr_type(left), index->families[column]);
    if (order == NULL ||
        (index->collations[column] != 0 && !collation_is_deterministic(index->collations[column])))
        return NULL;
    p = pattern_read(kind, value);
    quals = ranges(&p, left, order, index->families[column], index->collations[column]);
    if (quals == NULL)
        return NULL;
    match = mem_new(IndexClause);
    *match = (IndexClause){.clause = clause, .quals = quals, .is_lossy = true, .column = column};
    return match;
}
