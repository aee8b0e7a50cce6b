/* equiv.c - classes of equal expressions; equiv.h has the idea. */
#include "common/base/base.h"

#include "server/planner/equiv.h"

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/rel.h"

#define STRATEGY_EQUAL 3

static void finish_with_const(Planner *root, EquivClass *ec);
static void finish_without_const(Planner *root, EquivClass *ec);
static Clause *join_clause(EquivClass *ec, Oid op, EquivMember *left, EquivMember *right,
                           EquivClass *parent);

EquivClass *equiv_root(EquivClass *ec)
{
    while (ec != NULL && ec->merged != NULL)
        ec = ec->merged;
    return ec;
}

static bool are_families_equal(const List *a, const List *b)
{
    return node_equal(a, b);
}

/* With the type and collation by which the class compares, so that it can be found again. */
static Node *with_type(Node *expr, Oid type, Oid collation)
{
    Oid own = node_expr_type(expr);

    /* A polymorphic operator takes its argument as it is. */
    if (facts_type_kind(type) == 'p')
        type = own;
    if (own == type && node_expr_collation(expr) == collation)
        return expr;
    return expr_relabel(expr, type, own == type ? node_expr_typmod(expr) : NODE_NO_TYPMOD,
                        collation);
}

static EquivMember *add_member(EquivClass *ec, Node *expr, BitSet *relids, BitSet *nullable,
                               Oid type)
{
    EquivMember *em = mem_new(EquivMember);

    *em = (EquivMember){.expr = expr, .relids = relids, .nullable = nullable, .type = type};
    if (relids == NULL) {
        em->is_const = true;
        ec->has_const = true;
    } else {
        ec->relids = bitset_union(ec->relids, relids);
    }
    ec->members = list_add(ec->members, em);
    return em;
}

static EquivMember *find_member(const EquivClass *ec, const Node *expr, Oid type,
                                bool without_consts)
{
    list_foreach(EquivMember *, em, ec->members) {
        if (em->is_child || (without_consts && em->is_const))
            continue;
        if (em->type == type && node_equal(em->expr, expr))
            return em;
    }
    return NULL;
}

static void merge_classes(Planner *root, EquivClass *into, EquivClass *from)
{
    into->members = list_concat(into->members, from->members);
    into->sources = list_concat(into->sources, from->sources);
    into->derived = list_concat(into->derived, from->derived);
    into->relids = bitset_union(into->relids, from->relids);
    into->has_const |= from->has_const;
    into->is_below_outer |= from->is_below_outer;
    from->merged = into;
    root->classes = list_without(root->classes, from);
}

typedef struct Side {
    Node *expr;
    BitSet *relids, *nullable;
    Oid type;
    EquivClass *ec;
    EquivMember *em;
} Side;

static void find_side(Planner *root, Side *side, const Clause *clause, Oid collation,
                      bool is_below_outer)
{
    list_foreach(EquivClass *, ec, root->classes) {
        if (ec->has_volatile || ec->collation != collation ||
            !are_families_equal(ec->families, clause->merge_families))
            continue;
        side->em = find_member(ec, side->expr, side->type, is_below_outer);
        if (side->em != NULL) {
            side->ec = ec;
            return;
        }
    }
}

static EquivClass *new_class(Planner *root, List *families, Oid collation)
{
    EquivClass *ec = mem_new(EquivClass);

    ec->families = families;
    ec->collation = collation;
    root->classes = list_add(root->classes, ec);
    return ec;
}

/* x = x says that x is not NULL. */
static Clause *not_null_clause(const Clause *clause, Node *item)
{
    NullTest *test = node_new(NullTest);

    test->arg = item;
    test->is_not = true;
    test->loc = NODE_NO_LOCATION;
    return clause_new(as_node(test), &(ClauseSpec){.is_pushed_down = clause->is_pushed_down,
                                                   .is_delayed = clause->is_delayed_by_outer_join,
                                                   .is_pseudoconstant = clause->is_pseudoconstant,
                                                   .outer = clause->outer,
                                                   .nullable = NULL});
}

bool equiv_take(Planner *root, Clause **taken, bool is_below_outer)
{
    Clause *clause = *taken;
    const OpExpr *op = (const void *)clause->expr;
    Side l = {.relids = clause->left}, r = {.relids = clause->right};
    PgOperator row;
    EquivClass *ec;

    facts_operator(op->operator, & row);
    l.type = row.oprleft;
    r.type = row.oprright;
    l.expr = with_type(expr_left(op), l.type, op->input_collation);
    r.expr = with_type(expr_right(op), r.type, op->input_collation);
    if (node_equal(l.expr, r.expr)) {
        if (facts_is_operator_strict(op->operator))
            *taken = not_null_clause(clause, l.expr);
        return false;
    }
    l.nullable = bitset_intersect(clause->left, clause->nullable);
    r.nullable = bitset_intersect(clause->right, clause->nullable);
    find_side(root, &l, clause, op->input_collation, is_below_outer);
    find_side(root, &r, clause, op->input_collation, is_below_outer);
    if (l.ec != NULL && r.ec != NULL) {
        ec = l.ec;
        if (l.ec != r.ec)
            merge_classes(root, l.ec, r.ec);
    } else if (l.ec != NULL) {
        ec = l.ec;
        r.em = add_member(ec, r.expr, r.relids, r.nullable, r.type);
    } else if (r.ec != NULL) {
        ec = r.ec;
        l.em = add_member(ec, l.expr, l.relids, l.nullable, l.type);
    } else {
        ec = new_class(root, clause->merge_families, op->input_collation);
        l.em = add_member(ec, l.expr, l.relids, l.nullable, l.type);
        r.em = add_member(ec, r.expr, r.relids, r.nullable, r.type);
    }
    ec->sources = list_add(ec->sources, clause);
    ec->is_below_outer |= is_below_outer;
    clause->left_class = clause->right_class = ec;
    clause->left_member = l.em;
    clause->right_member = r.em;
    return true;
}

/* ---- For sorting ---- */

EquivClass *equiv_for_sort(Planner *root, const EquivSort *sort, bool may_create)
{
    Node *expr = with_type(sort->expr, sort->type, sort->collation);
    BitSet *relids;
    EquivClass *ec;
    EquivMember *em;

    list_foreach(EquivClass *, known, root->classes) {
        if (known->has_volatile && (sort->sort_ref == 0 || sort->sort_ref != known->sort_ref))
            continue;
        if (known->collation == sort->collation &&
            are_families_equal(known->families, sort->families) &&
            find_member(known, expr, sort->type, known->is_below_outer) != NULL)
            return known;
    }
    if (!may_create)
        return NULL;
    ec = new_class(root, sort->families, sort->collation);
    ec->has_volatile = expr_has_volatile(expr);
    ec->sort_ref = sort->sort_ref;
    relids = expr_rels(expr);
    em = add_member(ec, expr, relids, bitset_intersect(relids, sort->nullable), sort->type);
    /* It may look constant because aggregates hide the Vars in it. */
    if (ec->has_volatile || expr_has_sets(expr) || expr_has_aggs(expr, 0) ||
        expr_has_windows(expr)) {
        ec->has_const = false;
        em->is_const = false;
    }
    if (root->classes_done) {
        for (int i = -1; (i = bitset_next(relids, i)) >= 0;)
            plan_rel(root, i)->has_class_joins |= list_count(ec->members) > 1;
    }
    return ec;
}

EquivMember *equiv_member_of(const EquivClass *ec, const BitSet *relids)
{
    list_foreach(EquivMember *, em, ec->members) {
        if (!em->is_const && bitset_is_subset(em->relids, relids))
            return em;
    }
    return NULL;
}

/* The = of the class for these types; 0: none. */
static Oid equality_for(const EquivClass *ec, Oid left, Oid right)
{
    for (int i = 0; i < list_count(ec->families); i++) {
        Oid op = facts_family_operator(list_oid_at(ec->families, i), left, right, STRATEGY_EQUAL);

        if (op != 0)
            return op;
    }
    return 0;
}

static Node *equality(const EquivClass *ec, Oid op, const EquivMember *left,
                      const EquivMember *right)
{
    return expr_op(op, TYPE_BOOL, 0, ec->collation, node_copy(left->expr), node_copy(right->expr));
}

/* ---- Conditions of single relations ---- */

void equiv_finish_base(Planner *root)
{
    root->classes_done = true;
    for (int i = 0; i < list_count(root->classes); i++) {
        EquivClass *ec = list_at(root->classes, i);

        if (list_count(ec->members) <= 1)
            continue;
        if (ec->has_const)
            finish_with_const(root, ec);
        else
            finish_without_const(root, ec);
        if (ec->is_broken) {
            list_foreach(Clause *, clause, ec->sources) {
                if (bitset_only(clause->required) >= 0 || ec->has_const)
                    clause_distribute(root, clause);
            }
        }
        if (!ec->has_const) {
            for (int rel = -1; (rel = bitset_next(ec->relids, rel)) >= 0;)
                plan_rel(root, rel)->has_class_joins = true;
        }
    }
}

/* A condition that follows, handed to the relations of the class or of its own expression. */
static void add_implied(Planner *root, EquivClass *ec, Oid op, EquivMember *left,
                        EquivMember *right, bool are_both_const)
{
    Node *expr = equality(ec, op, left, right);
    ClauseSpec spec = {.is_pushed_down = true,
                       .nullable = bitset_union(left->nullable, right->nullable)};
    Clause *clause;
    BitSet *relids;

    if (are_both_const) {
        expr = as_node(expr_fold(expr, NULL));
        if (!((Const *)(void *)expr)->is_null && datum_bool(((Const *)(void *)expr)->value))
            return;
    }
    relids = expr_rels(expr);
    if (relids == NULL) {
        relids = ec->relids;
        spec.is_pseudoconstant = true;
        root->has_pseudoconstants = true;
    }
    spec.required = relids;
    clause = clause_new(expr, &spec);
    if (bitset_only(relids) < 0)
        rel_add_needed(root, expr_vars(expr, 0), relids);
    clause_check_merge(clause);
    if (clause->merge_families != NULL) {
        clause->left_class = clause->right_class = ec;
        clause->left_member = left;
        clause->right_member = right;
    }
    clause_distribute(root, clause);
}

static bool is_foldable(const EquivMember *em)
{
    return node_is(em->expr, Const);
}

static void finish_with_const(Planner *root, EquivClass *ec)
{
    EquivMember *constant = NULL;

    /* The plain case, x = 1: the clause that was written will do. */
    if (list_count(ec->members) == 2 && list_count(ec->sources) == 1) {
        Clause *clause = list_at(ec->sources, 0);

        if (bitset_count(clause->required) <= 1) {
            clause_distribute(root, clause);
            return;
        }
    }
    list_foreach(EquivMember *, em, ec->members) {
        if (!em->is_const)
            continue;
        constant = em;
        if (node_is(em->expr, Const))
            break;
    }
    list_foreach(EquivMember *, em, ec->members) {
        Oid op;

        if (em == constant)
            continue;
        op = equality_for(ec, em->type, constant->type);
        if (op == 0) {
            ec->is_broken = true;
            break;
        }
        add_implied(root, ec, op, em, constant,
                    em->is_const && is_foldable(em) && is_foldable(constant));
    }
}

static void finish_without_const(Planner *root, EquivClass *ec)
{
    EquivMember **previous = mem_new_array(EquivMember *, (size_t)root->rel_room);

    list_foreach(EquivMember *, em, ec->members) {
        int only = bitset_only(em->relids);

        if (only < 0)
            continue;
        if (previous[only] != NULL) {
            Oid op = equality_for(ec, previous[only]->type, em->type);

            if (op == 0) {
                ec->is_broken = true;
                break;
            }
            add_implied(root, ec, op, previous[only], em, false);
        }
        previous[only] = em;
    }
    /* Any of them may be compared at any of the joins. */
    list_foreach(EquivMember *, em, ec->members)
        rel_add_needed(root, expr_vars(em->expr, 0), ec->relids);
}

/* ---- Conditions of joins ---- */

static Clause *find_made(const List *clauses, const EquivMember *left, const EquivMember *right,
                         const EquivClass *parent)
{
    list_foreach(Clause *, clause, clauses) {
        if (clause->left_member == left && clause->right_member == right &&
            clause->parent_class == parent)
            return clause;
    }
    return NULL;
}

/* Made once, so that what is found out about it is found out once. */
static Clause *join_clause(EquivClass *ec, Oid op, EquivMember *left, EquivMember *right,
                           EquivClass *parent)
{
    Clause *clause = find_made(ec->sources, left, right, parent);

    if (clause == NULL)
        clause = find_made(ec->derived, left, right, parent);
    if (clause != NULL)
        return clause;
    clause = clause_new(equality(ec, op, left, right),
                        &(ClauseSpec){.is_pushed_down = true,
                                      .required = bitset_union(left->relids, right->relids),
                                      .nullable = bitset_union(left->nullable, right->nullable)});
    clause_check_merge(clause);
    clause_check_hash(clause);
    clause->left_class = clause->right_class = ec;
    clause->left_member = left;
    clause->right_member = right;
    clause->parent_class = parent;
    ec->derived = list_add(ec->derived, clause);
    return clause;
}

static bool is_plain(const EquivMember *em)
{
    return node_is(em->expr, Var) ||
           (node_is(em->expr, RelabelType) && node_is(((RelabelType *)(void *)em->expr)->arg, Var));
}

/* The pair of an outer and an inner member that is the easiest to compare. */
static Clause *best_pair(EquivClass *ec, const List *outer, const List *inner)
{
    EquivMember *best_outer = NULL, *best_inner = NULL;
    int best = -1;
    Oid best_op = 0;

    list_foreach(EquivMember *, o, outer) {
        list_foreach(EquivMember *, i, inner) {
            Oid op = equality_for(ec, o->type, i->type);
            int score;

            if (op == 0)
                continue;
            score = is_plain(o) + is_plain(i) +
                    (!setting.enable_hashjoin || facts_can_hash(op, node_expr_type(o->expr)));
            if (score > best) {
                best = score;
                best_op = op;
                best_outer = o;
                best_inner = i;
            }
        }
    }
    if (best < 0) {
        ec->is_broken = true;
        return NULL;
    }
    return join_clause(ec, best_op, best_outer, best_inner, ec);
}

/* Members that can be computed only with both sides: each equal to the next one. */
static List *chain_new(EquivClass *ec, List *fresh, const List *old, List *result)
{
    EquivMember *previous = NULL;

    if (old != NULL)
        fresh = list_add(fresh, list_at(old, 0));
    list_foreach(EquivMember *, em, fresh) {
        if (previous != NULL) {
            Oid op = equality_for(ec, previous->type, em->type);

            if (op == 0) {
                ec->is_broken = true;
                return result;
            }
            result = list_add(result, join_clause(ec, op, previous, em, NULL));
        }
        previous = em;
    }
    return result;
}

static List *class_join_clauses(EquivClass *ec, const BitSet *join_rels, const BitSet *outer,
                                const BitSet *inner)
{
    List *outers = NULL, *inners = NULL, *fresh = NULL, *result = NULL;
    Clause *clause;

    list_foreach(EquivMember *, em, ec->members) {
        if (em->is_child || !bitset_is_subset(em->relids, join_rels))
            continue;
        if (bitset_is_subset(em->relids, outer))
            outers = list_add(outers, em);
        else if (bitset_is_subset(em->relids, inner))
            inners = list_add(inners, em);
        else
            fresh = list_add(fresh, em);
    }
    if (outers != NULL && inners != NULL && (clause = best_pair(ec, outers, inners)) != NULL)
        result = list_of(clause);
    if (fresh != NULL && !ec->is_broken)
        result = chain_new(ec, fresh, list_concat(list_copy(outers), inners), result);
    return result;
}

/* The clauses as they were written, where the class has no operator for some pair. */
static List *broken_join_clauses(const EquivClass *ec, const BitSet *join_rels, const BitSet *outer,
                                 const BitSet *inner)
{
    List *result = NULL;

    list_foreach(Clause *, clause, ec->sources) {
        if (bitset_is_subset(clause->required, join_rels) &&
            !bitset_is_subset(clause->required, outer) &&
            !bitset_is_subset(clause->required, inner))
            result = list_add(result, clause);
    }
    return result;
}

List *equiv_join_clauses(Planner *root, const BitSet *join_rels, const BitSet *outer,
                         const PlanRel *inner)
{
    List *result = NULL;

    list_foreach(EquivClass *, ec, root->classes) {
        List *clauses = NULL;

        if (ec->has_const || list_count(ec->members) <= 1 || !bitset_overlaps(ec->relids, outer) ||
            !bitset_overlaps(ec->relids, inner->relids))
            continue;
        if (!ec->is_broken)
            clauses = class_join_clauses(ec, join_rels, outer, inner->relids);
        if (ec->is_broken)
            clauses = broken_join_clauses(ec, join_rels, outer, inner->relids);
        result = list_concat(result, clauses);
    }
    return result;
}

List *equiv_column_clauses(Planner *root, PlanRel *rel, EquivMatch match, void *arg,
                           const BitSet *prohibited)
{
    List *result = NULL;

    list_foreach(EquivClass *, ec, root->classes) {
        EquivMember *found = NULL;

        if (ec->has_const || list_count(ec->members) <= 1 ||
            !bitset_overlaps(ec->relids, rel->relids))
            continue;
        list_foreach(EquivMember *, em, ec->members) {
            if (bitset_equal(em->relids, rel->relids) && match(root, rel, ec, em, arg)) {
                found = em;
                break;
            }
        }
        if (found == NULL)
            continue;
        list_foreach(EquivMember *, other, ec->members) {
            Oid op;

            if (other->is_child || other == found || bitset_overlaps(other->relids, rel->relids) ||
                bitset_overlaps(other->relids, prohibited))
                continue;
            op = equality_for(ec, found->type, other->type);
            if (op != 0)
                result = list_add(result, join_clause(ec, op, found, other, ec));
        }
        /* More classes would say the same of the column. */
        if (result != NULL)
            break;
    }
    return result;
}

/* ---- Questions ---- */

bool equiv_has_join(Planner *root, const PlanRel *a, const PlanRel *b)
{
    list_foreach(EquivClass *, ec, root->classes) {
        if (list_count(ec->members) > 1 && bitset_overlaps(ec->relids, a->relids) &&
            bitset_overlaps(ec->relids, b->relids) && !ec->has_const)
            return true;
    }
    return false;
}

bool equiv_has_joins(Planner *root, const PlanRel *rel)
{
    list_foreach(EquivClass *, ec, root->classes) {
        if (list_count(ec->members) > 1 && bitset_overlaps(ec->relids, rel->relids) &&
            !bitset_is_subset(ec->relids, rel->relids))
            return true;
    }
    return false;
}

bool equiv_are_equal(Planner *root, const Node *a, const Node *b)
{
    list_foreach(EquivClass *, ec, root->classes) {
        bool has_a = false, has_b = false;

        if (ec->has_volatile)
            continue;
        list_foreach(EquivMember *, em, ec->members) {
            if (em->is_child)
                continue;
            has_a = has_a || node_equal(em->expr, a);
            has_b = has_b || node_equal(em->expr, b);
        }
        if (has_a && has_b)
            return true;
    }
    return false;
}

void equiv_set_sides(Planner *root, Clause *clause)
{
    const OpExpr *op = (const void *)clause->expr;
    EquivSort sort = {.nullable = clause->nullable,
                      .families = clause->merge_families,
                      .collation = op->input_collation};
    PgOperator row;

    facts_operator(op->operator, & row);
    sort.expr = expr_left(op);
    sort.type = row.oprleft;
    clause->left_class = equiv_for_sort(root, &sort, true);
    sort.expr = expr_right(op);
    sort.type = row.oprright;
    clause->right_class = equiv_for_sort(root, &sort, true);
}

/* Is the clause one of the index's, or made of the same class as one? */
bool equiv_is_redundant_with(const Clause *clause, const List *index_clauses)
{
    list_foreach(IndexClause *, used, index_clauses) {
        if (used->is_lossy)
            continue;
        if (used->clause == clause ||
            (clause->parent_class != NULL && used->clause->parent_class == clause->parent_class))
            return true;
    }
    return false;
}

/* ---- Outer joins ---- */

/* inner = constant follows from outer = inner and outer = constant: add it to the classes. */
static bool bind_inner(Planner *root, const Clause *clause, bool is_outer_left)
{
    const OpExpr *op = (const void *)clause->expr;
    Node *outer = is_outer_left ? expr_left(op) : expr_right(op);
    Node *inner = is_outer_left ? expr_right(op) : expr_left(op);
    const BitSet *inner_rels = is_outer_left ? clause->right : clause->left;
    PgOperator row;
    Oid outer_type, inner_type;
    bool found = false;

    facts_operator(op->operator, & row);
    outer_type = is_outer_left ? row.oprleft : row.oprright;
    inner_type = is_outer_left ? row.oprright : row.oprleft;
    for (int i = 0; i < list_count(root->classes); i++) {
        EquivClass *ec = list_at(root->classes, i);
        int count = list_count(ec->members);

        if (!ec->has_const || ec->has_volatile || ec->collation != op->input_collation ||
            !are_families_equal(ec->families, clause->merge_families) ||
            find_member(ec, with_type(outer, outer_type, op->input_collation), outer_type, false) ==
                NULL)
            continue;
        for (int j = 0; j < count; j++) {
            EquivMember *em = list_at(ec->members, j);
            Clause *fresh;
            Oid equal;

            if (!em->is_const)
                continue;
            equal = equality_for(ec, inner_type, em->type);
            if (equal == 0)
                continue;
            fresh = clause_new(
                expr_op(equal, TYPE_BOOL, 0, ec->collation, node_copy(inner), node_copy(em->expr)),
                &(ClauseSpec){.is_pushed_down = true,
                              .required = inner_rels,
                              .nullable = bitset_intersect(inner_rels, clause->nullable)});
            clause_check_merge(fresh);
            found |= fresh->merge_families != NULL && equiv_take(root, &fresh, true);
        }
        if (found)
            return true;
    }
    return false;
}

static List *reconsider(Planner *root, List *clauses, bool is_outer_left, bool *found)
{
    List *rest = NULL;

    list_foreach(Clause *, clause, clauses) {
        if (!bind_inner(root, clause, is_outer_left)) {
            rest = list_add(rest, clause);
            continue;
        }
        *found = true;
        /* Both sides are bound now: it tells nothing more about how many rows there are. */
        clause->selectivity = 2.0;
        clause->outer_selectivity = 1.0;
        clause_distribute(root, clause);
    }
    return rest;
}

static void distribute_all(Planner *root, const List *clauses)
{
    list_foreach(Clause *, clause, clauses)
        clause_distribute(root, clause);
}

void equiv_reconsider_outer(Planner *root)
{
    bool found;

    do {
        found = false;
        root->left_clauses = reconsider(root, root->left_clauses, true, &found);
        root->right_clauses = reconsider(root, root->right_clauses, false, &found);
    } while (found);
    distribute_all(root, root->left_clauses);
    distribute_all(root, root->right_clauses);
    distribute_all(root, root->full_clauses);
}
