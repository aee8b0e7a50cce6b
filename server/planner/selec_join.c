/* selec_join.c - column = column of another relation: common values met, the rest spread. */
#include "common/base/base.h"

#include "server/planner/selec.h"

#include "common/mem/mem.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/rel.h"

typedef struct JoinSide {
    VarStats stats;
    double distinct;
    bool is_default;
    StatsSlot common;
    bool has_common;
} JoinSide;

typedef struct JoinSides {
    JoinSide left, right;
    bool is_reversed; /* the first is of the join's right side */
} JoinSides;

static void open_side(const SelecCall *call, int i, JoinSide *side)
{
    stats_open(call->scope->root, list_at(call->args, i), 0, &side->stats);
    side->distinct = stats_distinct(&side->stats, &side->is_default);
    side->has_common = stats_slot(&side->stats, STATS_MCV, 0, true, &side->common);
}

static void open_sides(const SelecCall *call, JoinSides *sides)
{
    const OuterJoin *join = call->scope->join;

    *sides = (JoinSides){0};
    open_side(call, 0, &sides->left);
    open_side(call, 1, &sides->right);
    sides->is_reversed =
        join != NULL && ((sides->left.stats.rel != NULL &&
                          bitset_is_subset(sides->left.stats.rel->relids, join->right)) ||
                         (sides->right.stats.rel != NULL &&
                          bitset_is_subset(sides->right.stats.rel->relids, join->left)));
}

static void close_sides(JoinSides *sides)
{
    stats_close(&sides->left.stats);
    stats_close(&sides->right.stats);
}

/* Which of the common values meet, each at most one of the other side. */
typedef struct Matches {
    bool *left, *right;
    int count;
    double product;
} Matches;

static void match_common(const SelecCall *call, Oid op, const JoinSide *left, const JoinSide *right,
                         int right_count, Matches *m)
{
    StatsCall equal;

    m->left = mem_new_array(bool, (size_t)left->common.value_count + 1);
    m->right = mem_new_array(bool, (size_t)right->common.value_count + 1);
    m->count = 0;
    m->product = 0;
    stats_call_init(&equal, facts_operator_function(op), call->collation);
    for (int i = 0; i < left->common.value_count; i++) {
        for (int j = 0; j < right_count; j++) {
            if (m->right[j] || !stats_call(&equal, left->common.values[i], right->common.values[j]))
                continue;
            m->left[i] = m->right[j] = true;
            m->product += left->common.numbers[i] * right->common.numbers[j];
            m->count++;
            break;
        }
    }
    m->product = selec_clamp(m->product);
}

/* Fractions of the side: common values that met, that did not, and all others. */
static void split(const JoinSide *side, const bool *is_matched, double *met, double *unmet,
                  double *other)
{
    *met = *unmet = 0;
    for (int i = 0; i < side->common.value_count; i++)
        *(is_matched[i] ? met : unmet) += side->common.numbers[i];
    *met = selec_clamp(*met);
    *unmet = selec_clamp(*unmet);
    *other = selec_clamp(1.0 - stats_null_fraction(&side->stats) - *met - *unmet);
}

/* As seen from one side: what of it meets the other one's values. */
static double total_of(const Matches *m, double unmet, double other, double unmet_there,
                       double other_there, double distinct_there, int common_there)
{
    double s = m->product;

    if (distinct_there > common_there)
        s += unmet * other_there / (distinct_there - common_there);
    if (distinct_there > m->count)
        s += other * (other_there + unmet_there) / (distinct_there - m->count);
    return s;
}

static double inner_join(const SelecCall *call, const JoinSides *sides)
{
    const JoinSide *l = &sides->left, *r = &sides->right;
    double met, l_unmet, l_other, r_unmet, r_other, from_left, from_right, s;
    Matches m;

    if (l->has_common && r->has_common) {
        match_common(call, call->op, l, r, r->common.value_count, &m);
        split(l, m.left, &met, &l_unmet, &l_other);
        split(r, m.right, &met, &r_unmet, &r_other);
        from_left =
            total_of(&m, l_unmet, l_other, r_unmet, r_other, r->distinct, r->common.value_count);
        from_right =
            total_of(&m, r_unmet, r_other, l_unmet, l_other, l->distinct, l->common.value_count);
        return min_double(from_left, from_right);
    }
    s = (1.0 - stats_null_fraction(&l->stats)) * (1.0 - stats_null_fraction(&r->stats));
    return s / (l->distinct > r->distinct ? l->distinct : r->distinct);
}

/* Which fraction of outer's rows has a match in inner. */
static double semi_join(const SelecCall *call, Oid op, const JoinSide *outer, const JoinSide *inner,
                        const PlanRel *inner_rel)
{
    double d_outer = outer->distinct, d_inner = inner->distinct, part, met = 0, unknown;
    bool is_default = inner->is_default;
    double of_null = stats_null_fraction(&outer->stats);
    Matches m;

    if (inner->stats.rel != NULL && d_inner >= inner->stats.rel->rows) {
        d_inner = inner->stats.rel->rows;
        is_default = false;
    }
    if (d_inner >= inner_rel->rows) {
        d_inner = inner_rel->rows;
        is_default = false;
    }
    if (outer->has_common && inner->has_common && op != 0) {
        double least = min_double(inner->common.value_count, d_inner);

        match_common(call, op, outer, inner, (int)least, &m);
        for (int i = 0; i < outer->common.value_count; i++)
            met += m.left[i] ? outer->common.numbers[i] : 0;
        met = selec_clamp(met);
        d_outer -= m.count;
        d_inner -= m.count;
    }
    if (outer->is_default || is_default)
        part = 0.5;
    else
        part = d_outer <= d_inner || d_inner < 0 ? 1.0 : d_inner / d_outer;
    unknown = selec_clamp(1.0 - met - of_null);
    return met + part * unknown;
}

double selec_equal_join(const SelecCall *call)
{
    const OuterJoin *join = call->scope->join;
    JoinSides sides;
    double s, of_semi;

    open_sides(call, &sides);
    s = inner_join(call, &sides);
    if (join != NULL && (join->kind == JOIN_SEMI || join->kind == JOIN_ANTI)) {
        const PlanRel *inner = rel_find_input(call->scope->root, join->min_right);

        of_semi = sides.is_reversed ? semi_join(call, facts_commutator(call->op), &sides.right,
                                                &sides.left, inner)
                                    : semi_join(call, call->op, &sides.left, &sides.right, inner);
        s = min_double(of_semi, inner->rows * s);
    }
    close_sides(&sides);
    return selec_clamp(s);
}

double selec_not_equal_join(const SelecCall *call)
{
    const OuterJoin *join = call->scope->join;
    SelecCall equal = *call;
    JoinSides sides;
    double s;

    if (join != NULL && (join->kind == JOIN_SEMI || join->kind == JOIN_ANTI)) {
        /* Nearly every row has some other value to be unequal to. */
        open_sides(call, &sides);
        s = 1.0 - stats_null_fraction(sides.is_reversed ? &sides.right.stats : &sides.left.stats);
        close_sides(&sides);
        return s;
    }
    equal.op = facts_negator(call->op);
    return 1.0 - (equal.op == 0 ? SELEC_DEFAULT_EQUAL : selec_equal_join(&equal));
}
