/* store.c - values go out of line, and chunks of values that nobody has any more are deleted */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_index.h"
#include "server/access/index/index.h"
#include "server/access/toast/toast_int.h"
#include "server/ipc/interrupt.h"
#include "server/txn/xid.h"

#define TYPE_OID    26
#define TYPE_INT4   23
#define TYPE_BYTEA  17
#define OID_CMP     356
#define TAG_ON_DISK 18

static const uint8_t *stored_bytes(const uint8_t *value, ToastPointer *pointer);
static Oid new_value_id(const ToastPlan *plan);
static Oid kept_value_id(const ToastPlan *plan, const uint8_t *origin);
static void put_chunk(const ToastPlan *plan, Oid value_id, int32_t seq, const uint8_t *bytes,
                      size_t len);

const TupleDesc *toast_chunk_desc(void)
{
    static TupleDesc *desc; /* the same for all, made once for the process */

    if (desc == NULL) {
        MEM_SCOPE(mem_root()) {
            TupleDesc *made = tuple_desc_new(CHUNK_COLUMNS);

            tuple_desc_set(made, CHUNK_ID, "chunk_id", TYPE_OID, 4, true, 'i');
            tuple_desc_set(made, CHUNK_SEQ, "chunk_seq", TYPE_INT4, 4, true, 'i');
            tuple_desc_set(made, CHUNK_DATA, "chunk_data", TYPE_BYTEA, -1, false, 'i');
            made->columns[CHUNK_DATA - 1].storage = 'p';
            tuple_desc_finish(made);
            desc = made;
        }
    }
    return desc;
}

bool toast_is_on_disk(const uint8_t *value)
{
    return varlena_is_external(value) && value[1] == TAG_ON_DISK;
}

ToastPointer toast_read_pointer(const uint8_t *value)
{
    ByteReader r = byte_reader(value, varlena_external_size(value), "external value");

    return toast_pointer_read(&r);
}

/* ---- Storing ---- */

uint8_t *toast_store(const ToastPlan *plan, const uint8_t *value, const uint8_t *origin)
{
    ToastPointer pointer = {.raw_size = 0};
    const uint8_t *bytes = stored_bytes(value, &pointer);
    uint8_t *out = mem_alloc(TOAST_POINTER_SIZE);

    pointer.rel_id = plan->pointer_rel != 0 ? plan->pointer_rel : plan->toast->heap->table;
    pointer.value_id = kept_value_id(plan, origin);
    if (pointer.value_id == 0) {
        pointer.value_id = new_value_id(plan);
    } else if (toast_has_value(plan->toast, pointer.value_id)) {
        /* Another version of the row has brought it. */
        toast_pointer_write(&pointer, out);
        return out;
    }
    for (size_t done = 0, seq = 0; done < pointer.stored_size; seq++) {
        size_t len = size_min(pointer.stored_size - done, TOAST_CHUNK_SIZE);

        check_interrupts();
        put_chunk(plan, pointer.value_id, (int32_t)seq, bytes + done, len);
        done += len;
    }
    toast_pointer_write(&pointer, out);
    return out;
}

/* What goes into the chunks: of a compressed value the word with its raw size comes first. */
static const uint8_t *stored_bytes(const uint8_t *value, ToastPointer *pointer)
{
    if (varlena_is_compressed(value)) {
        ByteReader r = byte_reader(value, varlena_size(value), "compressed value");
        ToastCompressed info;

        byte_reader_take(&r, VARLENA_HEADER);
        info = toast_compressed_read(&r);
        pointer->raw_size = info.raw_size;
        pointer->method = info.method;
        pointer->is_compressed = true;
        pointer->stored_size = (uint32_t)(varlena_size(value) - VARLENA_HEADER);
        return value + VARLENA_HEADER;
    }
    if (varlena_is_external(value))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a value is stored out of line already");
    pointer->raw_size = pointer->stored_size = (uint32_t)varlena_len(value);
    return varlena_bytes(value);
}

/* The chunks of the value that the key is for. */
static IndexScan *scan_value(ToastRel *toast, const ScanKey *key, const Snapshot *s)
{
    return index_scan_begin(&(IndexScanSpec){.table = toast->heap,
                                             .index = toast->indexes[0],
                                             .snapshot = s,
                                             .keys = key,
                                             .key_count = 1});
}

bool toast_has_value(ToastRel *toast, Oid id)
{
    IndexScan *scan;
    HeapTuple chunk;
    ScanKey key;
    bool is_there;

    scan_key_init(&key, CHUNK_ID, SCAN_EQUAL, OID_CMP, 0, datum_of_u32(id));
    scan = scan_value(toast, &key, &snapshot_any);
    is_there = index_scan_next(scan, SCAN_FORWARD, &chunk);
    index_scan_end(scan);
    return is_there;
}

/* One that no chunk has, not even a dead one; nor one of those that are on their way. */
static Oid new_value_id(const ToastPlan *plan)
{
    for (;;) {
        Oid id = oid_assign();

        check_interrupts();
        if (!toast_has_value(plan->toast, id) &&
            (plan->pointer_rel == 0 || !toast_table_has_value(plan->pointer_rel, id)))
            return id;
    }
}

/* Of a value that comes out of the table whose place this one takes; 0: it does not. */
static Oid kept_value_id(const ToastPlan *plan, const uint8_t *origin)
{
    ToastPointer pointer;

    if (plan->pointer_rel == 0 || origin == NULL || !toast_is_on_disk(origin))
        return 0;
    pointer = toast_read_pointer(origin);
    return pointer.rel_id == plan->pointer_rel ? pointer.value_id : 0;
}

static void put_chunk(const ToastPlan *plan, Oid value_id, int32_t seq, const uint8_t *bytes,
                      size_t len)
{
    ToastRel *toast = plan->toast;
    HeapKeyOwner owner = {.rel = toast->heap};
    const BtreeTable table = heap_index_table(&owner);
    uint8_t chunk[VARLENA_HEADER + TOAST_CHUNK_SIZE];
    const Datum values[CHUNK_COLUMNS] = {datum_of_u32(value_id), datum_of_i32(seq),
                                         datum_of_pointer(chunk)};
    const bool nulls[CHUNK_COLUMNS] = {false};
    HeapTuple *tuple;

    varlena_set_size(chunk, VARLENA_HEADER + len);
    memcpy(chunk + VARLENA_HEADER, bytes, len);
    tuple = heap_form(toast_chunk_desc(), values, nulls);
    heap_insert(toast->heap, tuple, plan->command, plan->flags, NULL);
    for (unsigned i = 0; i < toast->index_count; i++)
        btree_insert(toast->indexes[i], values, nulls, tuple->self,
                     toast->is_unique[i] ? BTREE_UNIQUE_YES : BTREE_UNIQUE_NO, &table);
    mem_free(tuple);
}

/* ---- Deleting ---- */

void toast_delete(ToastRel *toast, const ToastPointer *pointer, Cid command, bool takes_back)
{
    const Snapshot toast_snapshot = {.kind = SNAPSHOT_TOAST};
    IndexScan *scan;
    HeapTuple chunk;
    ScanKey key;

    if (toast == NULL || toast->heap->table != pointer->rel_id)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("toast value %u is in table %u, not in the row's",
                                     pointer->value_id, pointer->rel_id));
    scan_key_init(&key, CHUNK_ID, SCAN_EQUAL, OID_CMP, 0, datum_of_u32(pointer->value_id));
    scan = scan_value(toast, &key, &toast_snapshot);
    while (index_scan_next(scan, SCAN_FORWARD, &chunk)) {
        HeapObstacle why;
        HeapResult result = HEAP_CHANGE_OK;

        check_interrupts();
        if (takes_back)
            heap_abort_speculative(toast->heap, chunk.self);
        else
            result = heap_delete(toast->heap, chunk.self, command, 0, &why);
        switch (result) {
        case HEAP_CHANGE_OK:
            break;
        case HEAP_CHANGE_SELF_MODIFIED:
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "tuple already updated by self");
        case HEAP_CHANGE_UPDATED:
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "tuple concurrently updated");
        case HEAP_CHANGE_DELETED:
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "tuple concurrently deleted");
        case HEAP_CHANGE_INVISIBLE:
        case HEAP_CHANGE_MUST_WAIT:
        case HEAP_CHANGE_REFUSED:
            /* Chunks are changed by whoever has their row locked. */
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("a chunk of toast value %u is held by another "
                                         "transaction",
                                         pointer->value_id));
        }
    }
    index_scan_end(scan);
}
