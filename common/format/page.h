/*
 * page.h - the page: its header, line pointers and items
 *
 * A page is BLOCK_SIZE bytes: a header of 24, an array of 4-byte line pointers that grows upwards
 * to "lower", free space up to "upper", items from there to "special", and the special area of the
 * access method at the end. Line pointers count from 1. An item starts at a multiple of 8; the
 * length that its line pointer holds is exact. A page of zero bytes only is "new" and valid.
 *
 * Promises
 *   1. No function reads or writes outside the page, whatever the page holds: what does not fit
 *      raises SQLSTATE_DATA_CORRUPTED.
 *   2. page_add_item and the functions that take items away leave items at the very offsets at
 *      which PostgreSQL 15 puts them, so that a page that is replayed equals the primary's.
 *   3. A function that raises has not changed the page.
 *
 * Source: storage/bufpage.h and itemid.h of PostgreSQL 15; the layout of deletion and compaction
 * is checked against pages of a real server.
 */
#ifndef FORMAT_PAGE_H
#define FORMAT_PAGE_H

#include "common/base/base.h"

#include "common/base/bytes.h"

#define PAGE_HEADER_SIZE    24
#define PAGE_LAYOUT_VERSION 4
#define PAGE_SIZE_VERSION   (BLOCK_SIZE | PAGE_LAYOUT_VERSION) /* as the header holds it */
#define PAGE_ITEM_ID_SIZE   4                                  /* bytes of a line pointer */
#define PAGE_ALIGN          8

/* The most line pointers that a page can have, of any kind and on heap pages. */
#define PAGE_ITEM_MAX ((BLOCK_SIZE - PAGE_HEADER_SIZE) / PAGE_ITEM_ID_SIZE)
#define HEAP_ITEM_MAX 291

typedef enum PageFlag {
    PAGE_HAS_FREE_LINES = 0x0001, /* hint: some line pointer is unused */
    PAGE_FULL = 0x0002,           /* hint: an update found no room */
    PAGE_ALL_VISIBLE = 0x0004,
    PAGE_FLAGS_KNOWN = 0x0007,
} PageFlag;

/* Offsets of the header's fields. */
enum {
    PAGE_AT_LSN_HIGH = 0, /* the LSN as two numbers, the high half first */
    PAGE_AT_LSN_LOW = 4,
    PAGE_AT_CHECKSUM = 8,
    PAGE_AT_FLAGS = 10,
    PAGE_AT_LOWER = 12,
    PAGE_AT_UPPER = 14,
    PAGE_AT_SPECIAL = 16,
    PAGE_AT_SIZE_VERSION = 18,
    PAGE_AT_PRUNE_XID = 20,
};

typedef enum ItemState {
    ITEM_UNUSED = 0,
    ITEM_NORMAL = 1,
    ITEM_REDIRECT = 2, /* heap: offset is the number of another line pointer */
    ITEM_DEAD = 3,     /* with storage (indexes) or without (heap: offset and len 0) */
} ItemState;

/* A line pointer, taken apart. */
typedef struct ItemId {
    uint16_t offset; /* of the item's first byte on the page, 15 bits */
    uint16_t len;    /* bytes, exact, 15 bits; 0 is "no storage" */
    ItemState state;
} ItemId;

/* ---- Header fields ---- */

static inline Lsn page_lsn(const uint8_t *page)
{
    return (uint64_t)load_u32(page + PAGE_AT_LSN_HIGH) << 32 | load_u32(page + PAGE_AT_LSN_LOW);
}

static inline void page_set_lsn(uint8_t *page, Lsn lsn)
{
    store_u32(page + PAGE_AT_LSN_HIGH, (uint32_t)(lsn >> 32));
    store_u32(page + PAGE_AT_LSN_LOW, (uint32_t)lsn);
}

/* The stored checksum; common/format/checksum.h computes one. */
static inline uint16_t page_checksum(const uint8_t *page)
{
    return load_u16(page + PAGE_AT_CHECKSUM);
}

static inline void page_set_checksum(uint8_t *page, uint16_t checksum)
{
    store_u16(page + PAGE_AT_CHECKSUM, checksum);
}

static inline uint16_t page_flags(const uint8_t *page)
{
    return load_u16(page + PAGE_AT_FLAGS);
}

static inline bool page_has_flag(const uint8_t *page, PageFlag flag)
{
    return (page_flags(page) & flag) != 0;
}

static inline void page_set_flag(uint8_t *page, PageFlag flag)
{
    store_u16(page + PAGE_AT_FLAGS, (uint16_t)(page_flags(page) | flag));
}

static inline void page_clear_flag(uint8_t *page, PageFlag flag)
{
    store_u16(page + PAGE_AT_FLAGS, (uint16_t)(page_flags(page) & ~(unsigned)flag));
}

static inline uint16_t page_lower(const uint8_t *page)
{
    return load_u16(page + PAGE_AT_LOWER);
}

static inline void page_set_lower(uint8_t *page, uint16_t lower)
{
    store_u16(page + PAGE_AT_LOWER, lower);
}

static inline uint16_t page_upper(const uint8_t *page)
{
    return load_u16(page + PAGE_AT_UPPER);
}

static inline void page_set_upper(uint8_t *page, uint16_t upper)
{
    store_u16(page + PAGE_AT_UPPER, upper);
}

static inline uint16_t page_special(const uint8_t *page)
{
    return load_u16(page + PAGE_AT_SPECIAL);
}

static inline uint16_t page_size_version(const uint8_t *page)
{
    return load_u16(page + PAGE_AT_SIZE_VERSION);
}

static inline Xid page_prune_xid(const uint8_t *page)
{
    return load_u32(page + PAGE_AT_PRUNE_XID);
}

static inline void page_set_prune_xid(uint8_t *page, Xid xid)
{
    store_u32(page + PAGE_AT_PRUNE_XID, xid);
}

/* True for a page that was never initialised: PostgreSQL tells by upper alone. */
static inline bool page_is_new(const uint8_t *page)
{
    return page_upper(page) == 0;
}

/* True when all bytes are zero. */
bool page_is_all_zero(const uint8_t *page);

/* ---- Whole pages ---- */

/* An empty page with special_size bytes (rounded up to 8) of special area; all else zero. */
void page_init(uint8_t *page, size_t special_size);

/*
 * False when the header holds what no server writes: unknown flags, pointers out of order, a
 * special area that is not aligned. An all-zero page is sane; one that is new by its header but
 * has other bytes is not. The checksum is not looked at.
 */
bool page_header_is_sane(const uint8_t *page);

/* Raise SQLSTATE_DATA_CORRUPTED unless line pointers and items may be used: sane, and not new. */
void page_check_header(const uint8_t *page);

/* The special area, which must have at least size bytes: raises otherwise. */
const uint8_t *page_special_area(const uint8_t *page, size_t size);
uint8_t *page_special_area_rw(uint8_t *page, size_t size);

/* Bytes between lower and upper; 0 when they are crossed. */
size_t page_hole_size(const uint8_t *page);

/* ---- Line pointers ---- */

/* The highest number of a line pointer; 0 on an empty or new page. */
static inline OffsetNo page_item_count(const uint8_t *page)
{
    uint16_t lower = page_lower(page);

    if (lower <= PAGE_HEADER_SIZE)
        return 0;
    if (lower > BLOCK_SIZE)
        lower = BLOCK_SIZE;
    return (OffsetNo)((lower - PAGE_HEADER_SIZE) / PAGE_ITEM_ID_SIZE);
}

/* Raise SQLSTATE_DATA_CORRUPTED: there is no line pointer with that number. */
_Noreturn void page_raise_no_item(const uint8_t *page, OffsetNo offnum);

static inline uint8_t *page_item_id_at(uint8_t *page, OffsetNo offnum)
{
    if (UNLIKELY(offnum == 0 || offnum > page_item_count(page)))
        page_raise_no_item(page, offnum);
    return page + PAGE_HEADER_SIZE + (size_t)(offnum - 1) * PAGE_ITEM_ID_SIZE;
}

static inline ItemId item_id_unpack(uint32_t bits)
{
    return (ItemId){.offset = bits & 0x7FFF,
                    .len = (uint16_t)(bits >> 17),
                    .state = (ItemState)(bits >> 15 & 3)};
}

static inline uint32_t item_id_pack(ItemId id)
{
    return (id.offset & UINT32_C(0x7FFF)) | ((uint32_t)id.state & 3) << 15 | (uint32_t)id.len << 17;
}

/* The line pointer with that number; raises when the page has none. */
static inline ItemId page_item_id(const uint8_t *page, OffsetNo offnum)
{
    if (UNLIKELY(offnum == 0 || offnum > page_item_count(page)))
        page_raise_no_item(page, offnum);
    return item_id_unpack(
        load_u32(page + PAGE_HEADER_SIZE + (size_t)(offnum - 1) * PAGE_ITEM_ID_SIZE));
}

/* Overwrite a line pointer that is there. */
static inline void page_set_item_id(uint8_t *page, OffsetNo offnum, ItemId id)
{
    store_u32(page_item_id_at(page, offnum), item_id_pack(id));
}

static inline void page_set_item_unused(uint8_t *page, OffsetNo offnum)
{
    page_set_item_id(page, offnum, (ItemId){.state = ITEM_UNUSED});
}

/* Dead without storage, as on heap pages. */
static inline void page_set_item_dead(uint8_t *page, OffsetNo offnum)
{
    page_set_item_id(page, offnum, (ItemId){.state = ITEM_DEAD});
}

/* Dead with its storage kept: the hint of index pages. */
static inline void page_mark_item_dead(uint8_t *page, OffsetNo offnum)
{
    ItemId id = page_item_id(page, offnum);

    id.state = ITEM_DEAD;
    page_set_item_id(page, offnum, id);
}

static inline void page_set_item_redirect(uint8_t *page, OffsetNo offnum, OffsetNo target)
{
    page_set_item_id(page, offnum, (ItemId){.offset = target, .state = ITEM_REDIRECT});
}

static inline bool item_id_has_storage(ItemId id)
{
    return id.len != 0;
}

/* ---- Items ---- */

/*
 * The item of a line pointer in any state that has storage, in place; *len (may be NULL) is its
 * exact length. Raises when there is none, or when it does not lie between lower's end and the
 * special area.
 */
const uint8_t *page_get_item(const uint8_t *page, OffsetNo offnum, size_t *len);
uint8_t *page_get_item_rw(uint8_t *page, OffsetNo offnum, size_t *len);

typedef enum PageAdd {
    PAGE_ADD_AT,     /* offnum is an unused line pointer, or one past the last (heap) */
    PAGE_ADD_INSERT, /* line pointers from offnum on move up by one (indexes) */
} PageAdd;

/*
 * Put a copy of the len bytes at item on the page, with the line pointer offnum; raises when the
 * slot is taken, offnum leaves a gap, or there is no room.
 */
void page_add_item(uint8_t *page, const void *item, size_t len, OffsetNo offnum, PageAdd how);

/*
 * As above, but only make room: returns where the item goes, aligned to PAGE_ALIGN. Its len bytes
 * are whatever was in the free space; those up to the next multiple of PAGE_ALIGN are zero.
 */
uint8_t *page_add_space(uint8_t *page, size_t len, OffsetNo offnum, PageAdd how);

/* Remove an item with storage: later line pointers move down, items below it move up. */
void page_index_tuple_delete(uint8_t *page, OffsetNo offnum);

/*
 * Remove count items, whose numbers ascend. Up to two are removed singly; of more, the items that
 * stay are laid out anew from the special area down, in the order of their line pointers.
 */
void page_index_multi_delete(uint8_t *page, const OffsetNo *offnums, size_t count);

/*
 * Remove an item's storage; its line pointer becomes unused, or goes when it is the last (BRIN,
 * whose line pointers must keep their numbers).
 */
void page_index_tuple_delete_no_compact(uint8_t *page, OffsetNo offnum);

/*
 * Replace an item with storage by len other bytes: items below it move by the difference of the
 * rounded lengths. False when there is no room; the page is then unchanged.
 */
bool page_index_tuple_overwrite(uint8_t *page, OffsetNo offnum, const void *item,
                                size_t len) MUST_USE;

/*
 * Heap, after pruning: push the items to the special area, in the order of their line pointers,
 * drop the unused line pointers at the array's end, and say by PAGE_HAS_FREE_LINES whether another
 * one is unused.
 */
void page_repair_fragmentation(uint8_t *page);

/*
 * Heap, after VACUUM freed line pointers: drop the unused ones at the array's end, but never the
 * first; the flag as above. Items stay where they are.
 */
void page_truncate_line_pointers(uint8_t *page);

#endif
