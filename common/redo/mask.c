/*
 * mask.c - overwrite what two equal pages may differ in; mask.h says why.
 *
 * As little as possible is hidden: each line below was seen to be needed on pages of a real server,
 * but for the marks that a vacuum leaves on B-tree pages which are split while it runs.
 */
#include "common/base/base.h"

#include "common/redo/mask.h"

#include <string.h>

#include "common/format/brin_page.h"
#include "common/format/btree_page.h"
#include "common/format/gin_page.h"
#include "common/format/gist_page.h"
#include "common/format/hash_page.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/sequence_page.h"
#include "common/format/spgist_page.h"
#include "common/walrec/rmgr.h"

static uint8_t owner_of(const uint8_t *page);
static void mask_heap(const BlockTag *tag, uint8_t *page);
static void mask_heap_tuple(const BlockTag *tag, OffsetNo offnum, HeapTupleHeader *tuple);
static void mask_btree(uint8_t *page);
static void mask_hash(uint8_t *page);
static void mask_gin(uint8_t *page);
static void mask_gist(uint8_t *page);
static void mask_spgist(uint8_t *page);
static void mask_brin(uint8_t *page);
static void *special_of(uint8_t *page, size_t size);
static void mask_dead_hints(uint8_t *page);

void redo_mask_page(uint8_t rmgr, const BlockTag *tag, uint8_t *page)
{
    page_set_lsn(page, 0);
    page_set_checksum(page, 0);
    if (page_is_new(page) || !page_header_is_sane(page))
        return;

    /* The free space map is advisory. Maps fill what would be the hole of other pages. */
    if (tag->fork == FORK_FSM)
        memset(page, 0, BLOCK_SIZE);
    if (tag->fork == FORK_FSM || tag->fork == FORK_VM)
        return;
    memset(page + page_lower(page), 0, page_hole_size(page));

    switch (rmgr == RMGR_XLOG ? owner_of(page) : rmgr) {
    case RMGR_HEAP:
    case RMGR_HEAP2:
        mask_heap(tag, page);
        break;
    case RMGR_BTREE:
        mask_btree(page);
        break;
    case RMGR_HASH:
        mask_hash(page);
        break;
    case RMGR_GIN:
        mask_gin(page);
        break;
    case RMGR_GIST:
        mask_gist(page);
        break;
    case RMGR_SPGIST:
        mask_spgist(page);
        break;
    case RMGR_BRIN:
        mask_brin(page);
        break;
    default:
        break; /* nothing more to hide */
    }
}

/* Whose page it is, by the special area: each access method puts its mark at the page's end. */
static uint8_t owner_of(const uint8_t *page)
{
    size_t special_size = (size_t)BLOCK_SIZE - page_special(page);
    uint16_t mark = load_u16(page + BLOCK_SIZE - sizeof(uint16_t));

    switch (special_size) {
    case 0:
        return RMGR_HEAP;
    case sizeof(BtreeSpecial):
        return mark == HASH_PAGE_ID ? RMGR_HASH : mark == GIST_PAGE_ID ? RMGR_GIST : RMGR_BTREE;
    case sizeof(GinSpecial):
        if (mark == SPGIST_PAGE_ID)
            return RMGR_SPGIST;
        if (mark >= BRIN_META && mark <= BRIN_REGULAR)
            return RMGR_BRIN;
        if (page_item_count(page) == 1 && page_item_id(page, 1).len == SEQUENCE_TUPLE_SIZE &&
            load_u32(page + page_special(page)) == SEQUENCE_MAGIC)
            return RMGR_SEQ;
        return RMGR_GIN;
    default:
        return RMGR_GENERIC;
    }
}

static void mask_heap(const BlockTag *tag, uint8_t *page)
{
    page_set_prune_xid(page, XID_NONE);
    page_clear_flag(page, PAGE_HAS_FREE_LINES);
    page_clear_flag(page, PAGE_FULL);
    for (OffsetNo offnum = 1; offnum <= page_item_count(page); offnum++) {
        ItemId id = page_item_id(page, offnum);
        size_t end = (size_t)id.offset + id.len, padded_end = size_align_up(end, PAGE_ALIGN);

        if (!item_id_has_storage(id) || padded_end > page_special(page))
            continue;
        memset(page + end, 0, padded_end - end);
        if (id.state == ITEM_NORMAL && id.len >= HEAP_TUPLE_HEADER_SIZE &&
            id.offset % PAGE_ALIGN == 0)
            mask_heap_tuple(tag, offnum, (HeapTupleHeader *)(page + id.offset));
    }
}

/*
 * Hint bits come at any time. Command ids mean nothing once the transaction is over. The token of a
 * speculative insertion is not replayed.
 */
static void mask_heap_tuple(const BlockTag *tag, OffsetNo offnum, HeapTupleHeader *tuple)
{
    unsigned hints = HEAP_XMAX_COMMITTED | HEAP_XMAX_INVALID | HEAP_COMBO_CID;

    if (!heap_xmin_is_frozen(tuple->infomask))
        hints |= HEAP_XMIN_COMMITTED | HEAP_XMIN_INVALID;
    tuple->infomask = (uint16_t)(tuple->infomask & ~hints);
    tuple->cid = 0;
    if (tuple->ctid.offset == HEAP_CTID_SPECULATIVE)
        tuple->ctid = tid_make(tag->block, offnum);
}

static void mask_btree(uint8_t *page)
{
    BtreeSpecial *special = special_of(page, sizeof(*special));

    if (special == NULL)
        return;
    if ((special->flags & BTREE_LEAF) != 0)
        mask_dead_hints(page);
    special->flags = (uint16_t)(special->flags & ~(unsigned)(BTREE_HAS_GARBAGE | BTREE_SPLIT_END));
    special->cycle_id = 0;
}

static void mask_hash(uint8_t *page)
{
    HashSpecial *special = special_of(page, sizeof(*special));

    if (special == NULL)
        return;
    if ((special->flags & (HASH_BUCKET | HASH_OVERFLOW)) != 0)
        mask_dead_hints(page);
    special->flags = (uint16_t)(special->flags & ~(unsigned)HASH_HAS_DEAD_TUPLES);
}

/* Replay empties a page that leaves the pending list, the server only marks it. */
static void mask_gin(uint8_t *page)
{
    GinSpecial *special = special_of(page, sizeof(*special));

    if (special == NULL)
        return;
    if (special->flags == GIN_DELETED) {
        page_init(page, sizeof(GinSpecial));
        special->flags = GIN_DELETED;
    }
}

static void mask_gist(uint8_t *page)
{
    GistSpecial *special = special_of(page, sizeof(*special));

    if (special == NULL)
        return;
    if ((special->flags & GIST_LEAF) != 0)
        mask_dead_hints(page);
    special->nsn_high = 0;
    special->nsn_low = 0;
    special->flags = (uint16_t)(special->flags & ~(unsigned)(GIST_FOLLOW_RIGHT | GIST_HAS_GARBAGE));
}

/* Behind its magic the metapage notes where there was room lately, without WAL. */
static void mask_spgist(uint8_t *page)
{
    const SpgistSpecial *special = special_of(page, sizeof(*special));
    size_t at = PAGE_HEADER_SIZE + sizeof(uint32_t);

    if (special != NULL && (special->flags & SPGIST_META) != 0 && page_lower(page) > at)
        memset(page + at, 0, page_lower(page) - at);
}

static void mask_brin(uint8_t *page)
{
    BrinSpecial *special = special_of(page, sizeof(*special));

    if (special == NULL)
        return;
    special->flags = (uint16_t)(special->flags & ~(unsigned)BRIN_EVACUATE);
}

/* The special area, or NULL when its size shows that the page is another's. */
static void *special_of(uint8_t *page, size_t size)
{
    return (size_t)BLOCK_SIZE - page_special(page) == size ? page + page_special(page) : NULL;
}

/* That an index item leads to nothing any more is noted without WAL. */
static void mask_dead_hints(uint8_t *page)
{
    for (OffsetNo offnum = 1; offnum <= page_item_count(page); offnum++) {
        ItemId id = page_item_id(page, offnum);

        if (id.state == ITEM_DEAD) {
            id.state = ITEM_NORMAL;
            page_set_item_id(page, offnum, id);
        }
    }
}
