/*
 * selec_scalar.c - column = constant, column < constant: by common values and histograms
 *
 * What is most common is compared one by one; the rest is spread over the distinct values that are
 * left (=), or as the histogram says (<).
 */
#include "common/base/base.h"

#include <math.h>

#include "server/planner/selec.h"

#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/rel.h"
#include "server/planner/simplify.h"

#define COLUMN_SELF (-1)

bool selec_sides(const SelecCall *call, SelecSides *out)
{
    Planner *root = call->scope->root;
    const Node *left, *right;
    VarStats other;

    if (list_count(call->args) != 2)
        return false;
    left = list_at(call->args, 0);
    right = list_at(call->args, 1);
    stats_open(root, left, call->scope->only_rel, &out->stats);
    stats_open(root, right, call->scope->only_rel, &other);
    if (out->stats.rel != NULL && other.rel == NULL) {
        out->is_left = true;
        out->other = simplify_for_estimate(other.var, root->global->bound);
        stats_close(&other);
        return true;
    }
    if (out->stats.rel == NULL && other.rel != NULL) {
        out->is_left = false;
        out->other = simplify_for_estimate(out->stats.var, root->global->bound);
        stats_close(&out->stats);
        out->stats = other;
        return true;
    }
    stats_close(&out->stats);
    stats_close(&other);
    return false;
}

/* ---- Equality ---- */

double selec_equal_const(const VarStats *stats, Oid op, Oid collation, Datum value, bool is_null,
                         bool is_left, bool is_negated)
{
    double null_fraction = stats_null_fraction(stats), common = 0, s, distinct;
    bool is_default, is_match = false;
    StatsSlot slot = {0};
    StatsCall equal;
    int i = 0;

    if (is_null)
        return 0;
    if (stats->is_unique && stats->rel != NULL && stats->rel->tuples >= 1) {
        s = 1.0 / stats->rel->tuples;
    } else if (stats->row != NULL) {
        if (stats_slot(stats, STATS_MCV, 0, true, &slot)) {
            stats_call_init(&equal, facts_operator_function(op), collation);
            for (i = 0; i < slot.value_count && !is_match; i++)
                is_match = is_left ? stats_call(&equal, slot.values[i], value)
                                   : stats_call(&equal, value, slot.values[i]);
        }
        if (is_match) {
            s = slot.numbers[i - 1];
        } else {
            for (i = 0; i < slot.number_count; i++)
                common += slot.numbers[i];
            s = selec_clamp(1.0 - common - null_fraction);
            distinct = stats_distinct(stats, &is_default) - slot.number_count;
            if (distinct > 1)
                s /= distinct;
            /* Else it would be among the common ones. */
            if (slot.number_count > 0 && s > slot.numbers[slot.number_count - 1])
                s = slot.numbers[slot.number_count - 1];
        }
    } else {
        s = 1.0 / stats_distinct(stats, &is_default);
    }
    return selec_clamp(is_negated ? 1.0 - s - null_fraction : s);
}

double selec_equal_unknown(const VarStats *stats, bool is_negated)
{
    double null_fraction = stats_null_fraction(stats), s, distinct;
    bool is_default;
    StatsSlot slot;

    if (stats->is_unique && stats->rel != NULL && stats->rel->tuples >= 1) {
        s = 1.0 / stats->rel->tuples;
    } else if (stats->row != NULL) {
        s = 1.0 - null_fraction;
        distinct = stats_distinct(stats, &is_default);
        if (distinct > 1)
            s /= distinct;
        if (stats_slot(stats, STATS_MCV, 0, false, &slot) && slot.number_count > 0 &&
            s > slot.numbers[0])
            s = slot.numbers[0];
    } else {
        s = 1.0 / stats_distinct(stats, &is_default);
    }
    return selec_clamp(is_negated ? 1.0 - s - null_fraction : s);
}

static double equal(const SelecCall *call, bool is_negated)
{
    Oid op = is_negated ? facts_negator(call->op) : call->op;
    SelecSides sides;
    double s;

    if (op == 0 || !selec_sides(call, &sides))
        return is_negated ? 1.0 - SELEC_DEFAULT_EQUAL : SELEC_DEFAULT_EQUAL;
    if (node_is(sides.other, Const)) {
        const Const *other = (const Const *)(void *)sides.other;

        s = selec_equal_const(&sides.stats, op, call->collation, other->value, other->is_null,
                              sides.is_left, is_negated);
    } else {
        s = selec_equal_unknown(&sides.stats, is_negated);
    }
    stats_close(&sides.stats);
    return s;
}

double selec_equal(const SelecCall *call)
{
    return equal(call, false);
}

double selec_not_equal(const SelecCall *call)
{
    return equal(call, true);
}

/* ---- Inequality ---- */

double selec_mcv(const VarStats *stats, StatsCall *call, Datum value, bool is_left, double *sum)
{
    double s = 0;
    StatsSlot slot;

    *sum = 0;
    if (!stats_slot(stats, STATS_MCV, 0, true, &slot))
        return 0;
    for (int i = 0; i < slot.value_count; i++) {
        if (is_left ? stats_call(call, slot.values[i], value)
                    : stats_call(call, value, slot.values[i]))
            s += slot.numbers[i];
        *sum += slot.numbers[i];
    }
    return s;
}

/* Do both operators order by the same rule, whichever way? */
static bool are_orders_alike(Oid a, Oid b)
{
    Oid family_a, input;
    bool is_descending;

    if (a == b || facts_negator(a) == b)
        return true;
    return facts_ordering(a, &family_a, &input, &is_descending) &&
           facts_strategy(b, family_a, NULL, NULL) != 0;
}

/* The share of the distinct values that one of the histogram's has. */
static double share_of_value(const VarStats *stats)
{
    bool is_default;
    double distinct = stats_distinct(stats, &is_default);
    StatsSlot common;

    if (stats_slot(stats, STATS_MCV, 0, false, &common))
        distinct -= common.number_count;
    return distinct > 1 ? 1.0 / distinct : 0;
}

/* Where in the bin between two bounds the value lies, from 0 to 1. */
static double place_in_bin(const VarStats *stats, const SelecRange *range, const StatsSlot *slot,
                           int high)
{
    double scalars[3], place;

    if (!selec_to_scalar(range->value, range->value_type, range->collation, slot->values[high - 1],
                         slot->values[high], stats->type, scalars))
        return 0.5;
    if (scalars[2] <= scalars[1])
        return 0.5;
    if (scalars[0] <= scalars[1])
        return 0;
    if (scalars[0] >= scalars[2])
        return 1;
    place = (scalars[0] - scalars[1]) / (scalars[2] - scalars[1]);
    return isnan(place) || place < 0 || place > 1 ? 0.5 : place;
}

static double histogram_part(const VarStats *stats, const SelecRange *range, const StatsSlot *slot,
                             int high)
{
    double part, share = 0, place;

    if (high <= 0)
        return 0;
    if (high >= slot->value_count)
        return 1;
    if (high == 1 || range->is_greater == range->is_equal)
        share = share_of_value(stats);
    place = place_in_bin(stats, range, slot, high);
    part = ((double)(high - 1) + place) / (double)(slot->value_count - 1);
    /* The lowest bound is in the first bin; equal values count by the operator. */
    if (high == 1)
        part += share * (1.0 - place);
    if (range->is_greater == range->is_equal)
        part -= share;
    return part;
}

/* The histogram cannot tell what is less than a hundredth of a bin. */
static double within_resolution(double s, const StatsSlot *slot)
{
    double cut = 0.01 / (double)(slot->value_count - 1);

    return s < cut ? cut : s > 1.0 - cut ? 1.0 - cut : s;
}

/* In another order than that of the operator it is a sample: some of its values meet the test. */
static double part_of_sample(const SelecRange *range, const StatsSlot *slot)
{
    StatsCall test;
    int matches = 0;

    stats_call_init(&test, facts_operator_function(range->op), range->collation);
    for (int i = 0; i < slot->value_count; i++)
        matches += stats_call(&test, slot->values[i], range->value);
    return within_resolution((double)matches / slot->value_count, slot);
}

double selec_histogram_range(const VarStats *stats, const SelecRange *range)
{
    StatsSlot slot;
    StatsCall less;
    int low = 0, high;
    bool has_end = false;
    double s;

    if (!stats_slot(stats, STATS_HISTOGRAM, 0, true, &slot) || slot.value_count < 2)
        return -1;
    if (slot.collation != range->collation || !are_orders_alike(slot.op, range->op))
        return part_of_sample(range, &slot);
    stats_call_init(&less, facts_operator_function(range->op), range->collation);
    high = slot.value_count;
    if (slot.value_count == 2)
        has_end = rel_find_ends(range->root, stats, slot.op, slot.collation, &slot.values[0],
                                &slot.values[1]);
    while (low < high) {
        int probe = (low + high) / 2;

        /* At the ends the table may have gone on since it was analyzed. */
        if (probe == 0 && slot.value_count > 2)
            has_end =
                rel_find_ends(range->root, stats, slot.op, slot.collation, &slot.values[0], NULL);
        else if (probe == slot.value_count - 1 && slot.value_count > 2)
            has_end = rel_find_ends(range->root, stats, slot.op, slot.collation, NULL,
                                    &slot.values[probe]);
        if (stats_call(&less, slot.values[probe], range->value) != range->is_greater)
            low = probe + 1;
        else
            high = probe;
    }
    s = histogram_part(stats, range, &slot, low);
    if (range->is_greater)
        s = 1.0 - s;
    if (has_end)
        return selec_clamp(s);
    return within_resolution(s, &slot);
}

/* ctid < (block, place): rows lie in the order of it. */
static double range_of_place(const VarStats *stats, const SelecRange *range)
{
    const uint8_t *tid = datum_pointer(range->value);
    const PlanRel *rel = stats->rel;
    double block, density, s;
    unsigned place;

    if (rel->pages == 0)
        return 1.0;
    block = (double)((uint32_t)load_u16(tid) << 16 | load_u16(tid + 2));
    place = load_u16(tid + 4);
    density = rel->tuples / rel->pages;
    if (density > 0)
        block += min_double((double)place / density, 1.0);
    s = block / rel->pages;
    if (range->is_equal != range->is_greater && rel->tuples >= 1)
        s += 1.0 / rel->tuples;
    return selec_clamp(range->is_greater ? 1.0 - s : s);
}

double selec_range(const VarStats *stats, const SelecRange *range)
{
    double common, of_common, of_rest, s;
    StatsCall call;

    if (stats->row == NULL) {
        if (node_is(stats->var, Var) && stats->rel != NULL &&
            ((const Var *)(const void *)stats->var)->attno == COLUMN_SELF &&
            range->value_type == TYPE_TID)
            return range_of_place(stats, range);
        return SELEC_DEFAULT_RANGE;
    }
    stats_call_init(&call, facts_operator_function(range->op), range->collation);
    of_common = selec_mcv(stats, &call, range->value, true, &common);
    of_rest = selec_histogram_range(stats, range);
    s = 1.0 - stats_null_fraction(stats) - common;
    s *= of_rest >= 0 ? of_rest : 0.5;
    return selec_clamp(s + of_common);
}

static double inequality(const SelecCall *call, bool is_greater, bool is_equal)
{
    SelecSides sides;
    const Const *other;
    SelecRange range = {.root = call->scope->root,
                        .op = call->op,
                        .collation = call->collation,
                        .is_greater = is_greater,
                        .is_equal = is_equal};
    double s = SELEC_DEFAULT_RANGE;

    if (!selec_sides(call, &sides))
        return s;
    other = (const Const *)(void *)sides.other;
    if (!sides.is_left) {
        range.op = facts_commutator(call->op);
        range.is_greater = !is_greater;
    }
    if (node_is(other, Const) && other->is_null) {
        s = 0;
    } else if (node_is(other, Const) && range.op != 0) {
        range.value = other->value;
        range.value_type = other->type;
        s = selec_range(&sides.stats, &range);
    }
    stats_close(&sides.stats);
    return s;
}

double selec_less(const SelecCall *call)
{
    return inequality(call, false, false);
}

double selec_less_equal(const SelecCall *call)
{
    return inequality(call, false, true);
}

double selec_greater(const SelecCall *call)
{
    return inequality(call, true, false);
}

double selec_greater_equal(const SelecCall *call)
{
    return inequality(call, true, true);
}
