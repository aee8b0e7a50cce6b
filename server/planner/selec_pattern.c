/*
 * selec_pattern.c - LIKE: by common values, the histogram's values, and what a pattern looks like
 *
 * The operator itself is tried on what statistics have. Few values in a histogram say little; then
 * the fixed beginning of the pattern counts as a range, and each character behind it makes a match
 * less likely.
 */
#include "common/base/base.h"

#include <ctype.h>

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/selec.h"

#define PART_FIXED_CHAR   0.20
#define PART_ANY_CHAR     0.9
#define PART_ANY_TEXT     5.0
#define HISTOGRAM_MIN     10  /* values, to be looked at */
#define HISTOGRAM_ENOUGH  100 /* to be believed */
#define SELECTIVITY_LEAST 0.0001
#define FAMILY_TEXT       1994
#define FAMILY_BPCHAR     426

typedef struct Pattern {
    const char *bytes;
    size_t len;
    bool ignores_case;
    char *prefix;
    size_t prefix_len;
    bool is_exact;
    double rest;
} Pattern;

static double rest_selectivity(const char *at, size_t len)
{
    double s = 1;
    size_t i = 0;

    while (i < len && (at[i] == '%' || at[i] == '_'))
        i++;
    for (; i < len; i++) {
        if (at[i] == '%') {
            s *= PART_ANY_TEXT;
            continue;
        }
        if (at[i] == '_') {
            s *= PART_ANY_CHAR;
            continue;
        }
        if (at[i] == '\\' && ++i >= len)
            break;
        s *= PART_FIXED_CHAR;
    }
    return s > 1 ? 1 : s;
}

static void find_prefix(Pattern *p)
{
    size_t i = 0;

    p->prefix = mem_alloc(p->len + 1);
    for (; i < p->len; i++) {
        if (p->bytes[i] == '%' || p->bytes[i] == '_')
            break;
        if (p->bytes[i] == '\\' && ++i >= p->len)
            break;
        if (p->ignores_case && (isalpha((unsigned char)p->bytes[i]) || p->bytes[i] < 0))
            break;
        p->prefix[p->prefix_len++] = p->bytes[i];
    }
    p->is_exact = i >= p->len;
    p->rest = i >= p->len ? 1 : rest_selectivity(p->bytes + i, p->len - i);
}

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

/* A text above all that begin with the prefix; false: there is none that is easily made. */
static bool make_greater(Pattern *p)
{
    while (p->prefix_len > 0) {
        unsigned char *last = (unsigned char *)&p->prefix[p->prefix_len - 1];

        if (*last < 0x7F) {
            (*last)++;
            return true;
        }
        p->prefix_len--;
    }
    return false;
}

static double prefix_range(const SelecCall *call, const VarStats *stats, Pattern *p, Oid family,
                           Oid type)
{
    SelecRange range = {.root = call->scope->root,
                        .collation = call->collation,
                        .value_type = TYPE_TEXT,
                        .is_greater = true,
                        .is_equal = true};
    Datum prefix = datum_of_pointer(varlena_new(p->prefix, p->prefix_len));
    double s, equal;

    range.op = facts_family_operator(family, type, type, 4);
    range.value = prefix;
    s = selec_histogram_range(stats, &range);
    if (s < 0)
        return SELEC_DEFAULT_MATCH;
    equal = selec_equal_const(stats, facts_family_operator(family, type, type, 3), call->collation,
                              prefix, false, true, false);
    if (make_greater(p)) {
        range.op = facts_family_operator(family, type, type, 1);
        range.is_greater = range.is_equal = false;
        range.value = datum_of_pointer(varlena_new(p->prefix, p->prefix_len));
        s = selec_histogram_range(stats, &range) + s - 1.0;
    }
    return max_double(s, equal);
}

static double match(const SelecCall *call, const VarStats *stats, Datum value, Pattern *p, Oid like)
{
    bool is_bpchar = stats->column_type == TYPE_BPCHAR;
    Oid family = is_bpchar ? FAMILY_BPCHAR : FAMILY_TEXT,
        type = is_bpchar ? TYPE_BPCHAR : TYPE_TEXT;
    double s, heuristic, common, weight;
    StatsCall test;
    int size;

    if (p->is_exact && !p->ignores_case)
        return selec_equal_const(
            stats, facts_family_operator(family, type, type, 3), call->collation,
            datum_of_pointer(varlena_new(p->prefix, p->prefix_len)), false, true, false);
    stats_call_init(&test, facts_operator_function(like), call->collation);
    s = histogram_matches(stats, &test, value, &size);
    if (size < HISTOGRAM_ENOUGH) {
        heuristic = p->rest;
        if (p->prefix_len > 0)
            heuristic *= prefix_range(call, stats, p, family, type);
        weight = (double)size / HISTOGRAM_ENOUGH;
        s = s < 0 ? heuristic : s * weight + heuristic * (1.0 - weight);
    }
    s = s < SELECTIVITY_LEAST ? SELECTIVITY_LEAST : min_double(s, 1.0 - SELECTIVITY_LEAST);
    heuristic = selec_mcv(stats, &test, value, true, &common);
    return s * (1.0 - stats_null_fraction(stats) - common) + heuristic;
}

static double pattern(const SelecCall *call, bool is_negated, bool ignores_case)
{
    double s = is_negated ? 1.0 - SELEC_DEFAULT_MATCH : SELEC_DEFAULT_MATCH;
    Oid like = is_negated ? facts_negator(call->op) : call->op;
    const Const *value;
    SelecSides sides;

    if (like == 0 || !selec_sides(call, &sides))
        return s;
    value = (const Const *)(void *)sides.other;
    if (node_is(value, Const) && value->is_null) {
        s = 0;
    } else if (node_is(value, Const) && sides.is_left && value->type == TYPE_TEXT &&
               (sides.stats.column_type == TYPE_TEXT || sides.stats.column_type == TYPE_VARCHAR ||
                sides.stats.column_type == TYPE_BPCHAR)) {
        const uint8_t *text = varlena_packed(datum_pointer(value->value));
        Pattern p = {.bytes = (const char *)varlena_bytes(text),
                     .len = varlena_len(text),
                     .ignores_case = ignores_case};

        find_prefix(&p);
        s = match(call, &sides.stats, value->value, &p, like);
        if (is_negated)
            s = 1.0 - s - stats_null_fraction(&sides.stats);
    }
    stats_close(&sides.stats);
    return selec_clamp(s);
}

double selec_like(const SelecCall *call)
{
    return pattern(call, false, false);
}

double selec_not_like(const SelecCall *call)
{
    return pattern(call, true, false);
}

double selec_ilike(const SelecCall *call)
{
    return pattern(call, false, true);
}

double selec_not_ilike(const SelecCall *call)
{
    return pattern(call, true, true);
}
