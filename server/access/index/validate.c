/*
 * validate.c - an index that was built while the table was written to gets what it lacks
 *
 * The places that it has are read and sorted; then the table is gone through, and each row that the
 * snapshot shows and no entry leads to gets one.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/common/row_sort.h"
#include "server/access/index/index_int.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/storage/buffer/buffer.h"
#include "server/txn/xid.h"

#define TYPE_INT8 20
#define INT8_CMP  842

typedef struct Validation {
    Relation *table;
    IndexSet *set;
    const Snapshot *snapshot;
    RowSort *places; /* of entries: block << 16 | offset */
    bool has_next;   /* next was read, and is not used up */
    int64_t next;
    const TupleDesc *desc;
    MemContext *row_mem;
    Datum *row;
    bool *row_nulls;
} Validation;

/* ---- What the index has ---- */

static bool note_place(void *arg, const Tid *tid)
{
    RowSort *places = arg;
    const Datum value = datum_of_i64((int64_t)((uint64_t)tid_block(*tid) << 16 | tid->offset));
    const bool is_null = false;

    row_sort_put_values(places, &value, &is_null);
    return false;
}

static FullXid next_xid(void)
{
    return xid_next();
}

static void read_index(Validation *v, Relation *index)
{
    static const RowSortKey key = {.column = 1, .compare = INT8_CMP};
    TupleDesc *desc = tuple_desc_new(1);
    BtreeVacuum vacuum = {.is_dead = note_place, .next_xid = next_xid};

    tuple_desc_set(desc, 1, "place", TYPE_INT8, 8, true, 'd');
    tuple_desc_finish(desc);
    v->desc = desc;
    v->places = row_sort_new(&(RowSortSpec){
        .desc = desc,
        .keys = &key,
        .key_count = 1,
        .memory_max = size_mul((size_t)setting.maintenance_work_mem, KIB(1)),
    });
    vacuum.arg = v->places;
    btree_vacuum(&index->index->btree, &vacuum);
    row_sort_run(v->places);
}

/* The next place, as long as it is not behind that block; false: there is none. */
static bool next_place(Validation *v, BlockNo block, OffsetNo *offset)
{
    if (!v->has_next) {
        const MinimalTuple *row = row_sort_next(v->places, false);
        HeapTuple view;
        bool is_null;

        if (row == NULL)
            return false;
        minimal_view(row, &view);
        v->next = datum_i64(heap_get(&view, 1, v->desc, &is_null));
        v->has_next = true;
    }
    if ((BlockNo)(v->next >> 16) > block)
        return false;
    *offset = (BlockNo)(v->next >> 16) == block ? (OffsetNo)(v->next & 0xFFFF) : 0;
    v->has_next = false;
    return true;
}

/* ---- What the table has ---- */

/* It may have been deleted since the snapshot, and is nobody's duplicate then. */
static bool is_alive(const Validation *v, Tid root)
{
    HeapFetch fetch = heap_fetch_begin(&v->table->heap);
    HeapTuple row;
    bool is_found = heap_fetch_row(&fetch, &snapshot_self, root, &row, NULL);

    heap_fetch_end(&fetch);
    return is_found;
}

static void add_entry(Validation *v, Buffer b, OffsetNo offnum, OffsetNo root)
{
    const Tid tid = tid_make(buffer_block(b), root);
    HeapTuple tuple;

    heap_point_to(&v->table->heap, b, offnum, &tuple);
    MEM_SCOPE(v->row_mem) {
        heap_deform(&tuple, v->table->desc, v->row, v->row_nulls);
        index_set_insert_late(v->set, v->row, v->row_nulls, tid, is_alive(v, tid));
    }
    mem_reset(v->row_mem);
}

static void look_at_page(Validation *v, Buffer b)
{
    const HeapRel *heap = &v->table->heap;
    OffsetNo shown[HEAP_PAGE_LINES_MAX], roots[HEAP_PAGE_LINES_MAX + 1], offset;
    bool has[HEAP_PAGE_LINES_MAX + 1] = {false};
    unsigned count = heap_look_at_rows(heap, v->snapshot, b, shown);

    buffer_lock(b, BUFFER_SHARED);
    heap_find_roots(heap, b, roots);
    buffer_unlock(b);
    while (next_place(v, buffer_block(b), &offset)) {
        if (offset <= HEAP_PAGE_LINES_MAX)
            has[offset] = true;
    }
    for (unsigned i = 0; i < count; i++) {
        OffsetNo root = roots[shown[i]];

        if (root != 0 && !has[root])
            add_entry(v, b, shown[i], root);
    }
}

void index_validate(Relation *table, Relation *index, const Snapshot *s)
{
    MemContext *mem = mem_context_new(mem_current(), "index validation");
    BufferRing *ring = buffer_ring_new(RING_BULK_READ);
    HeapRel *heap = &table->heap;

    index_require_btree(index);
    MEM_SCOPE(mem) {
        Validation v = {.table = table, .snapshot = s};
        BlockNo count;

        v.row = mem_new_array(Datum, table->desc->count);
        v.row_nulls = mem_new_array(bool, table->desc->count);
        v.row_mem = mem_context_new(mem, "row");
        v.set = index_set_new(table, &index, 1);
        read_index(&v, index);
        /* What comes behind is entered by who puts it there. */
        count = smgr_block_count(heap->smgr, FORK_MAIN);
        for (BlockNo block = 0; block < count; block++) {
            Buffer b;

            check_interrupts();
            b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, ring, heap->is_permanent);
            look_at_page(&v, b);
            buffer_unpin(b);
        }
        row_sort_free(v.places);
    }
    buffer_ring_free(ring);
    mem_delete(mem);
}
