/*
 * delete.c - take away entries that scans and inserts have found to be dead
 *
 * They were marked on the page, as a hint. When the page is full they go, which may save a split.
 * A standby has to know which of its queries may still see the rows: that is asked of the table.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/wal/wal.h"

#define ROWS_MAX (BLOCK_SIZE / (int)sizeof(Tid)) /* of all entries of a page */

/* Main data of the record. */
typedef struct DeleteRecord {
    Xid newest_xid;
    uint16_t deleted_count, updated_count;
} DeleteRecord;

STATIC_ASSERT(sizeof(DeleteRecord) == 8);

/* Marked entries and their rows; returns how many entries. */
static unsigned find_marked(const BtreeIndex *index, uint8_t *page, OffsetNo *offnums, Tid *tids,
                            unsigned *tid_count)
{
    unsigned count = 0;

    *tid_count = 0;
    for (OffsetNo offnum = btree_first_data(btree_special(page)); offnum <= page_item_count(page);
         offnum++) {
        const IndexTuple *tuple;
        unsigned rows;

        if (page_item_id(page, offnum).state != ITEM_DEAD)
            continue;
        tuple = btree_item(index, page, offnum);
        rows = btree_tuple_is_posting(tuple) ? btree_posting_count(tuple) : 1;
        if (*tid_count + rows > ROWS_MAX)
            break;
        memcpy(tids + *tid_count, btree_tuple_tid(tuple), rows * sizeof(Tid));
        *tid_count += rows;
        offnums[count++] = offnum;
    }
    return count;
}

static Lsn log_delete(Buffer b, const OffsetNo *offnums, unsigned count, Xid newest_xid)
{
    const DeleteRecord main = {.newest_xid = newest_xid, .deleted_count = (uint16_t)count};

    wal_begin_insert();
    wal_register_data(&main, sizeof(main));
    buffer_register_wal(0, b, WAL_REF_STANDARD);
    wal_register_page_data(0, offnums, count * sizeof(*offnums));
    return wal_insert(RMGR_BTREE, WAL_BTREE_DELETE);
}

void btree_delete_marked(const BtreeIndex *index, Buffer b, const BtreeTable *table)
{
    uint8_t *page = buffer_page(b);
    BtreeSpecial *special = btree_special(page);
    OffsetNo offnums[PAGE_ITEM_MAX];
    Tid tids[ROWS_MAX];
    unsigned count, tid_count;
    Xid newest_xid;

    if (table == NULL || table->newest_xid == NULL)
        return;
    count = find_marked(index, page, offnums, tids, &tid_count);
    if (count == 0)
        return;
    newest_xid = table->newest_xid(table->arg, tids, tid_count);
    crit_begin();
    page_index_multi_delete(page, offnums, count);
    special->flags = (uint16_t)(special->flags & ~(unsigned)BTREE_HAS_GARBAGE);
    buffer_mark_dirty(b);
    if (index->is_permanent)
        page_set_lsn(page, log_delete(b, offnums, count, newest_xid));
    crit_end();
}
