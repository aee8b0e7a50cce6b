/*
 * ordered_set.c - ordered-set aggregates: percentiles and the mode of sorted values, the rank that
 * a row would have among others
 *
 * The functions here are final functions: what they are given first is an OrderedSet.
 */
#include "common/base/base.h"

#include "server/types/ordered_set.h"

#include <math.h>
#include <stdlib.h>

#include "server/catalog/catalog_oid.h"
#include "server/fmgr/datum_image.h"
#include "server/ipc/interrupt.h"
#include "server/types/array_int.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

/* ---- Rows ---- */

/* NULL: there are no rows, or not even a state. */
static const OrderedSet *set_arg(FmgrCall *call)
{
    const OrderedSet *set = fmgr_arg_is_null(call, 0) ? NULL : fmgr_pointer(call, 0);

    if (set == NULL || set->sort == NULL)
        return NULL;
    row_sort_rewind(set->sort);
    return set;
}

static const MinimalTuple *next_row(const OrderedSet *set)
{
    check_interrupts();
    return row_sort_next(set->sort, false);
}

/* The one value of a row, which stays as long as the row does. */
static Datum value_of(const OrderedSet *set, const MinimalTuple *row)
{
    HeapTuple view;
    Datum value;
    bool is_null;

    minimal_view(row, &view);
    heap_deform(&view, set->desc, &value, &is_null);
    return value;
}

static Datum copy_value(const OrderedSet *set, Datum value)
{
    const Column *column = &set->desc->columns[0];

    return datum_copy(value, column->by_value, column->len);
}

/* Rows are read forwards only, so places must not go back. */
typedef struct OrderedReader {
    const OrderedSet *set;
    uint64_t read;
    const MinimalTuple *row; /* the last one */
} OrderedReader;

/* The value of row n, from 1, or of the one that was read last when it is that. */
static Datum value_at(OrderedReader *r, uint64_t n)
{
    while (r->read < n) {
        r->row = next_row(r->set);
        if (r->row == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "an ordered set lacks rows");
        r->read++;
    }
    return value_of(r->set, r->row);
}

/* ---- Percentiles ---- */

static void check_percentile(double p)
{
    const char *shown = isnan(p) ? "NaN" : p > 0 ? "Infinity" : "-Infinity";

    if (p >= 0 && p <= 1)
        return;
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
              .message = err_fmt("percentile value %s is not between 0 and 1",
                                 isfinite(p) ? mem_printf("%g", p) : shown));
}

/* Between two values: low + (high - low) * part. */
typedef Datum (*Between)(Datum low, Datum high, double part);

static Datum between_floats(Datum low, Datum high, double part)
{
    return datum_of_f8(datum_f8(low) + part * (datum_f8(high) - datum_f8(low)));
}

static Datum between_intervals(Datum low, Datum high, double part)
{
    Datum span = fmgr_call_direct(interval_mi, 0, 2, (const Datum[]){high, low});

    span = fmgr_call_direct(interval_mul, 0, 2, (const Datum[]){span, datum_of_f8(part)});
    return fmgr_call_direct(interval_pl, 0, 2, (const Datum[]){span, low});
}

/* Where a percentile lies: at a row, or part of the way to the next. */
typedef struct Place {
    uint64_t row; /* from 1 */
    double part;
    size_t number; /* which percentile that is */
    bool is_null;
} Place;

/* between NULL: the first value that has the share of rows up to it. */
static Place place_of(double percentile, uint64_t count, Between between)
{
    double at;

    if (between == NULL) {
        at = ceil(percentile * (double)count);
        return (Place){.row = at < 1 ? 1 : (uint64_t)at};
    }
    at = percentile * (double)(count - 1);
    return (Place){.row = (uint64_t)floor(at) + 1, .part = at - floor(at)};
}

static Datum value_of_place(OrderedReader *r, const Place *place, Between between)
{
    Datum low = value_at(r, place->row);

    if (place->part <= 0)
        return copy_value(r->set, low);
    low = copy_value(r->set, low);
    return between(low, value_at(r, place->row + 1), place->part);
}

static Datum percentile(FmgrCall *call, Between between)
{
    OrderedReader r = {.read = 0};
    Place place;
    double p;

    if (fmgr_arg_is_null(call, 1))
        return fmgr_null(call);
    p = fmgr_f8(call, 1);
    check_percentile(p);
    r.set = set_arg(call);
    if (r.set == NULL)
        return fmgr_null(call);
    place = place_of(p, r.set->count, between);
    return value_of_place(&r, &place, between);
}

Datum percentile_disc_final(FmgrCall *call)
{
    return percentile(call, NULL);
}

Datum percentile_cont_float8_final(FmgrCall *call)
{
    return percentile(call, between_floats);
}

Datum percentile_cont_interval_final(FmgrCall *call)
{
    return percentile(call, between_intervals);
}

/* ---- Several percentiles at once ---- */

static int compare_places(const void *a, const void *b)
{
    const Place *p = a, *q = b;

    if (p->row != q->row)
        return p->row < q->row ? -1 : 1;
    return (p->part > q->part) - (p->part < q->part);
}

static Place *read_places(const ArrayView *percentiles, uint64_t count, Between between)
{
    Place *places = mem_new_array(Place, percentiles->count + 1);
    ElementType element = {.oid = 0};
    ArrayWalk walk;
    Datum value;
    bool is_null;

    element_type_find(&element, TYPE_FLOAT8, ELEMENT_NEEDS_TYPE, mem_current());
    array_walk_begin(&walk, percentiles, &element.form);
    for (size_t i = 0; array_walk_next(&walk, &value, &is_null); i++) {
        if (!is_null) {
            check_percentile(datum_f8(value));
            places[i] = place_of(datum_f8(value), count, between);
        }
        places[i].is_null = is_null;
        places[i].number = i;
    }
    qsort(places, percentiles->count, sizeof(Place), compare_places);
    return places;
}

static Datum percentiles(FmgrCall *call, Between between)
{
    OrderedReader r = {.set = set_arg(call)};
    ElementType element = {.oid = 0};
    ArrayView given;
    Datum *values, last = 0;
    bool *nulls;
    Place *places;

    if (r.set == NULL || fmgr_arg_is_null(call, 1))
        return fmgr_null(call);
    given = array_arg(call, 1);
    element_type_find(&element, r.set->desc->columns[0].type, ELEMENT_NEEDS_TYPE, mem_current());
    values = mem_new_array(Datum, given.count + 1);
    nulls = mem_new_array(bool, given.count + 1);
    places = read_places(&given, r.set->count, between);

    /* In their order, so that the rows are read once; equal ones follow each other. */
    for (size_t i = 0; i < given.count; i++) {
        const Place *p = &places[i];
        bool is_again = i > 0 && !places[i - 1].is_null && compare_places(p, p - 1) == 0;

        nulls[p->number] = p->is_null;
        if (p->is_null)
            continue;
        last = is_again ? last : value_of_place(&r, p, between);
        values[p->number] = last;
    }
    return array_result(&element, values, nulls, given.dimensions, given.sizes, given.lower);
}

Datum percentile_disc_multi_final(FmgrCall *call)
{
    return percentiles(call, NULL);
}

Datum percentile_cont_float8_multi_final(FmgrCall *call)
{
    return percentiles(call, between_floats);
}

Datum percentile_cont_interval_multi_final(FmgrCall *call)
{
    return percentiles(call, between_intervals);
}

/* ---- The mode: the value that most rows have, the first of several ---- */

static MinimalTuple *copy_row(const MinimalTuple *row)
{
    return mem_dup(row, row->len);
}

Datum mode_final(FmgrCall *call)
{
    const OrderedSet *set = set_arg(call);
    const MinimalTuple *row;
    MinimalTuple *run = NULL, *best = NULL;
    uint64_t count = 0, best_count = 0;

    if (set == NULL)
        return fmgr_null(call);
    while ((row = next_row(set)) != NULL) {
        if (run != NULL && row_sort_compare(set->sort, run, row) == 0) {
            count++;
        } else {
            if (run != best)
                mem_free(run);
            run = copy_row(row);
            count = 1;
        }
        if (count > best_count) {
            if (best != run)
                mem_free(best);
            best = run;
            best_count = count;
        }
    }
    return copy_value(set, value_of(set, best));
}

/* ---- A row that might have been among the others ---- */

typedef enum RowsCounted {
    ROWS_BEFORE,    /* it */
    ROWS_DISTINCT,  /* of those, equal ones once */
    ROWS_NOT_BEHIND /* those before it and its equals */
} RowsCounted;

static MinimalTuple *given_row(FmgrCall *call, const OrderedSet *set)
{
    unsigned columns = set->desc->count;
    Datum *values = mem_new_array(Datum, columns + 1);
    bool *nulls = mem_new_array(bool, columns + 1);

    if (call->nargs != (short)(1 + 2 * columns))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "wrong number of arguments in hypothetical-set function");
    for (unsigned i = 0; i < columns; i++) {
        values[i] = call->args[i + 1].value;
        nulls[i] = call->args[i + 1].is_null;
    }
    return minimal_form(set->desc, values, nulls);
}

static uint64_t count_rows(FmgrCall *call, const OrderedSet *set, RowsCounted what)
{
    MinimalTuple *given, *last = NULL;
    const MinimalTuple *row;
    uint64_t count = 0;

    if (set == NULL)
        return 0;
    given = given_row(call, set);
    while ((row = next_row(set)) != NULL &&
           row_sort_compare(set->sort, row, given) < (what == ROWS_NOT_BEHIND ? 1 : 0)) {
        if (what == ROWS_DISTINCT) {
            if (last != NULL && row_sort_compare(set->sort, last, row) == 0)
                continue;
            mem_free(last);
            last = copy_row(row);
        }
        count++;
    }
    return count;
}

Datum hypothetical_rank_final(FmgrCall *call)
{
    return datum_of_i64((int64_t)count_rows(call, set_arg(call), ROWS_BEFORE) + 1);
}

Datum hypothetical_dense_rank_final(FmgrCall *call)
{
    return datum_of_i64((int64_t)count_rows(call, set_arg(call), ROWS_DISTINCT) + 1);
}

Datum hypothetical_percent_rank_final(FmgrCall *call)
{
    const OrderedSet *set = set_arg(call);

    if (set == NULL)
        return datum_of_f8(0);
    return datum_of_f8((double)count_rows(call, set, ROWS_BEFORE) / (double)set->count);
}

Datum hypothetical_cume_dist_final(FmgrCall *call)
{
    const OrderedSet *set = set_arg(call);
    uint64_t count = set == NULL ? 0 : set->count;

    return datum_of_f8((double)(count_rows(call, set, ROWS_NOT_BEHIND) + 1) / (double)(count + 1));
}

/* ---- Transitions ---- */

/* What these do is done by whoever runs aggregates; nobody else has a use for them. */
Datum ordered_set_transition(FmgrCall *call)
{
    (void)call;
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = "ordered-set aggregate called in non-aggregate context");
}
