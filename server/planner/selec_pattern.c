/*
 * selec_pattern.c - LIKE and regular expressions: by common values, the histogram's values, and
 * what a pattern looks like
 *
 * The operator itself is tried on what statistics have. Few values in a histogram say little; then
 * the fixed beginning of the pattern counts as a range, and each character behind it makes a match
 * less likely.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/pattern.h"
#include "server/planner/selec.h"

#define HISTOGRAM_MIN          10  /* values, to be looked at */
#define HISTOGRAM_ENOUGH       100 /* to be believed */
#define SELECTIVITY_LEAST      0.0001
#define STRATEGY_LESS          1
#define STRATEGY_EQUAL         3
#define STRATEGY_GREATER_EQUAL 4
#define FAMILY_TEXT            1994
#define FAMILY_BYTEA           428
#define FAMILY_BPCHAR          426

/* The share of the histogram's inner values that match; -1: there are too few. */
static double histogram_matches(const VarStats *stats, StatsCall *call, Datum pattern, int *size)
{
    StatsSlot slot;
    int matches = 0;

    *size = 0;
    if (!stats_slot(stats, STATS_HISTOGRAM, 0, true, &slot) || slot.value_count < HISTOGRAM_MIN)
        return -1;
    *size = slot.value_count;
    for (int i = 1; i < slot.value_count - 1; i++)
        matches += stats_call(call, slot.values[i], pattern);
    return (double)matches / (slot.value_count - 2);
}

/* Operators that compare a column with a prefix. */
typedef struct PrefixOrder {
    Oid family, type, value_type;
} PrefixOrder;

static Oid operator_of(const PrefixOrder *o, int strategy)
{
    return facts_family_operator(o->family, o->type, o->value_type, strategy);
}

static double prefix_range(const SelecCall *call, const VarStats *stats, Pattern *p,
                           const PrefixOrder *order)
{
    SelecRange range = {.root = call->scope->root,
                        .collation = call->collation,
                        .value_type = order->value_type,
                        .is_greater = true,
                        .is_equal = true};
    Datum prefix = datum_of_pointer(varlena_new(p->prefix, p->prefix_len));
    double s, equal;

    range.op = operator_of(order, STRATEGY_GREATER_EQUAL);
    range.value = prefix;
    s = selec_histogram_range(stats, &range);
    if (s < 0)
        return SELEC_DEFAULT_MATCH;
    equal = selec_equal_const(stats, operator_of(order, STRATEGY_EQUAL), call->collation, prefix,
                              false, true, false);
    if (pattern_make_greater(p)) {
        range.op = operator_of(order, STRATEGY_LESS);
        range.is_greater = range.is_equal = false;
        range.value = datum_of_pointer(varlena_new(p->prefix, p->prefix_len));
        s = selec_histogram_range(stats, &range) + s - 1.0;
    }
    return max_double(s, equal);
}

static double match(const SelecCall *call, const VarStats *stats, Datum value, Pattern *p,
                    Oid function)
{
    const PrefixOrder order =
        stats->column_type == TYPE_BPCHAR  ? (PrefixOrder){FAMILY_BPCHAR, TYPE_BPCHAR, TYPE_BPCHAR}
        : stats->column_type == TYPE_BYTEA ? (PrefixOrder){FAMILY_BYTEA, TYPE_BYTEA, TYPE_BYTEA}
        : stats->column_type == TYPE_NAME  ? (PrefixOrder){FAMILY_TEXT, TYPE_NAME, TYPE_TEXT}
                                           : (PrefixOrder){FAMILY_TEXT, TYPE_TEXT, TYPE_TEXT};
    double s, heuristic, common, weight;
    StatsCall test;
    int size;

    if (p->is_exact)
        return selec_equal_const(stats, operator_of(&order, STRATEGY_EQUAL), call->collation,
                                 datum_of_pointer(varlena_new(p->prefix, p->prefix_len)), false,
                                 true, false);
    stats_call_init(&test, function, call->collation);
    s = histogram_matches(stats, &test, value, &size);
    if (size < HISTOGRAM_ENOUGH) {
        heuristic = p->rest;
        if (p->prefix_len > 0)
            heuristic *= prefix_range(call, stats, p, &order);
        weight = (double)size / HISTOGRAM_ENOUGH;
        s = s < 0 ? heuristic : s * weight + heuristic * (1.0 - weight);
    }
    s = s < SELECTIVITY_LEAST ? SELECTIVITY_LEAST : min_double(s, 1.0 - SELECTIVITY_LEAST);
    heuristic = selec_mcv(stats, &test, value, true, &common);
    return s * (1.0 - stats_null_fraction(stats) - common) + heuristic;
}

/* Can a column of that type be compared with the beginning of such a pattern? */
static bool is_known(Oid column, Oid pattern)
{
    if (pattern == TYPE_BYTEA)
        return column == TYPE_BYTEA;
    return pattern == TYPE_TEXT && (column == TYPE_TEXT || column == TYPE_NAME ||
                                    column == TYPE_VARCHAR || column == TYPE_BPCHAR);
}

/* function: what tells matches. */
static double matches(const SelecCall *call, PatternKind kind, Oid function, bool is_negated)
{
    double s = is_negated ? 1.0 - SELEC_DEFAULT_MATCH : SELEC_DEFAULT_MATCH;
    const Const *value;
    SelecSides sides;

    if (!selec_sides(call, &sides))
        return s;
    value = (const Const *)(void *)sides.other;
    if (node_is(value, Const) && value->is_null) {
        s = 0;
    } else if (node_is(value, Const) && sides.is_left &&
               is_known(sides.stats.column_type, value->type)) {
        Pattern p = pattern_read(kind, value);

        s = match(call, &sides.stats, value->value, &p, function);
        if (is_negated)
            s = 1.0 - s - stats_null_fraction(&sides.stats);
    }
    stats_close(&sides.stats);
    return selec_clamp(s);
}

static double pattern(const SelecCall *call, PatternKind kind, bool is_negated)
{
    Oid op = is_negated ? facts_negator(call->op) : call->op;

    if (op == 0)
        return is_negated ? 1.0 - SELEC_DEFAULT_MATCH : SELEC_DEFAULT_MATCH;
    return matches(call, kind, facts_operator_function(op), is_negated);
}

double selec_pattern_call(const SelecScope *scope, const FuncExpr *call)
{
    const SelecCall made = {.scope = scope, .collation = call->input_collation, .args = call->args};
    PatternKind kind;

    if (list_count(call->args) != 2 || !pattern_find_kind(call->function, &kind))
        return -1;
    return matches(&made, kind, call->function, false);
}

double selec_like(const SelecCall *call)
{
    return pattern(call, PATTERN_LIKE, false);
}

double selec_not_like(const SelecCall *call)
{
    return pattern(call, PATTERN_LIKE, true);
}

double selec_ilike(const SelecCall *call)
{
    return pattern(call, PATTERN_ILIKE, false);
}

double selec_not_ilike(const SelecCall *call)
{
    return pattern(call, PATTERN_ILIKE, true);
}

double selec_regex(const SelecCall *call)
{
    return pattern(call, PATTERN_REGEX, false);
}

double selec_not_regex(const SelecCall *call)
{
    return pattern(call, PATTERN_REGEX, true);
}

double selec_regex_icase(const SelecCall *call)
{
    return pattern(call, PATTERN_REGEX_ICASE, false);
}

double selec_not_regex_icase(const SelecCall *call)
{
    return pattern(call, PATTERN_REGEX_ICASE, true);
}

double selec_prefix(const SelecCall *call)
{
    return pattern(call, PATTERN_PREFIX, false);
}
