/* insert.c - new rows */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/ipc/interrupt.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

/* The main data of HEAP INSERT, 3 bytes. */
typedef struct InsertRecord {
    OffsetNo offnum;
    uint8_t flags;
} InsertRecord;

#define INSERT_RECORD_SIZE     3
#define INSERT_CLEARED_VISIBLE 0x01
#define INSERT_IS_LAST         0x02 /* of many */

/* The main data of HEAP2 MULTI_INSERT; offsets are left out when the record makes the page. */
typedef struct InsertManyRecord {
    uint8_t flags;
    uint8_t padding;
    uint16_t count;
    OffsetNo offnums[HEAP_ITEM_MAX];
} InsertManyRecord;

/* What stands before each tuple's bytes, at a multiple of 2; 7 bytes. */
typedef struct LoggedTuple {
    uint16_t len, infomask2, infomask;
    uint8_t hoff;
} LoggedTuple;

#define LOGGED_TUPLE_SIZE 7

/* What a record has of a tuple's header, 5 bytes. */
typedef struct LoggedHeader {
    uint16_t infomask2, infomask;
    uint8_t hoff;
} LoggedHeader;

#define LOGGED_HEADER_SIZE 5
#define XACT_BITS          0xFFF0 /* of infomask: what transactions say */
#define XACT_BITS2         0xE000

static void prepare(const HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags);
static Lsn log_insert(Buffer b, const HeapTuple *tuple, uint8_t flags);
static size_t insert_on_page(HeapRel *rel, HeapTuple *const *tuples, size_t count, unsigned flags);
static Lsn log_many(Buffer b, HeapTuple *const *tuples, size_t count, uint8_t flags);

void heap_insert(HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags)
{
    Buffer b, map = BUFFER_NONE;
    bool was_all_visible;

    heap_raise_if_decoded(rel);
    prepare(rel, tuple, command, flags);
    b = heap_find_room(rel, tuple->len, flags, &map);
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    heap_put(b, tuple);
    was_all_visible = heap_clear_all_visible(b, map);
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b),
                     log_insert(b, tuple, was_all_visible ? INSERT_CLEARED_VISIBLE : 0));
    crit_end();

    buffer_unlock_unpin(b);
    if (map != BUFFER_NONE)
        buffer_unpin(map);
}

static void prepare(const HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags)
{
    HeapTupleHeader *h = heap_header(tuple);
    unsigned mask = (h->infomask & ~(unsigned)XACT_BITS) | HEAP_XMAX_INVALID;

    if ((flags & HEAP_INSERT_FROZEN) != 0)
        mask |= HEAP_XMIN_FROZEN;
    h->infomask = (uint16_t)mask;
    h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)XACT_BITS2);
    h->xmin = txn_xid();
    h->xmax = XID_NONE;
    h->cid = command;
    tuple->table = rel->table;
}

static Lsn log_insert(Buffer b, const HeapTuple *tuple, uint8_t flags)
{
    const HeapTupleHeader *h = heap_header(tuple);
    const LoggedHeader logged = {
        .infomask2 = h->infomask2, .infomask = h->infomask, .hoff = h->hoff};
    const InsertRecord record = {.offnum = tuple->self.offset, .flags = flags};
    unsigned page_flags = WAL_REF_STANDARD;
    uint8_t info = WAL_HEAP_INSERT;

    /* With nothing else on it the page is made by the record, and needs no image. */
    if (record.offnum == 1 && page_item_count(buffer_page(b)) == 1) {
        info |= WAL_INIT_PAGE;
        page_flags |= WAL_REF_WILL_INIT;
    }
    wal_register_data(&record, INSERT_RECORD_SIZE);
    buffer_register_wal(0, b, page_flags);
    wal_register_page_data(0, &logged, LOGGED_HEADER_SIZE);
    wal_register_page_data(0, tuple->bytes + HEAP_TUPLE_HEADER_SIZE,
                           tuple->len - HEAP_TUPLE_HEADER_SIZE);
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    return wal_insert(RMGR_HEAP, info);
}

/* ---- Many ---- */

void heap_insert_many(HeapRel *rel, HeapTuple *const *tuples, size_t count, Cid command,
                      unsigned flags)
{
    size_t done = 0;

    heap_raise_if_decoded(rel);
    if ((flags & HEAP_INSERT_FROZEN) != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "inserting many frozen rows at once is not supported");
    for (size_t i = 0; i < count; i++)
        prepare(rel, tuples[i], command, flags);
    while (done < count) {
        check_interrupts();
        done += insert_on_page(rel, tuples + done, count - done, flags);
    }
}

/* As many as the page takes that the first one goes to. */
static size_t insert_on_page(HeapRel *rel, HeapTuple *const *tuples, size_t count, unsigned flags)
{
    Buffer map = BUFFER_NONE;
    Buffer b = heap_find_room(rel, tuples[0]->len, flags, &map);
    size_t done = 1;
    unsigned record_flags = 0;

    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    heap_put(b, tuples[0]);
    while (done < count && heap_has_room(rel, b, tuples[done]->len))
        heap_put(b, tuples[done++]);
    record_flags |= heap_clear_all_visible(b, map) ? INSERT_CLEARED_VISIBLE : 0;
    record_flags |= done == count ? INSERT_IS_LAST : 0;
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b), log_many(b, tuples, done, (uint8_t)record_flags));
    crit_end();

    buffer_unlock_unpin(b);
    if (map != BUFFER_NONE)
        buffer_unpin(map);
    return done;
}

/* In the critical section: what is logged is put together on the stack. It fits, as on a page. */
static Lsn log_many(Buffer b, HeapTuple *const *tuples, size_t count, uint8_t flags)
{
    InsertManyRecord record = {.flags = flags, .count = (uint16_t)count};
    uint8_t data[BLOCK_SIZE + HEAP_ITEM_MAX];
    bool makes_page = tuples[0]->self.offset == 1 && page_item_count(buffer_page(b)) == count;
    size_t at = 0, record_size = offsetof(InsertManyRecord, offnums);

    for (size_t i = 0; i < count; i++) {
        const HeapTupleHeader *h = heap_header(tuples[i]);
        size_t len = tuples[i]->len - HEAP_TUPLE_HEADER_SIZE;
        const LoggedTuple logged = {.len = (uint16_t)len,
                                    .infomask2 = h->infomask2,
                                    .infomask = h->infomask,
                                    .hoff = h->hoff};

        record.offnums[i] = tuples[i]->self.offset;
        if (at % 2 != 0)
            data[at++] = 0;
        memcpy(data + at, &logged, LOGGED_TUPLE_SIZE);
        memcpy(data + at + LOGGED_TUPLE_SIZE, tuples[i]->bytes + HEAP_TUPLE_HEADER_SIZE, len);
        at += LOGGED_TUPLE_SIZE + len;
    }
    if (!makes_page)
        record_size += count * sizeof(OffsetNo);
    wal_register_data(&record, record_size);
    buffer_register_wal(0, b, WAL_REF_STANDARD | (makes_page ? WAL_REF_WILL_INIT : 0));
    wal_register_page_data(0, data, at);
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    return wal_insert(RMGR_HEAP2,
                      (uint8_t)(WAL_HEAP2_MULTI_INSERT | (makes_page ? WAL_INIT_PAGE : 0)));
}

void heap_raise_if_decoded(const HeapRel *rel)
{
    if (rel->is_decoded)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "logging changes of tables for logical decoding is not supported");
}
