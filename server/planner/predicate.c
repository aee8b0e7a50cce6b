/*
 * predicate.c - proofs that a condition follows from others
 *
 * x < 5 implies x < 7, x = 3, x IS NOT NULL; AND and OR are taken apart. Where a proof is not found
 * the answer is no, which costs a better plan and nothing else.
 */
#include "common/base/base.h"

#include "server/planner/predicate.h"

#include "server/catalog/catalog_oid.h"
#include "server/expr/expr.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"

static bool implies(const Node *clause, const Node *predicate);
static bool refutes(const Node *clause, const Node *predicate);

static List *parts_of(const Node *node)
{
    return ((const BoolExpr *)(const void *)node)->args;
}

/* ---- Single comparisons ---- */

/* What x OP1 a needs of a and b to imply x OP2 b: a OP b, by the strategies. 0: it never does. */
static int needed_to_imply(int clause, int predicate)
{
    enum { LT = 1, LE, EQ, GE, GT, NE };
    static const int table[7][7] = {
        [LT] = {[LT] = LE, [LE] = LE, [NE] = LE},
        [LE] = {[LT] = LT, [LE] = LE, [NE] = LT},
        [EQ] = {[LT] = LT, [LE] = LE, [EQ] = EQ, [GE] = GE, [GT] = GT, [NE] = NE},
        [GE] = {[GE] = GE, [GT] = GT, [NE] = GT},
        [GT] = {[GE] = GE, [GT] = GE, [NE] = GE},
        [NE] = {[NE] = EQ},
    };

    return table[clause][predicate];
}

static int needed_to_refute(int clause, int predicate)
{
    enum { LT = 1, LE, EQ, GE, GT, NE };
    static const int table[7][7] = {
        [LT] = {[EQ] = LE, [GE] = LE, [GT] = LE},
        [LE] = {[EQ] = LT, [GE] = LT, [GT] = LE},
        [EQ] = {[LT] = GE, [LE] = GT, [EQ] = NE, [GE] = LT, [GT] = LE, [NE] = EQ},
        [GE] = {[LT] = GE, [LE] = GT, [EQ] = GT},
        [GT] = {[LT] = GE, [LE] = GE, [EQ] = GE},
        [NE] = {[EQ] = EQ},
    };

    return table[clause][predicate];
}

typedef struct Comparison {
    const Node *var;
    const Const *value;
    Oid op, collation;
} Comparison;

static bool read_comparison(const Node *node, Comparison *out)
{
    const OpExpr *op = (const void *)node;

    if (!expr_is_binary(node))
        return false;
    out->collation = op->input_collation;
    if (node_is(expr_right(op), Const)) {
        out->var = expr_left(op);
        out->value = (const Const *)(void *)expr_right(op);
        out->op = op->operator;
        return true;
    }
    if (!node_is(expr_left(op), Const))
        return false;
    out->var = expr_right(op);
    out->value = (const Const *)(void *)expr_left(op);
    out->op = facts_commutator(op->operator);
    return out->op != 0;
}

/* The strategy in the family; NE for the negator of its =. */
static int strategy_in(Oid op, Oid family, Oid *right)
{
    int strategy = facts_strategy(op, family, NULL, right);
    Oid negator;

    if (strategy != 0)
        return strategy;
    negator = facts_negator(op);
    if (negator == 0 || facts_strategy(negator, family, NULL, right) != 3)
        return 0;
    return 6;
}

/* The families that order by an operator or by its negator. */
static List *families_of(Oid op)
{
    Oid family, input;
    bool is_descending;
    List *families = facts_merge_families(op);

    if (families == NULL && facts_negator(op) != 0)
        families = facts_merge_families(facts_negator(op));
    if (families == NULL && facts_ordering(op, &family, &input, &is_descending))
        families = list_add_oid(NULL, family);
    if (families == NULL && facts_negator(op) != 0 &&
        facts_ordering(facts_negator(op), &family, &input, &is_descending))
        families = list_add_oid(NULL, family);
    return families;
}

static bool test_constants(Oid family, int needed, Oid predicate_type, Oid clause_type,
                           const Comparison *clause, const Comparison *predicate)
{
    Oid op = needed == 6 ? facts_family_operator(family, clause_type, predicate_type, 3)
                         : facts_family_operator(family, clause_type, predicate_type, needed);
    const Const *result;

    if (op == 0 || facts_volatility(facts_operator_function(op)) != 'i')
        return false;
    result = expr_fold(expr_op(op, TYPE_BOOL, 0, clause->collation, as_node(clause->value),
                               as_node(predicate->value)),
                       NULL);
    return !result->is_null && datum_bool(result->value) == (needed != 6);
}

static bool compare_proves(const Node *clause, const Node *predicate, bool wants_refutation)
{
    Comparison c, p;
    List *families;

    if (!read_comparison(clause, &c) || !read_comparison(predicate, &p) ||
        c.collation != p.collation || !node_equal(c.var, p.var))
        return false;
    if (c.value->is_null)
        return facts_is_operator_strict(c.op); /* never true */
    if (p.value->is_null)
        return false;
    families = families_of(p.op);
    for (int i = 0; i < list_count(families); i++) {
        Oid family = list_oid_at(families, i), c_type = 0, p_type = 0;
        int cs = strategy_in(c.op, family, &c_type), ps = strategy_in(p.op, family, &p_type);
        int needed = 0;

        if (cs == 0 || ps == 0)
            continue;
        needed = wants_refutation ? needed_to_refute(cs, ps) : needed_to_imply(cs, ps);
        if (needed != 0 && test_constants(family, needed, p_type, c_type, &c, &p))
            return true;
    }
    return false;
}

/* Can the clause be true only when arg is not NULL? */
static bool needs_not_null(const Node *clause, const Node *arg)
{
    if (node_is(clause, OpExpr) &&
        facts_is_strict(expr_op_function((const OpExpr *)(const void *)clause)))
        return list_has_equal(((const OpExpr *)(const void *)clause)->args, arg);
    if (node_is(clause, FuncExpr) &&
        facts_is_strict(((const FuncExpr *)(const void *)clause)->function))
        return list_has_equal(((const FuncExpr *)(const void *)clause)->args, arg);
    if (node_is(clause, ScalarArrayOpExpr)) {
        const ScalarArrayOpExpr *op = (const void *)clause;

        return op->is_any && facts_is_operator_strict(op->operator) &&
               node_equal(list_at(op->args, 0), arg);
    }
    if (node_is(clause, NullTest))
        return ((const NullTest *)(const void *)clause)->is_not &&
               node_equal(((const NullTest *)(const void *)clause)->arg, arg);
    return node_equal(clause, arg);
}

static bool implies_simple(const Node *clause, const Node *predicate)
{
    if (node_equal(clause, predicate))
        return true;
    if (node_is(predicate, NullTest)) {
        const NullTest *test = (const void *)predicate;

        if (test->is_not && !test->is_row)
            return needs_not_null(clause, test->arg);
        return false;
    }
    if (node_is(clause, ScalarArrayOpExpr))
        return false;
    return compare_proves(clause, predicate, false);
}

/* x = ANY ('{1,2}') as x = 1 OR x = 2, for short lists. */
static List *arms_of_array(const Node *clause)
{
    const ScalarArrayOpExpr *op = (const void *)clause;
    const Node *array;
    List *arms = NULL;

    if (!node_is(clause, ScalarArrayOpExpr) || !op->is_any)
        return NULL;
    array = list_at(op->args, 1);
    if (!node_is(array, ArrayExpr))
        return NULL;
    list_foreach(Node *, element, ((const ArrayExpr *)(const void *)array)->elements)
        arms = list_add(arms, expr_op(op->operator, TYPE_BOOL, 0, op->input_collation,
                                      list_at(op->args, 0), element));
    return arms;
}

static bool all_imply(const List *clauses, const Node *predicate)
{
    list_foreach(Node *, clause, clauses) {
        if (!implies(clause, predicate))
            return false;
    }
    return clauses != NULL;
}

static bool any_implies(const List *clauses, const Node *predicate)
{
    list_foreach(Node *, clause, clauses) {
        if (implies(clause, predicate))
            return true;
    }
    return false;
}

static bool implies(const Node *clause, const Node *predicate)
{
    List *arms;

    if (expr_is_and(predicate)) {
        list_foreach(Node *, part, parts_of(predicate)) {
            if (!implies(clause, part))
                return false;
        }
        return true;
    }
    if (expr_is_or(clause)) {
        /* Each arm must imply some arm of the predicate. */
        return all_imply(parts_of(clause), predicate);
    }
    if (expr_is_or(predicate)) {
        list_foreach(Node *, part, parts_of(predicate)) {
            if (implies(clause, part))
                return true;
        }
        return expr_is_and(clause) && any_implies(parts_of(clause), predicate);
    }
    if (expr_is_and(clause))
        return any_implies(parts_of(clause), predicate);
    arms = arms_of_array(clause);
    if (arms != NULL && all_imply(arms, predicate))
        return true;
    return implies_simple(clause, predicate);
}

bool predicate_is_implied(const List *predicate, const List *clauses)
{
    Node *all;

    if (list_count(predicate) == 0)
        return true;
    if (list_count(clauses) == 0)
        return false;
    all = list_count(clauses) == 1 ? list_at(clauses, 0) : expr_and(list_copy(clauses));
    list_foreach(Node *, part, predicate) {
        if (!implies(all, part))
            return false;
    }
    return true;
}

/* ---- Contradictions ---- */

static bool refutes_simple(const Node *clause, const Node *predicate)
{
    if (node_is(predicate, NullTest)) {
        const NullTest *test = (const void *)predicate;

        if (test->is_row)
            return false;
        if (!test->is_not)
            return needs_not_null(clause, test->arg);
        return node_is(clause, NullTest) && !((const NullTest *)(const void *)clause)->is_not &&
               !((const NullTest *)(const void *)clause)->is_row &&
               node_equal(((const NullTest *)(const void *)clause)->arg, test->arg);
    }
    if (node_is(clause, NullTest) && !((const NullTest *)(const void *)clause)->is_not &&
        !((const NullTest *)(const void *)clause)->is_row)
        return needs_not_null(predicate, ((const NullTest *)(const void *)clause)->arg);
    return compare_proves(clause, predicate, true);
}

static bool refutes(const Node *clause, const Node *predicate)
{
    if (expr_is_or(clause)) {
        list_foreach(Node *, arm, parts_of(clause)) {
            if (!refutes(arm, predicate))
                return false;
        }
        return true;
    }
    if (expr_is_or(predicate)) {
        list_foreach(Node *, arm, parts_of(predicate)) {
            if (!refutes(clause, arm))
                return false;
        }
        return true;
    }
    if (expr_is_and(clause)) {
        list_foreach(Node *, part, parts_of(clause)) {
            if (refutes(part, predicate))
                return true;
        }
        return false;
    }
    if (expr_is_and(predicate)) {
        list_foreach(Node *, part, parts_of(predicate)) {
            if (refutes(clause, part))
                return true;
        }
        return false;
    }
    return refutes_simple(clause, predicate);
}

bool predicate_is_refuted(const List *predicate, const List *clauses)
{
    list_foreach(Node *, part, predicate) {
        list_foreach(Node *, clause, clauses) {
            if (refutes(clause, part))
                return true;
        }
    }
    return false;
}
