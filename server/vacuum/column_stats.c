/*
 * column_stats.c - what is told of one column: how many NULLs, how wide, how many different values,
 * which are common, bounds of equally many rows, and whether the rows lie in the values' order
 *
 * What is found must be PostgreSQL's to the last digit, as plans are to be. How many different
 * values a table has is estimated, of a sample, by n*d / (n - f1 + f1*n/N): d are different in n
 * rows of N, f1 came once (the estimator Duj1 of P. Haas and L. Stokes, 1998).
 *
 * A column is looked at in one of three ways: values with an order are sorted; for those that can
 * only be equal a list of the first different ones is kept; of all others only NULLs and widths
 * are told.
 */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/access/common/sort_support.h"
#include "server/fmgr/fmgr.h"
#include "server/fmgr/varlena.h"
#include "server/vacuum/analyze_int.h"

#define ROWS_PER_TARGET  300  /* the usual reckoning of how good a histogram is then */
#define WIDTH_MAX        1024 /* wider values are not compared: they are taken for unique */
#define SHARE_OF_ROWS    0.1  /* more different values than that grow with the table */
#define TRACKED_MIN      10
#define TRACKED_PER_MCV  2
#define SURE_DEVIATIONS  2 /* that a common value is above all others, */
#define SURE_ROWS        0.5 /* and half a row */

/* What was counted on the way. */
typedef struct Tally {
    unsigned nulls, not_nulls;
    unsigned too_wide;
    double width; /* of all that are not NULL */
} Tally;

/* A value, and which of the sample's values it was. */
typedef struct Item {
    Datum value;
    unsigned row;
} Item;

/* Values that were seen more than once, the most frequent first. */
typedef struct Common {
    unsigned first; /* its first item in the order; or of a list, unused */
    unsigned count;
    Datum value;
} Common;

typedef struct Sorted {
    ColumnStats *c;
    const ColumnValues *v;
    Tally tally;
    SortSupport order;
    Item *items;
    unsigned count;
    unsigned different, repeated; /* values, and those of them that came more than once */
    Common *common;
    unsigned common_count, common_max;
    double correlation_sum;
} Sorted;

static void compute_sorted(ColumnStats *c, const ColumnValues *v);
static void compute_listed(ColumnStats *c, const ColumnValues *v);
static void compute_widths(ColumnStats *c, const ColumnValues *v);

unsigned column_stats_wanted_rows(unsigned target)
{
    return ROWS_PER_TARGET * target;
}

void column_stats_compute(ColumnStats *c, const ColumnValues *v)
{
    c->slot_count = 0;
    c->is_known = false;
    if (v->count == 0)
        return;
    if (c->order.less != 0 && c->order.equal != 0 && c->order.compare != 0)
        compute_sorted(c, v);
    else if (c->order.equal_function != 0)
        compute_listed(c, v);
    else
        compute_widths(c, v);
}

/* ---- Values ---- */

/* Counted; false: NULL, or too wide to be looked at. Else *value is plain. */
static bool take_value(const ColumnStats *c, const ColumnValues *v, unsigned row, Tally *t,
                       Datum *value)
{
    const uint8_t *bytes;

    if (v->nulls[row]) {
        t->nulls++;
        return false;
    }
    t->not_nulls++;
    *value = v->values[row];
    if (c->type.len == -2) {
        t->width += (double)strlen(datum_pointer(*value)) + 1;
        return true;
    }
    if (c->type.len != -1)
        return true;
    bytes = datum_varlena(*value);
    t->width += (double)varlena_size(bytes);
    if (varlena_raw_size(bytes) > WIDTH_MAX) {
        t->too_wide++;
        return false;
    }
    *value = datum_of_pointer(varlena_plain(bytes));
    return true;
}

static void set_basics(ColumnStats *c, const ColumnValues *v, const Tally *t)
{
    bool is_variable = c->type.len < 0;

    c->is_known = true;
    c->null_share = (float)((double)t->nulls / v->count);
    if (t->not_nulls == 0)
        c->width = is_variable ? 0 : c->type.len;
    else
        c->width = is_variable ? (int32_t)(t->width / t->not_nulls) : c->type.len;
    c->distinct = 0;
}

static void set_unique(ColumnStats *c)
{
    c->distinct = (float)(-1.0 * (1.0 - c->null_share));
}

/* once: values that came once; different: all of them. */
static void estimate_distinct(ColumnStats *c, const ColumnValues *v, const Tally *t, double once,
                              double different)
{
    double sampled = v->count - t->nulls, all = v->total_rows * (1.0 - c->null_share);
    double found = 0;

    if (all > 0)
        found = sampled * different / (sampled - once + once * sampled / all);
    if (found < different)
        found = different;
    if (found > all)
        found = all;
    c->distinct = (float)floor(found + 0.5);
}

static void make_relative(ColumnStats *c, const ColumnValues *v)
{
    if (c->distinct > SHARE_OF_ROWS * v->total_rows)
        c->distinct = (float)-(c->distinct / v->total_rows);
}

/*
 * How many of the common values are surely more common than the rest, of which it is taken that all
 * are equally so.
 */
static unsigned count_surely_common(const ColumnStats *c, const ColumnValues *v,
                                    const Common *common, unsigned count)
{
    double all = v->total_rows, sampled = v->count, different = c->distinct, above = 0;

    if (sampled == all || all <= 1)
        return count;
    if (different < 0)
        different = -different * all;
    for (unsigned i = 0; i + 1 < count; i++)
        above += common[i].count;
    for (; count > 0; count--) {
        double found = common[count - 1].count, rest = 1.0 - above / sampled - c->null_share;
        double others = different - (count - 1), in_table, variance;

        rest = rest < 0 ? 0 : rest > 1 ? 1 : rest;
        if (others > 1)
            rest /= others;
        /* So many of the table's rows, drawn without being put back, vary so much in a sample. */
        in_table = all * found / sampled;
        variance = sampled * in_table * (all - in_table) * (all - sampled);
        variance /= all * all * (all - 1);
        if (found > rest * sampled + SURE_DEVIATIONS * sqrt(variance) + SURE_ROWS)
            break;
        if (count >= 2)
            above -= common[count - 2].count;
    }
    return count;
}

/* ---- Slots ---- */

static StatsSlot *add_slot(ColumnStats *c, ColumnStatsKind kind, Oid operator)
{
    StatsSlot *slot = &c->slots[c->slot_count++];

    *slot = (StatsSlot){.kind = kind, .operator= operator, .collation = c->collation };
    return slot;
}

static void add_common(ColumnStats *c, const ColumnValues *v, const Common *common, unsigned count)
{
    StatsSlot *slot;

    if (count == 0)
        return;
    slot = add_slot(c, STATS_COMMON, c->order.equal);
    slot->values = mem_new_array(Datum, count);
    slot->numbers = mem_new_array(float, count);
    slot->value_count = slot->number_count = count;
    for (unsigned i = 0; i < count; i++) {
        slot->values[i] = common[i].value;
        slot->numbers[i] = (float)((double)common[i].count / (double)v->count);
    }
}

/* ---- Values with an order ---- */

static int compare_items(const void *a, const void *b, void *order)
{
    const Item *x = a, *y = b;
    int result = sort_apply(x->value, false, y->value, false, order);

    /* In the order of the rows: that is what a sample without an order of its own would have. */
    return result != 0 ? result : x->row < y->row ? -1 : 1;
}

static void collect_sorted(Sorted *s)
{
    s->items = mem_new_array(Item, s->v->count);
    for (unsigned row = 0; row < s->v->count; row++) {
        Datum value;

        vacuum_delay_point();
        if (!take_value(s->c, s->v, row, &s->tally, &value))
            continue;
        s->items[s->count] = (Item){.value = value, .row = s->count};
        s->count++;
    }
    sort_support_init(&s->order, s->c->order.compare, s->c->collation);
    qsort_r(s->items, s->count, sizeof(Item), compare_items, &s->order);
}

/* A value that came more than once, into the list of the most common ones. */
static void note_common(Sorted *s, unsigned first, unsigned count)
{
    unsigned at;

    if (s->common_count == s->common_max &&
        (s->common_max == 0 || count <= s->common[s->common_count - 1].count))
        return;
    if (s->common_count < s->common_max)
        s->common_count++;
    for (at = s->common_count - 1; at > 0 && count > s->common[at - 1].count; at--)
        s->common[at] = s->common[at - 1];
    s->common[at] = (Common){.first = first, .count = count, .value = s->items[first].value};
}

static void count_values(Sorted *s)
{
    unsigned first = 0;

    for (unsigned i = 0; i < s->count; i++) {
        s->correlation_sum += (double)i * (double)s->items[i].row;
        if (i + 1 < s->count && sort_apply(s->items[i].value, false, s->items[i + 1].value, false,
                                           &s->order) == 0)
            continue;
        s->different++;
        if (i > first) {
            s->repeated++;
            note_common(s, first, i + 1 - first);
        }
        first = i + 1;
    }
}

static void set_distinct(Sorted *s)
{
    ColumnStats *c = s->c;
    double once;

    if (s->repeated == 0) {
        set_unique(c);
        return;
    }
    if (s->tally.too_wide == 0 && s->repeated == s->different) {
        /* Each came more than once: there are no others. */
        c->distinct = (float)s->different;
    } else {
        once = s->different - s->repeated + s->tally.too_wide;
        estimate_distinct(c, s->v, &s->tally, once, once + s->repeated);
    }
    make_relative(c, s->v);
}

static int compare_first(const void *a, const void *b)
{
    const Common *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* Leave out the values that are told to be common. Returns how many are left. */
static unsigned drop_common(Sorted *s, unsigned common_count)
{
    unsigned kept = 0, next = 0;

    qsort(s->common, common_count, sizeof(Common), compare_first);
    for (unsigned i = 0; i < s->count;) {
        if (next < common_count && i == s->common[next].first) {
            i += s->common[next++].count;
            continue;
        }
        s->items[kept++] = s->items[i++];
    }
    return kept;
}

/* Bounds that part the other values into bins of equally many. */
static void add_histogram(Sorted *s, unsigned common_count)
{
    unsigned different = s->different - common_count, bounds, count;
    uint64_t position = 0, rest = 0;
    StatsSlot *slot;

    bounds = different > s->c->target ? s->c->target + 1 : different;
    if (bounds < 2)
        return;
    count = common_count > 0 ? drop_common(s, common_count) : s->count;
    slot = add_slot(s->c, STATS_HISTOGRAM, s->c->order.less);
    slot->values = mem_new_array(Datum, bounds);
    slot->value_count = bounds;
    for (unsigned i = 0; i < bounds; i++) {
        slot->values[i] = s->items[position].value;
        position += (count - 1) / (bounds - 1);
        rest += (count - 1) % (bounds - 1);
        if (rest >= bounds - 1) {
            position++;
            rest -= bounds - 1;
        }
    }
}

/* Of a value's place in the order with its place in the table. */
static void add_correlation(Sorted *s)
{
    double n = s->count, sum = (n - 1) * n / 2.0;
    double squares = (n - 1) * n * (2 * n - 1) / 6.0;
    StatsSlot *slot;

    if (s->count < 2)
        return;
    slot = add_slot(s->c, STATS_CORRELATION, s->c->order.less);
    slot->numbers = mem_new(float);
    slot->number_count = 1;
    slot->numbers[0] = (float)((n * s->correlation_sum - sum * sum) / (n * squares - sum * sum));
}

static void compute_sorted(ColumnStats *c, const ColumnValues *v)
{
    Sorted s = {.c = c, .v = v, .common_max = c->target};
    unsigned common_count;

    collect_sorted(&s);
    set_basics(c, v, &s.tally);
    if (s.count == 0) {
        /* Too wide to be looked at: they will hardly be equal. */
        if (s.tally.not_nulls > 0)
            set_unique(c);
        return;
    }
    s.common = mem_new_array(Common, s.common_max);
    count_values(&s);
    set_distinct(&s);
    common_count = s.common_count;
    /* All that there is fits in: then nothing has to be more common than something else. */
    if (!(s.common_count == s.different && s.tally.too_wide == 0 && c->distinct > 0))
        common_count = count_surely_common(c, v, s.common, s.common_count);
    add_common(c, v, s.common, common_count);
    add_histogram(&s, common_count);
    add_correlation(&s);
}

/* ---- Values that can only be equal ---- */

/* Values that were seen, the more frequent first; among those that came once, the newest first. */
typedef struct List {
    Common *seen;
    unsigned count, max;
    FmgrSite site;
    FmgrCall *call;
} List;

static bool are_equal(List *l, Datum a, Datum b)
{
    l->call->args[0] = (NullableDatum){.value = a};
    l->call->args[1] = (NullableDatum){.value = b};
    return datum_bool(fmgr_invoke(l->call));
}

static void note_seen(List *l, Datum value)
{
    unsigned first_once = l->count, at;

    for (at = 0; at < l->count; at++) {
        if (are_equal(l, value, l->seen[at].value))
            break;
        if (at < first_once && l->seen[at].count == 1)
            first_once = at;
    }
    if (at < l->count) {
        l->seen[at].count++;
        for (; at > 0 && l->seen[at].count > l->seen[at - 1].count; at--) {
            Common other = l->seen[at - 1];

            l->seen[at - 1] = l->seen[at];
            l->seen[at] = other;
        }
        return;
    }
    if (l->count < l->max)
        l->count++;
    for (at = l->count - 1; at > first_once; at--)
        l->seen[at] = l->seen[at - 1];
    if (first_once < l->count)
        l->seen[first_once] = (Common){.count = 1, .value = value};
}

static void compute_listed(ColumnStats *c, const ColumnValues *v)
{
    List l = {.max = c->target * TRACKED_PER_MCV};
    unsigned repeated = 0, in_repeated = 0, common_count;
    Tally t = {.nulls = 0};

    l.max = l.max < TRACKED_MIN ? TRACKED_MIN : l.max;
    l.seen = mem_new_array(Common, l.max);
    fmgr_site_init(&l.site, c->order.equal_function, mem_current());
    l.call = mem_alloc(FMGR_CALL_SIZE(2));
    fmgr_call_init(l.call, &l.site, 2, c->collation);
    for (unsigned row = 0; row < v->count; row++) {
        Datum value;

        vacuum_delay_point();
        if (take_value(c, v, row, &t, &value))
            note_seen(&l, value);
    }
    set_basics(c, v, &t);
    if (t.not_nulls == 0)
        return;
    for (; repeated < l.count && l.seen[repeated].count > 1; repeated++)
        in_repeated += l.seen[repeated].count;
    if (repeated == 0) {
        set_unique(c);
    } else if (l.count < l.max && t.too_wide == 0 && repeated == l.count) {
        c->distinct = (float)l.count;
    } else {
        double once = t.not_nulls - in_repeated;

        estimate_distinct(c, v, &t, once, once + repeated);
    }
    make_relative(c, v);
    common_count = l.count < c->target ? l.count : c->target;
    if (!(l.count < l.max && t.too_wide == 0 && c->distinct > 0 && l.count <= c->target))
        common_count = count_surely_common(c, v, l.seen, common_count);
    add_common(c, v, l.seen, common_count);
}

/* ---- Anything ---- */

static void compute_widths(ColumnStats *c, const ColumnValues *v)
{
    Tally t = {.nulls = 0};

    for (unsigned row = 0; row < v->count; row++) {
        if (v->nulls[row]) {
            t.nulls++;
            continue;
        }
        t.not_nulls++;
        if (c->type.len == -1)
            t.width += (double)varlena_size(datum_varlena(v->values[row]));
        else if (c->type.len == -2)
            t.width += (double)strlen(datum_pointer(v->values[row])) + 1;
    }
    set_basics(c, v, &t);
}
