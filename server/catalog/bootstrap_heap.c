/* bootstrap_heap.c - heaps of a new cluster: pages, frozen rows, long values. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/toast_pointer.h"
#include "common/mem/mem.h"
#include "server/catalog/bootstrap_int.h"
#include "server/catalog/catalog.h"
#include "server/fmgr/varlena.h"

#define XID_BOOTSTRAP 1
#define ROW_SIZE_MAX  2032 /* bytes of a tuple above which values are made shorter */

static void shorten(const TupleDesc *desc, Datum *values, const bool *nulls, NewRelation *toast,
                    Oid *value_id);
static void put_tuple(NewRelation *heap, const HeapTuple *tuple);

uint8_t *new_relation_add_page(NewRelation *relation, size_t special_size)
{
    uint8_t *page;

    if (relation->page_count == relation->page_room) {
        relation->page_room = relation->page_room == 0 ? 4 : relation->page_room * 2;
        relation->pages = mem_realloc(relation->pages, size_mul(relation->page_room, BLOCK_SIZE));
    }
    page = relation->pages + (size_t)relation->page_count++ * BLOCK_SIZE;
    page_init(page, special_size);
    return page;
}

void new_heap_add(NewRelation *heap, const TupleDesc *desc, Datum *values, const bool *nulls,
                  NewRelation *toast, Oid *value_id)
{
    HeapTuple *tuple = heap_form(desc, values, nulls);

    if (tuple->len > ROW_SIZE_MAX) {
        shorten(desc, values, nulls, toast, value_id);
        tuple = heap_form(desc, values, nulls);
    }
    put_tuple(heap, tuple);
}

HeapTuple *new_heap_tuples(const NewRelation *heap)
{
    HeapTuple *tuples = mem_new_array(HeapTuple, heap->tuple_count), *next = tuples;

    for (BlockNo block = 0; block < heap->page_count; block++) {
        uint8_t *page = heap->pages + (size_t)block * BLOCK_SIZE;

        for (OffsetNo offnum = 1; offnum <= page_item_count(page); offnum++, next++) {
            size_t len;

            next->bytes = page_get_item_rw(page, offnum, &len);
            next->len = (uint32_t)len;
            next->self = tid_make(block, offnum);
            next->table = heap->oid;
        }
    }
    return tuples;
}

/* ---- Pages ---- */

/* Fill in what a transaction would have: made by number 1, and seen by everybody. */
static void freeze(uint8_t *bytes, Tid self)
{
    HeapTupleHeader *header = (HeapTupleHeader *)bytes;

    header->xmin = XID_BOOTSTRAP;
    header->xmax = 0;
    header->cid = 0;
    header->ctid = self;
    header->infomask |= HEAP_XMIN_FROZEN | HEAP_XMAX_INVALID;
}

static void put_tuple(NewRelation *heap, const HeapTuple *tuple)
{
    uint8_t *page = NULL;
    OffsetNo offnum;

    if (heap->page_count > 0)
        page = heap->pages + (size_t)(heap->page_count - 1) * BLOCK_SIZE;
    if (page == NULL ||
        page_hole_size(page) < size_align_up(tuple->len, PAGE_ALIGN) + PAGE_ITEM_ID_SIZE)
        page = new_relation_add_page(heap, 0);

    offnum = (OffsetNo)(page_item_count(page) + 1);
    freeze(tuple->bytes, tid_make(heap->page_count - 1, offnum));
    page_add_item(page, tuple->bytes, tuple->len, offnum, PAGE_ADD_AT);
    heap->tuple_count++;
}

/* ---- Long values ---- */

/* The longest value that may still be made shorter: by compression, or by moving it out. */
static int longest(const TupleDesc *desc, const Datum *values, const bool *nulls,
                   bool is_for_compression)
{
    int best = -1;
    size_t best_size = TOAST_POINTER_SIZE;

    for (unsigned i = 0; i < desc->count; i++) {
        const uint8_t *v;

        if (nulls[i] || desc->columns[i].len != -1 || desc->columns[i].storage == 'p')
            continue;
        v = datum_varlena(values[i]);
        if (varlena_is_external(v) || (is_for_compression && varlena_is_compressed(v)))
            continue;
        if (varlena_size(v) > best_size) {
            best = (int)i;
            best_size = varlena_size(v);
        }
    }
    return best;
}

/* Store a value's bytes in chunks; returns the pointer that stands for it. */
static Datum move_out(NewRelation *toast, const uint8_t *v, Oid value_id)
{
    const uint8_t *bytes = v + VARLENA_HEADER;
    size_t len = varlena_size(v) - VARLENA_HEADER;
    ToastPointer pointer = {.raw_size = (uint32_t)(varlena_raw_size(v) - VARLENA_HEADER),
                            .stored_size = (uint32_t)len,
                            .is_compressed = varlena_is_compressed(v),
                            .method = TOAST_PGLZ,
                            .value_id = value_id,
                            .rel_id = toast->oid};
    uint8_t *out = mem_alloc(TOAST_POINTER_SIZE);
    TupleDesc *desc = catalog_tuple_desc(catalog_toast_shape());
    bool nulls[3] = {false};

    for (int32_t seq = 0; len > 0; seq++) {
        size_t part = size_min(len, TOAST_CHUNK_SIZE);
        Datum values[3] = {datum_of_u32(value_id), datum_of_i32(seq),
                           datum_of_pointer(varlena_new(bytes, part))};

        put_tuple(toast, heap_form(desc, values, nulls));
        bytes += part;
        len -= part;
    }
    toast_pointer_write(&pointer, out);
    return datum_of_pointer(out);
}

static void shorten(const TupleDesc *desc, Datum *values, const bool *nulls, NewRelation *toast,
                    Oid *value_id)
{
    int column;

    while (heap_form(desc, values, nulls)->len > ROW_SIZE_MAX &&
           (column = longest(desc, values, nulls, true)) >= 0) {
        uint8_t *shorter = varlena_compress(datum_varlena(values[column]), TOAST_PGLZ);

        if (shorter == NULL)
            break;
        values[column] = datum_of_pointer(shorter);
    }
    while (heap_form(desc, values, nulls)->len > ROW_SIZE_MAX) {
        column = longest(desc, values, nulls, false);
        if (column < 0 || toast == NULL)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("row is too long for its catalog"));
        values[column] = move_out(toast, datum_varlena(values[column]), (*value_id)++);
    }
}
