/*
 * row_hash.c - a hash table of rows; row_hash.h has the promises
 *
 * Open addressing over pairs of hash and entry number; entries lie in an arena: head, the caller's
 * room, values, NULLs, and what values point to.
 */
#include "common/base/base.h"

#include "server/executor/row_hash.h"

#include <string.h>

#include "common/ds/array.h"
#include "server/access/common/row_arena.h"
#include "server/fmgr/datum_image.h"

#define SLOTS_MIN 256
#define SLOTS_MAX ((size_t)1 << 20) /* that an estimate alone asks for */

typedef enum EqualKind { EQUAL_CALL, EQUAL_16, EQUAL_32, EQUAL_64 } EqualKind;

typedef struct ProbeColumn {
    ValueHash hash;
    EqualKind equal;
    FmgrCall *call; /* of EQUAL_CALL: the value that is looked up is the first argument */
} ProbeColumn;

struct RowHashProbe {
    unsigned count;
    ProbeColumn columns[];
};

typedef struct TableSlot {
    uint32_t hash;
    uint32_t number; /* of the entry, from 1; 0: free */
} TableSlot;

typedef struct KeyColumn {
    unsigned column; /* of rows, from 0 */
    bool by_value;
    int16_t len;
} KeyColumn;

struct RowHash {
    unsigned count, highest;
    KeyColumn *keys;
    RowHashProbe *probe;
    size_t extra_size, values_at, nulls_at, entry_size;
    NullableDatum *row; /* the keys of the row that is looked up */

    MemContext *mem; /* NULL: not begun */
    RowArena arena;
    Array entries; /* RowHashEntry * */
    TableSlot *slots;
    size_t slot_count;
};

/* ---- Making ---- */

static EqualKind equal_kind(Oid function)
{
    switch (function) {
    case 63: /* int2eq */
        return EQUAL_16;
    case 65: /* int4eq, oideq, date_eq */
    case 184:
    case 1086:
        return EQUAL_32;
    case 467: /* int8eq, timestamptz_eq, timestamp_eq */
    case 1152:
    case 2052:
        return EQUAL_64;
    default:
        return EQUAL_CALL;
    }
}

RowHashProbe *row_hash_probe_new(unsigned count)
{
    RowHashProbe *p = mem_alloc(sizeof(*p) + count * sizeof(ProbeColumn));

    p->count = count;
    return p;
}

void row_hash_probe_set(RowHashProbe *p, unsigned i, Oid hash, Oid equal, Oid collation)
{
    ProbeColumn *c = &p->columns[i];

    value_hash_init(&c->hash, hash, collation);
    c->equal = equal_kind(equal);
    if (c->equal == EQUAL_CALL) {
        FmgrSite *site = mem_new(FmgrSite);

        c->call = mem_alloc(FMGR_CALL_SIZE(2));
        fmgr_site_init(site, equal, mem_current());
        fmgr_call_init(c->call, site, 2, collation);
    }
}

RowHash *row_hash_new(const List *keys, const TupleDesc *desc, size_t extra_size)
{
    RowHash *h = mem_new(RowHash);
    unsigned count = (unsigned)list_count(keys);

    h->probe = row_hash_probe_new(count);
    h->keys = mem_new_array(KeyColumn, count + 1);
    h->row = mem_new_array(NullableDatum, count + 1);
    list_foreach(const GroupKey *, key, keys) {
        const Column *column = &desc->columns[key->column - 1];

        row_hash_probe_set(h->probe, h->count, key->hash, key->equal, key->collation);
        h->keys[h->count++] = (KeyColumn){
            .column = (unsigned)key->column - 1, .by_value = column->by_value, .len = column->len};
        if ((unsigned)key->column > h->highest)
            h->highest = (unsigned)key->column;
    }
    h->extra_size = size_align_up(extra_size, 8);
    h->values_at = sizeof(RowHashEntry) + h->extra_size;
    h->nulls_at = h->values_at + count * sizeof(Datum);
    h->entry_size = size_align_up(h->nulls_at + count * sizeof(bool), 8);
    return h;
}

void row_hash_begin(RowHash *h, MemContext *mem, double estimate)
{
    size_t wanted = estimate > 0 && estimate < (double)SLOTS_MAX ? (size_t)estimate * 2 : 0;

    h->slot_count = SLOTS_MIN;
    while (h->slot_count < wanted)
        h->slot_count *= 2;
    h->mem = mem_context_new(mem, "hash table of rows");
    MEM_SCOPE(h->mem) {
        h->arena = row_arena_in(mem_context_new(h->mem, "rows"));
        array_init(&h->entries, sizeof(RowHashEntry *));
        h->slots = mem_new_array(TableSlot, h->slot_count);
    }
}

void row_hash_end(RowHash *h)
{
    if (h->mem != NULL)
        mem_delete(h->mem);
    h->mem = NULL;
}

bool row_hash_is_begun(const RowHash *h)
{
    return h->mem != NULL;
}

/* ---- Looking up ---- */

const Datum *row_hash_values(const RowHash *h, const RowHashEntry *e)
{
    return (const Datum *)(const void *)((const uint8_t *)e + h->values_at);
}

const bool *row_hash_nulls(const RowHash *h, const RowHashEntry *e)
{
    return (const bool *)((const uint8_t *)e + h->nulls_at);
}

static ALWAYS_INLINE bool equal_value(const ProbeColumn *c, Datum a, Datum b)
{
    switch (c->equal) {
    case EQUAL_16:
        return datum_i16(a) == datum_i16(b);
    case EQUAL_32:
        return datum_u32(a) == datum_u32(b);
    case EQUAL_64:
        return a == b;
    default:
        c->call->args[0] = (NullableDatum){.value = a};
        c->call->args[1] = (NullableDatum){.value = b};
        return datum_bool(fmgr_invoke(c->call));
    }
}

static bool equal_entry(const RowHash *h, const RowHashProbe *p, const NullableDatum *row,
                        const RowHashEntry *e)
{
    const Datum *values = row_hash_values(h, e);
    const bool *nulls = row_hash_nulls(h, e);

    for (unsigned i = 0; i < p->count; i++) {
        if (row[i].is_null || nulls[i]) {
            if (row[i].is_null != nulls[i])
                return false;
            continue;
        }
        if (!equal_value(&p->columns[i], row[i].value, values[i]))
            return false;
    }
    return true;
}

static void take_keys(RowHash *h, Slot *row)
{
    slot_need(row, h->highest);
    for (unsigned i = 0; i < h->count; i++) {
        h->row[i].value = row->values[h->keys[i].column];
        h->row[i].is_null = row->nulls[h->keys[i].column];
    }
}

uint32_t row_hash_of_values(const RowHashProbe *p, const NullableDatum *values)
{
    uint32_t hash = 0;

    for (unsigned i = 0; i < p->count; i++)
        hash = value_hash_join(
            hash, values[i].is_null ? 0 : value_hash(&p->columns[i].hash, values[i].value));
    return value_hash_mix(hash);
}

uint32_t row_hash_of(RowHash *h, Slot *row)
{
    take_keys(h, row);
    return row_hash_of_values(h->probe, h->row);
}

/* The place of an equal entry, or the free one where it would be. */
static TableSlot *place_of(const RowHash *h, const RowHashProbe *p, const NullableDatum *row,
                           uint32_t hash)
{
    RowHashEntry *const *entries = h->entries.items;

    for (size_t at = hash & (h->slot_count - 1);; at = (at + 1) & (h->slot_count - 1)) {
        TableSlot *s = &h->slots[at];

        if (s->number == 0 || (s->hash == hash && equal_entry(h, p, row, entries[s->number - 1])))
            return s;
    }
}

RowHashEntry *row_hash_find_values(RowHash *h, const RowHashProbe *p, const NullableDatum *values,
                                   uint32_t hash)
{
    const TableSlot *s = place_of(h, p, values, hash);

    return s->number == 0 ? NULL : *(RowHashEntry **)array_at(&h->entries, s->number - 1);
}

RowHashEntry *row_hash_find(RowHash *h, Slot *row, uint32_t hash)
{
    take_keys(h, row);
    return row_hash_find_values(h, h->probe, h->row, hash);
}

/* ---- Adding ---- */

static void grow(RowHash *h)
{
    TableSlot *old = h->slots;
    size_t count = h->slot_count;

    h->slot_count *= 2;
    MEM_SCOPE(h->mem) {
        h->slots = mem_new_array(TableSlot, h->slot_count);
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = old[i].hash & (h->slot_count - 1);

        if (old[i].number == 0)
            continue;
        while (h->slots[at].number != 0)
            at = (at + 1) & (h->slot_count - 1);
        h->slots[at] = old[i];
    }
    mem_free(old);
}

static RowHashEntry *add_entry(RowHash *h, uint32_t hash)
{
    size_t size = h->entry_size;
    RowHashEntry *e;
    uint8_t *bytes;
    Datum *values;
    bool *nulls;

    for (unsigned i = 0; i < h->count; i++) {
        if (!h->row[i].is_null && !h->keys[i].by_value)
            size += size_align_up(datum_size(h->row[i].value, h->keys[i].len), 8);
    }
    e = row_arena_take(&h->arena, size);
    memset(e, 0, h->values_at);
    e->hash = hash;
    bytes = (uint8_t *)e + h->entry_size;
    values = (Datum *)(void *)((uint8_t *)e + h->values_at);
    nulls = (bool *)((uint8_t *)e + h->nulls_at);
    for (unsigned i = 0; i < h->count; i++) {
        nulls[i] = h->row[i].is_null;
        values[i] = h->row[i].value;
        if (!nulls[i] && !h->keys[i].by_value) {
            size_t len = datum_size(values[i], h->keys[i].len);

            memcpy(bytes, datum_pointer(values[i]), len);
            values[i] = datum_of_pointer(bytes);
            bytes += size_align_up(len, 8);
        }
    }
    *(RowHashEntry **)array_push(&h->entries) = e;
    return e;
}

RowHashEntry *row_hash_enter(RowHash *h, Slot *row, uint32_t hash, bool *is_new)
{
    TableSlot *s;
    RowHashEntry *e;

    take_keys(h, row);
    s = place_of(h, h->probe, h->row, hash);
    *is_new = s->number == 0;
    if (s->number != 0)
        return *(RowHashEntry **)array_at(&h->entries, s->number - 1);
    e = add_entry(h, hash);
    *s = (TableSlot){.hash = hash, .number = (uint32_t)h->entries.count};
    if (h->entries.count * 4 > h->slot_count * 3)
        grow(h);
    return e;
}

/* ---- Reading ---- */

void row_hash_fill(const RowHash *h, const RowHashEntry *e, Slot *row)
{
    const Datum *values = row_hash_values(h, e);
    const bool *nulls = row_hash_nulls(h, e);

    for (unsigned i = 0; i < h->count; i++) {
        row->values[h->keys[i].column] = values[i];
        row->nulls[h->keys[i].column] = nulls[i];
    }
}

size_t row_hash_count(const RowHash *h)
{
    return h->entries.count;
}

size_t row_hash_memory(const RowHash *h)
{
    return h->arena.size + h->slot_count * sizeof(TableSlot) +
           h->entries.room * sizeof(RowHashEntry *);
}

RowHashEntry *row_hash_next(const RowHash *h, size_t *place)
{
    if (*place >= h->entries.count)
        return NULL;
    return *(RowHashEntry **)array_at(&h->entries, (*place)++);
}
