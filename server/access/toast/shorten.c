/*
 * shorten.c - which values of a row become shorter, and how
 *
 * Four rounds, each over the longest value that is left for it, until the row is short enough:
 *
 *     1  compress where the column's storage is "extended"; what alone is too long even then, or
 *        may not be compressed ("external"), goes out of line at once
 *     2  out of line, of both kinds
 *     3  compress "main"
 *     4  "main" out of line, but now a row may be as long as a page
 *
 * "plain" values stay. So do those that an update leaves alone and that are out of line already.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/toast/toast_int.h"

#define STORAGE_PLAIN    'p'
#define STORAGE_EXTERNAL 'e'
#define STORAGE_MAIN     'm'
#define STORAGE_EXTENDED 'x'

#define WORTH_IT         24 /* bytes: a pointer to a value takes no less */

/* Of infomask and infomask2: all but what follows from the values. */
#define KEPT_BITS  0xFFF0
#define KEPT_BITS2 0xF800

typedef enum ValueFlag {
    VALUE_STAYS = 1,          /* nothing is done with it */
    VALUE_INCOMPRESSIBLE = 2, /* or it was tried */
    VALUE_OLD_GOES = 4,       /* the old row's is out of line, and not used any more */
} ValueFlag;

typedef struct Shortening {
    const ToastPlan *plan;
    const TupleDesc *desc;
    Datum *values, *old_values;
    bool *nulls, *old_nulls;
    const uint8_t **origins; /* pointers that values were fetched by */
    size_t *sizes;
    uint8_t *flags;
    bool is_changed, has_nulls;
} Shortening;

/* Which values a round looks at. */
typedef enum Round { ROUND_COMPRESS, ROUND_MOVE, ROUND_COMPRESS_MAIN, ROUND_MOVE_MAIN } Round;

static void begin(Shortening *s, const ToastPlan *plan, const HeapTuple *row, const HeapTuple *old);
static void begin_value(Shortening *s, unsigned i);
static bool is_reused(const Shortening *s, unsigned i);
static void fetch_value(Shortening *s, unsigned i);
static size_t data_max(const Shortening *s, size_t target);
static void run_round(Shortening *s, Round round, size_t max);
static int find_longest(const Shortening *s, Round round);
static void compress(Shortening *s, unsigned i);
static void move_out(Shortening *s, unsigned i);
static HeapTuple *form_changed(const Shortening *s, const HeapTuple *row);
static void delete_old(const Shortening *s);

HeapTuple *toast_shorten(const ToastPlan *plan, HeapTuple *row, const HeapTuple *old)
{
    Shortening s;
    size_t max;

    begin(&s, plan, row, old);
    max = data_max(&s, plan->target != 0 ? plan->target : TOAST_ROW_TARGET);
    run_round(&s, ROUND_COMPRESS, max);
    if (plan->toast != NULL)
        run_round(&s, ROUND_MOVE, max);
    run_round(&s, ROUND_COMPRESS_MAIN, max);
    if (plan->toast != NULL)
        run_round(&s, ROUND_MOVE_MAIN, data_max(&s, HEAP_TUPLE_SIZE_MAX));
    if (s.is_changed)
        row = form_changed(&s, row);
    if (old != NULL)
        delete_old(&s);
    return row;
}

HeapTuple *toast_shorten_update(void *arg, HeapTuple *row, const HeapTuple *old)
{
    return toast_shorten(arg, row, old);
}

/* ---- Beginning ---- */

static void begin(Shortening *s, const ToastPlan *plan, const HeapTuple *row, const HeapTuple *old)
{
    unsigned count = plan->desc->count;

    *s = (Shortening){.plan = plan, .desc = plan->desc};
    s->values = mem_new_array(Datum, count);
    s->nulls = mem_new_array(bool, count);
    s->origins = mem_new_array(const uint8_t *, count);
    s->sizes = mem_new_array(size_t, count);
    s->flags = mem_new_array(uint8_t, count);
    heap_deform(row, plan->desc, s->values, s->nulls);
    if (old != NULL) {
        s->old_values = mem_new_array(Datum, count);
        s->old_nulls = mem_new_array(bool, count);
        heap_deform(old, plan->desc, s->old_values, s->old_nulls);
    }
    for (unsigned i = 0; i < count; i++)
        begin_value(s, i);
}

static void begin_value(Shortening *s, unsigned i)
{
    const Column *column = &s->desc->columns[i];

    if (column->len == -1 && s->old_values != NULL && !s->old_nulls[i] &&
        toast_is_on_disk(datum_varlena(s->old_values[i]))) {
        if (is_reused(s, i)) {
            s->flags[i] = VALUE_STAYS;
            return;
        }
        s->flags[i] = VALUE_OLD_GOES;
    }
    if (s->nulls[i]) {
        s->flags[i] |= VALUE_STAYS;
        s->has_nulls = true;
        return;
    }
    if (column->len != -1) {
        s->flags[i] |= VALUE_STAYS;
        return;
    }
    if (column->storage == STORAGE_PLAIN)
        s->flags[i] |= VALUE_STAYS;
    /* What is still out of line is another row's, or another table's. */
    if (varlena_is_external(datum_varlena(s->values[i])))
        fetch_value(s, i);
    s->sizes[i] = varlena_size(datum_varlena(s->values[i]));
}

static bool is_reused(const Shortening *s, unsigned i)
{
    const uint8_t *value = datum_varlena(s->values[i]);

    return !s->nulls[i] && toast_is_on_disk(value) &&
           memcmp(value, datum_varlena(s->old_values[i]), TOAST_POINTER_SIZE) == 0;
}

static void fetch_value(Shortening *s, unsigned i)
{
    const uint8_t *value = datum_varlena(s->values[i]);

    s->origins[i] = value;
    value = s->desc->columns[i].storage == STORAGE_PLAIN ? varlena_plain(value)
                                                         : varlena_fetched(value);
    s->values[i] = datum_of_pointer(value);
    s->is_changed = true;
}

/* Bytes of data in a row of that size. */
static size_t data_max(const Shortening *s, size_t target)
{
    size_t bitmap = s->has_nulls ? (s->desc->count + 7U) / 8 : 0;

    return target - size_align_up(HEAP_TUPLE_HEADER_SIZE + bitmap, 8);
}

/* ---- Rounds ---- */

static void run_round(Shortening *s, Round round, size_t max)
{
    while (heap_data_size(s->desc, s->values, s->nulls) > max) {
        int longest = find_longest(s, round);
        unsigned i = (unsigned)longest;

        if (longest < 0)
            return;
        if (round == ROUND_MOVE || round == ROUND_MOVE_MAIN) {
            move_out(s, i);
            continue;
        }
        if (s->desc->columns[i].storage == STORAGE_EXTERNAL)
            s->flags[i] |= VALUE_INCOMPRESSIBLE;
        else
            compress(s, i);
        /* No use to compress others, when this one is too long alone. */
        if (round == ROUND_COMPRESS && s->sizes[i] > max && s->plan->toast != NULL)
            move_out(s, i);
    }
}

static int find_longest(const Shortening *s, Round round)
{
    bool compresses = round == ROUND_COMPRESS || round == ROUND_COMPRESS_MAIN;
    bool is_main = round == ROUND_COMPRESS_MAIN || round == ROUND_MOVE_MAIN;
    unsigned skipped = VALUE_STAYS | (compresses ? (unsigned)VALUE_INCOMPRESSIBLE : 0);
    size_t longest_size = WORTH_IT;
    int longest = -1;

    for (unsigned i = 0; i < s->desc->count; i++) {
        char storage = s->desc->columns[i].storage;

        if ((s->flags[i] & skipped) != 0 || s->sizes[i] <= longest_size ||
            (storage == STORAGE_MAIN) != is_main)
            continue;
        if (compresses && varlena_is_compressed(datum_varlena(s->values[i])))
            continue;
        longest = (int)i;
        longest_size = s->sizes[i];
    }
    return longest;
}

static void compress(Shortening *s, unsigned i)
{
    char named = s->desc->columns[i].compression;
    ToastMethod method = named == 'l' ? TOAST_LZ4 : named == 'p' ? TOAST_PGLZ : s->plan->method;
    uint8_t *shorter = varlena_compress(datum_varlena(s->values[i]), method);

    if (shorter == NULL) {
        s->flags[i] |= VALUE_INCOMPRESSIBLE;
        return;
    }
    s->values[i] = datum_of_pointer(shorter);
    s->sizes[i] = varlena_size(shorter);
    s->is_changed = true;
}

static void move_out(Shortening *s, unsigned i)
{
    s->flags[i] |= VALUE_STAYS;
    s->values[i] =
        datum_of_pointer(toast_store(s->plan, datum_varlena(s->values[i]), s->origins[i]));
    s->is_changed = true;
}

/* ---- The end ---- */

/* With the header as it was, but for what follows from the values. */
static HeapTuple *form_changed(const Shortening *s, const HeapTuple *row)
{
    HeapTuple *out = heap_form(s->desc, s->values, s->nulls);
    HeapTupleHeader *h = (HeapTupleHeader *)out->bytes;
    const HeapTupleHeader *before = (const HeapTupleHeader *)row->bytes;

    h->xmin = before->xmin;
    h->xmax = before->xmax;
    h->cid = before->cid;
    h->ctid = before->ctid;
    h->infomask |= before->infomask & KEPT_BITS;
    h->infomask2 |= before->infomask2 & KEPT_BITS2;
    out->self = row->self;
    out->table = row->table;
    return out;
}

static void delete_old(const Shortening *s)
{
    for (unsigned i = 0; i < s->desc->count; i++) {
        ToastPointer pointer;

        if ((s->flags[i] & VALUE_OLD_GOES) == 0)
            continue;
        pointer = toast_read_pointer(datum_varlena(s->old_values[i]));
        toast_delete(s->plan->toast, &pointer, s->plan->command, false);
    }
}

void toast_delete_row(ToastRel *toast, const TupleDesc *desc, const HeapTuple *row, Cid command,
                      bool takes_back)
{
    Datum *values = mem_new_array(Datum, desc->count);
    bool *nulls = mem_new_array(bool, desc->count);

    heap_deform(row, desc, values, nulls);
    for (unsigned i = 0; i < desc->count; i++) {
        ToastPointer pointer;

        if (nulls[i] || desc->columns[i].len != -1 || !toast_is_on_disk(datum_varlena(values[i])))
            continue;
        pointer = toast_read_pointer(datum_varlena(values[i]));
        toast_delete(toast, &pointer, command, takes_back);
    }
    mem_free(values);
    mem_free(nulls);
}
