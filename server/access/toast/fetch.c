/* fetch.c - values come back from toast tables, whole or a part */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/access/toast/toast_int.h"

#define OID_CMP  356
#define INT4_CMP 351

/* Chunks first to last of a value, and where their bytes go. */
typedef struct Chunks {
    ToastRel *toast;
    const ToastPointer *pointer;
    int32_t first, last, count; /* count: of the whole value */
    size_t offset, len;         /* of the stored bytes */
    uint8_t *out;
} Chunks;

static ToastOpener opener;

static void read_stored(const ToastPointer *pointer, size_t offset, size_t len, uint8_t *out);
static void read_chunks(const Chunks *c);
static void take_chunk(const Chunks *c, const HeapTuple *tuple, int32_t expected);
static uint8_t *cut(const uint8_t *bytes, size_t size, int32_t offset, int32_t len);

void toast_set_opener(const ToastOpener *o)
{
    opener = *o;
}

uint8_t *toast_fetch(const ToastPointer *pointer)
{
    size_t size = size_add(VARLENA_HEADER, pointer->stored_size);
    uint8_t *out = mem_alloc(size);

    /* A compressed value's chunks begin with the word that its header has behind the size. */
    store_u32(out, (uint32_t)(size << 2 | (pointer->is_compressed ? 2 : 0)));
    read_stored(pointer, 0, pointer->stored_size, out + VARLENA_HEADER);
    return out;
}

static void read_stored(const ToastPointer *pointer, size_t offset, size_t len, uint8_t *out)
{
    Chunks c = {.pointer = pointer,
                .first = (int32_t)(offset / TOAST_CHUNK_SIZE),
                .count = (int32_t)toast_chunk_count(pointer),
                .offset = offset,
                .len = len,
                .out = out};

    if (len == 0)
        return;
    if (opener.open == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "values that are stored out of line cannot be read yet");
    c.last = (int32_t)((offset + len - 1) / TOAST_CHUNK_SIZE);
    c.toast = opener.open(pointer->rel_id);
    read_chunks(&c);
    if (opener.close != NULL)
        opener.close(c.toast);
}

static void read_chunks(const Chunks *c)
{
    const Snapshot toast_snapshot = {.kind = SNAPSHOT_TOAST};
    bool is_whole = c->first == 0 && c->last == c->count - 1;
    int32_t expected = c->first;
    IndexScan *scan;
    HeapTuple tuple;
    ScanKey keys[3];

    scan_key_init(&keys[0], CHUNK_ID, SCAN_EQUAL, OID_CMP, 0, datum_of_u32(c->pointer->value_id));
    scan_key_init(&keys[1], CHUNK_SEQ, SCAN_MORE_EQUAL, INT4_CMP, 0, datum_of_i32(c->first));
    scan_key_init(&keys[2], CHUNK_SEQ, SCAN_LESS_EQUAL, INT4_CMP, 0, datum_of_i32(c->last));
    scan = index_scan_begin(&(IndexScanSpec){.table = c->toast->heap,
                                             .index = c->toast->indexes[0],
                                             .snapshot = &toast_snapshot,
                                             .keys = keys,
                                             .key_count = is_whole ? 1 : 3});
    while (index_scan_next(scan, SCAN_FORWARD, &tuple))
        take_chunk(c, &tuple, expected++);
    index_scan_end(scan);
    if (expected != c->last + 1)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("missing chunk number %d for toast value %u in %s", expected,
                                     c->pointer->value_id, c->toast->name));
}

static void take_chunk(const Chunks *c, const HeapTuple *tuple, int32_t expected)
{
    bool is_null;
    int32_t seq = datum_i32(heap_get(tuple, CHUNK_SEQ, toast_chunk_desc(), &is_null));
    const uint8_t *chunk = datum_varlena(heap_get(tuple, CHUNK_DATA, toast_chunk_desc(), &is_null));
    size_t start = (size_t)expected * TOAST_CHUNK_SIZE, len, from, to;

    if (seq != expected)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected chunk number %d (expected %d) for toast value %u "
                                     "in %s",
                                     seq, expected, c->pointer->value_id, c->toast->name));
    if (seq > c->last)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected chunk number %d (out of range %d..%d) for toast "
                                     "value %u in %s",
                                     seq, c->first, c->last, c->pointer->value_id, c->toast->name));
    if (is_null || varlena_is_toasted(chunk))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("found toasted toast chunk for toast value %u in %s",
                                     c->pointer->value_id, c->toast->name));
    len = size_min(c->pointer->stored_size - start, TOAST_CHUNK_SIZE);
    if (varlena_len(chunk) != len)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected chunk size %d (expected %d) in chunk %d of %d for "
                                     "toast value %u in %s",
                                     (int)varlena_len(chunk), (int)len, seq, c->count,
                                     c->pointer->value_id, c->toast->name));
    /* The part of it that is wanted. */
    from = size_max(start, c->offset);
    to = size_min(start + len, c->offset + c->len);
    memcpy(c->out + (from - c->offset), varlena_bytes(chunk) + (from - start), to - from);
}

/* ---- Parts ---- */

uint8_t *toast_slice(const uint8_t *value, int32_t offset, int32_t len)
{
    ASSERT(offset >= 0);
    if (toast_is_on_disk(value)) {
        ToastPointer pointer = toast_read_pointer(value);

        if (!pointer.is_compressed) {
            size_t size = pointer.raw_size, from = size_min(size, (size_t)offset);
            size_t wanted = len < 0 ? size - from : size_min(size - from, (size_t)len);
            uint8_t *out = mem_alloc(VARLENA_HEADER + wanted);

            varlena_set_size(out, VARLENA_HEADER + wanted);
            read_stored(&pointer, from, wanted, out + VARLENA_HEADER);
            return out;
        }
    }
    value = varlena_packed(value);
    return cut(varlena_bytes(value), varlena_len(value), offset, len);
}

static uint8_t *cut(const uint8_t *bytes, size_t size, int32_t offset, int32_t len)
{
    size_t from = size_min(size, (size_t)offset);

    return varlena_new(bytes + from, len < 0 ? size - from : size_min(size - from, (size_t)len));
}

bool toast_table_has_value(Oid toast_table, Oid id)
{
    ToastRel *toast = opener.open != NULL ? opener.open(toast_table) : NULL;
    bool is_there = toast != NULL && toast_has_value(toast, id);

    if (toast != NULL && opener.close != NULL)
        opener.close(toast);
    return is_there;
}
