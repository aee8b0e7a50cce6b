/* insert.c - new rows */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/vm_page.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/ipc/interrupt.h"
#include "server/storage/vm/vm.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

/* The main data of HEAP INSERT, 3 bytes. */
typedef struct InsertRecord {
    OffsetNo offnum;
    uint8_t flags;
} InsertRecord;

#define INSERT_RECORD_SIZE     3
#define INSERT_CLEARED_VISIBLE 0x01
#define INSERT_IS_LAST         0x02 /* of many */
#define INSERT_IS_SPECULATIVE  0x04
#define INSERT_SETS_FROZEN     0x20 /* the page is new, and all of it is frozen */

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

static void prepare(const HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags);
static void insert_one(HeapRel *rel, HeapTuple *tuple, unsigned flags, HeapBulk *bulk,
                       bool is_speculative);
static Lsn log_insert(Buffer b, const HeapTuple *tuple, uint8_t flags);
static size_t insert_on_page(HeapRel *rel, HeapTuple *const *tuples, size_t count, unsigned flags,
                             HeapBulk *bulk);
static Lsn log_many(Buffer b, HeapTuple *const *tuples, size_t count, bool makes_page,
                    uint8_t flags);

void heap_insert(HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags, HeapBulk *bulk)
{
    prepare(rel, tuple, command, flags);
    insert_one(rel, tuple, flags, bulk, false);
    stats_count_insert(rel->stats, 1);
}

static void insert_one(HeapRel *rel, HeapTuple *tuple, unsigned flags, HeapBulk *bulk,
                       bool is_speculative)
{
    HeapRoom room = {.len = tuple->len, .flags = flags, .bulk = bulk};
    unsigned record_flags = is_speculative ? INSERT_IS_SPECULATIVE : 0;
    Buffer b;

    heap_raise_if_decoded(rel);
    b = heap_find_room(rel, &room);
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    if (is_speculative)
        heap_put_as_is(b, tuple);
    else
        heap_put(b, tuple);
    record_flags |= heap_clear_all_visible(b, room.map) ? INSERT_CLEARED_VISIBLE : 0;
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b), log_insert(b, tuple, (uint8_t)record_flags));
    crit_end();

    buffer_unlock_unpin(b);
    heap_unpin_map(room.map);
}

static void prepare(const HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags)
{
    HeapTupleHeader *h = heap_header(tuple);

    heap_reset_header(h, txn_xid(), command);
    h->infomask |= HEAP_XMAX_INVALID;
    if ((flags & HEAP_INSERT_FROZEN) != 0)
        h->infomask |= HEAP_XMIN_FROZEN;
    h->xmax = XID_NONE;
    tuple->table = rel->table;
}

/* ---- Speculative ---- */

void heap_insert_speculative(HeapRel *rel, HeapTuple *tuple, Cid command, uint32_t token)
{
    prepare(rel, tuple, command, 0);
    heap_header(tuple)->ctid = tid_make(token, HEAP_CTID_SPECULATIVE);
    insert_one(rel, tuple, 0, NULL, true);
    stats_count_insert(rel->stats, 1);
}

void heap_confirm_speculative(HeapRel *rel, Tid tid)
{
    HeapTuple tuple;
    Buffer b =
        buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);

    buffer_lock(b, BUFFER_EXCLUSIVE);
    heap_point_to(rel, b, tid.offset, &tuple);
    if (heap_header(&tuple)->ctid.offset != HEAP_CTID_SPECULATIVE)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the tuple is no speculative insert");
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    buffer_mark_dirty(b);
    heap_header(&tuple)->ctid = tid;
    if (rel->is_permanent) {
        wal_register_data(&tid.offset, sizeof tid.offset);
        buffer_register_wal(0, b, WAL_REF_STANDARD);
        wal_set_insert_flags(WAL_INSERT_ORIGIN);
        page_set_lsn(buffer_page(b), wal_insert(RMGR_HEAP, WAL_HEAP_CONFIRM));
    }
    crit_end();
    buffer_unlock_unpin(b);
}

/* ---- Log ---- */

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
                      unsigned flags, HeapBulk *bulk)
{
    size_t done = 0;

    heap_raise_if_decoded(rel);
    for (size_t i = 0; i < count; i++)
        prepare(rel, tuples[i], command, flags);
    while (done < count) {
        check_interrupts();
        done += insert_on_page(rel, tuples + done, count - done, flags, bulk);
    }
    stats_count_insert(rel->stats, count);
}

/* As many as the page takes that the first one goes to. */
static size_t insert_on_page(HeapRel *rel, HeapTuple *const *tuples, size_t count, unsigned flags,
                             HeapBulk *bulk)
{
    HeapRoom room = {.len = tuples[0]->len, .flags = flags, .bulk = bulk};
    Buffer b = heap_find_room(rel, &room);
    size_t done = 1;
    unsigned record_flags = 0;
    bool makes_page = page_item_count(buffer_page(b)) == 0;
    bool is_frozen = makes_page && (flags & HEAP_INSERT_FROZEN) != 0;

    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    heap_put(b, tuples[0]);
    while (done < count && heap_has_room(rel, b, tuples[done]->len))
        heap_put(b, tuples[done++]);
    /* Frozen rows take nothing away from a page that all can see. */
    if ((flags & HEAP_INSERT_FROZEN) == 0)
        record_flags |= heap_clear_all_visible(b, room.map) ? INSERT_CLEARED_VISIBLE : 0;
    else if (is_frozen)
        page_set_flag(buffer_page(b), PAGE_ALL_VISIBLE);
    record_flags |= is_frozen ? INSERT_SETS_FROZEN : 0;
    record_flags |= done == count ? INSERT_IS_LAST : 0;
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b), log_many(b, tuples, done, makes_page, (uint8_t)record_flags));
    crit_end();

    if (is_frozen)
        vm_set(rel->smgr, buffer_block(b), b, LSN_NONE, room.map, XID_NONE, VM_BITS);
    buffer_unlock_unpin(b);
    heap_unpin_map(room.map);
    return done;
}

/* In the critical section: what is logged is put together on the stack. It fits, as on a page. */
static Lsn log_many(Buffer b, HeapTuple *const *tuples, size_t count, bool makes_page,
                    uint8_t flags)
{
    InsertManyRecord record = {.flags = flags, .count = (uint16_t)count};
    uint8_t data[BLOCK_SIZE + HEAP_ITEM_MAX];
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
