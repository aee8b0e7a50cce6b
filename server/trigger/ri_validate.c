/*
 * ri_validate.c - do all rows of a table refer to some that are there?
 *
 * Each key is looked for by the index. Keys of one column that is passed by value are remembered
 * when they were found, as many as work_mem has room for: most tables refer to few rows many times.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/relcache.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/trigger/trigger_int.h"

#define SLOTS_FIRST 1024 /* a power of two, as all numbers of them */

/* Values that were found. */
typedef struct Found {
    Datum *values;
    bool *is_used;
    size_t slot_count, count, slots_max;
} Found;

static void found_init(Found *f)
{
    size_t fit = (size_t)setting.work_mem * KIB(1) / (sizeof(Datum) + sizeof(bool));

    *f = (Found){.slot_count = SLOTS_FIRST, .slots_max = SLOTS_FIRST};
    while (f->slots_max * 2 <= fit)
        f->slots_max *= 2;
    f->values = mem_new_array(Datum, f->slot_count);
    f->is_used = mem_new_array(bool, f->slot_count);
}

static size_t place_of(const Found *f, Datum value)
{
    size_t place = (size_t)((uint64_t)value * UINT64_C(0x9E3779B97F4A7C15) >> 20);

    for (place &= f->slot_count - 1; f->is_used[place] && f->values[place] != value;)
        place = (place + 1) & (f->slot_count - 1);
    return place;
}

static void found_grow(Found *f)
{
    Found bigger = *f;

    bigger.slot_count *= 2;
    bigger.values = mem_new_array(Datum, bigger.slot_count);
    bigger.is_used = mem_new_array(bool, bigger.slot_count);
    for (size_t i = 0; i < f->slot_count; i++) {
        size_t place;

        if (!f->is_used[i])
            continue;
        place = place_of(&bigger, f->values[i]);
        bigger.values[place] = f->values[i];
        bigger.is_used[place] = true;
    }
    mem_free(f->values);
    mem_free(f->is_used);
    *f = bigger;
}

/* When there is no room it is looked for again each time. */
static void found_add(Found *f, Datum value)
{
    size_t place;

    if (f->count * 2 >= f->slot_count) {
        if (f->slot_count >= f->slots_max)
            return;
        found_grow(f);
    }
    place = place_of(f, value);
    f->values[place] = value;
    f->is_used[place] = true;
    f->count++;
}

typedef struct Validation {
    const RiInfo *info;
    Relation *table;
    RiLookup *lookup;
    const Snapshot *snapshot;
    Found *found; /* NULL: keys are not remembered */
} Validation;

static void validate_row(const Validation *v, const HeapTuple *row)
{
    RiRow key;

    ri_row_read(v->table, row, v->info->fk, v->info->key_count, &key);
    if (key.null_count > 0 && key.null_count < v->info->key_count && v->info->match == 'f')
        ri_raise_mixed(v->info, v->table);
    if (key.null_count > 0)
        return;
    if (v->found != NULL && v->found->is_used[place_of(v->found, key.values[0])])
        return;
    if (!ri_lookup_plain(v->lookup, &key, v->snapshot))
        ri_raise_missing(v->info, v->table, ri_lookup_table(v->lookup), &key);
}

static void remember(const Validation *v, const HeapTuple *row)
{
    bool is_null;
    Datum value = heap_get(row, v->info->fk[0], v->table->desc, &is_null);

    if (!is_null && !v->found->is_used[place_of(v->found, value)])
        found_add(v->found, value);
}

void trigger_validate_foreign_key(Relation *table, Oid constraint)
{
    const RiInfo *info = ri_info_of(constraint);
    MemContext *row_mem = mem_context_new(mem_current(), "row to be checked");
    Validation v = {.info = info, .table = table, .lookup = ri_lookup_new(info, RI_QUERY_VALIDATE)};
    const HeapTuple *row;
    HeapScan *scan;
    Found found;

    if (info->key_count == 1 && table->desc->columns[info->fk[0] - 1].by_value) {
        found_init(&found);
        v.found = &found;
    }
    ri_lock_indexes(table, LOCK_ACCESS_SHARE);
    snapshot_push_latest();
    v.snapshot = snapshot_active();
    scan = heap_scan_begin(relation_heap(table), v.snapshot);
    while ((row = heap_scan_next(scan, false)) != NULL) {
        check_interrupts();
        MEM_SCOPE(row_mem) {
            validate_row(&v, row);
        }
        mem_reset(row_mem);
        if (v.found != NULL)
            remember(&v, row);
    }
    heap_scan_end(scan);
    snapshot_pop();
    mem_delete(row_mem);
    ri_lookup_end(v.lookup);
}
