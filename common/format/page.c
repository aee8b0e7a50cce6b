/* page.c - items come and go on a page; page.h has the layout and the promises. */
#include "common/base/base.h"

#include "common/format/page.h"

#include "common/err/err.h"

/* An item that stays, while the others are removed. */
typedef struct KeptItem {
    OffsetNo offnum; /* its number after the removal */
    ItemId id;
    size_t room; /* len rounded up to PAGE_ALIGN */
} KeptItem;

static ItemId check_stored_item(const uint8_t *page, OffsetNo offnum);
_Noreturn static void raise_bad_item(ItemId id, OffsetNo offnum);
static void check_all_items(const uint8_t *page, bool is_whole_storage);
static void shift_items(uint8_t *page, uint16_t limit, int by);
static void compact_items(uint8_t *page, KeptItem *kept, size_t count);
static void set_item_count(uint8_t *page, size_t count);
static void set_free_lines(uint8_t *page, bool has_unused);

bool page_is_all_zero(const uint8_t *page)
{
    for (size_t i = 0; i < BLOCK_SIZE; i += 64) {
        uint64_t any = 0;

        for (size_t j = 0; j < 64; j += 8)
            any |= load_u64(page + i + j);
        if (any != 0)
            return false;
    }
    return true;
}

void page_init(uint8_t *page, size_t special_size)
{
    uint16_t special = (uint16_t)(BLOCK_SIZE - size_align_up(special_size, PAGE_ALIGN));

    ASSERT(special_size <= BLOCK_SIZE - PAGE_HEADER_SIZE);
    memset(page, 0, BLOCK_SIZE);
    page_set_lower(page, PAGE_HEADER_SIZE);
    page_set_upper(page, special);
    store_u16(page + PAGE_AT_SPECIAL, special);
    store_u16(page + PAGE_AT_SIZE_VERSION, PAGE_SIZE_VERSION);
}

bool page_header_is_sane(const uint8_t *page)
{
    if (page_is_new(page))
        return page_is_all_zero(page);
    return (page_flags(page) & ~PAGE_FLAGS_KNOWN) == 0 && page_lower(page) >= PAGE_HEADER_SIZE &&
           page_lower(page) <= page_upper(page) && page_upper(page) <= page_special(page) &&
           page_special(page) <= BLOCK_SIZE && page_special(page) % PAGE_ALIGN == 0 &&
           page_size_version(page) == PAGE_SIZE_VERSION;
}

void page_check_header(const uint8_t *page)
{
    uint16_t lower = page_lower(page), upper = page_upper(page), special = page_special(page);

    if (lower < PAGE_HEADER_SIZE || lower > upper || upper > special || special > BLOCK_SIZE ||
        special % PAGE_ALIGN != 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("corrupted page pointers: lower = %u, upper = %u, special = %u",
                              lower, upper, special));
}

const uint8_t *page_special_area(const uint8_t *page, size_t size)
{
    uint16_t special = page_special(page);

    if (special < PAGE_HEADER_SIZE || special > BLOCK_SIZE || special % PAGE_ALIGN != 0 ||
        (size_t)(BLOCK_SIZE - special) < size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("corrupted page: the special area begins at %u, "
                                     "but needs %zu bytes",
                                     special, size));
    return page + special;
}

uint8_t *page_special_area_rw(uint8_t *page, size_t size)
{
    return page + (page_special_area(page, size) - page);
}

size_t page_hole_size(const uint8_t *page)
{
    return page_lower(page) < page_upper(page) ? (size_t)(page_upper(page) - page_lower(page)) : 0;
}

void page_raise_no_item(const uint8_t *page, OffsetNo offnum)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("invalid line pointer number %u: the page has %u", offnum,
                                 page_item_count(page)));
}

const uint8_t *page_get_item(const uint8_t *page, OffsetNo offnum, size_t *len)
{
    ItemId id = check_stored_item(page, offnum);

    if (len != NULL)
        *len = id.len;
    return page + id.offset;
}

uint8_t *page_get_item_rw(uint8_t *page, OffsetNo offnum, size_t *len)
{
    return page + (page_get_item(page, offnum, len) - page);
}

void page_add_item(uint8_t *page, const void *item, size_t len, OffsetNo offnum, PageAdd how)
{
    memcpy(page_add_space(page, len, offnum, how), item, len);
}

uint8_t *page_add_space(uint8_t *page, size_t len, OffsetNo offnum, PageAdd how)
{
    OffsetNo count;
    uint8_t *slot;
    uint16_t lower, upper;
    size_t room;
    bool is_new_slot;

    page_check_header(page);
    count = page_item_count(page);
    if (offnum == 0 || offnum > count + 1)
        page_raise_no_item(page, offnum);
    is_new_slot = how == PAGE_ADD_INSERT || offnum == count + 1;
    if (!is_new_slot) {
        ItemId id = page_item_id(page, offnum);

        if (id.state != ITEM_UNUSED || item_id_has_storage(id))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("could not add an item to the page: line pointer %u "
                                         "is in use",
                                         offnum));
    }

    lower = page_lower(page);
    if (len > BLOCK_SIZE)
        len = BLOCK_SIZE; /* does not fit, whatever it is */
    room = size_align_up(len, PAGE_ALIGN) + (is_new_slot ? PAGE_ITEM_ID_SIZE : 0);
    if (room > (size_t)(page_upper(page) - lower))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("could not add an item to the page: it needs %zu bytes, "
                                     "but %d are free",
                                     room, page_upper(page) - lower));
    if (page_upper(page) % PAGE_ALIGN != 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("corrupted page pointers: upper = %u", page_upper(page)));
    upper = (uint16_t)(page_upper(page) - size_align_up(len, PAGE_ALIGN));
    if (is_new_slot) {
        slot = page + PAGE_HEADER_SIZE + (size_t)(offnum - 1) * PAGE_ITEM_ID_SIZE;
        memmove(slot + PAGE_ITEM_ID_SIZE, slot, (size_t)(count + 1 - offnum) * PAGE_ITEM_ID_SIZE);
        page_set_lower(page, (uint16_t)(lower + PAGE_ITEM_ID_SIZE));
    }
    page_set_upper(page, upper);
    page_set_item_id(page, offnum,
                     (ItemId){.offset = upper, .len = (uint16_t)len, .state = ITEM_NORMAL});
    memset(page + upper + len, 0, size_align_up(len, PAGE_ALIGN) - len);
    return page + upper;
}

void page_index_tuple_delete(uint8_t *page, OffsetNo offnum)
{
    ItemId id = check_stored_item(page, offnum);
    OffsetNo count = page_item_count(page);
    uint8_t *slot = page_item_id_at(page, offnum);

    check_all_items(page, false);
    memmove(slot, slot + PAGE_ITEM_ID_SIZE, (size_t)(count - offnum) * PAGE_ITEM_ID_SIZE);
    page_set_lower(page, (uint16_t)(page_lower(page) - PAGE_ITEM_ID_SIZE));
    shift_items(page, id.offset, (int)size_align_up(id.len, PAGE_ALIGN));
}

void page_index_multi_delete(uint8_t *page, const OffsetNo *offnums, size_t count)
{
    KeptItem kept[PAGE_ITEM_MAX];
    size_t kept_count = 0, next = 0;
    OffsetNo item_count = page_item_count(page);

    page_check_header(page);
    for (size_t i = 0; i < count; i++) {
        if (offnums[i] == 0 || offnums[i] > item_count || (i > 0 && offnums[i] <= offnums[i - 1]))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("incorrect index offsets supplied: %u", offnums[i]));
    }
    check_all_items(page, true);
    if (count <= 2) {
        while (count-- > 0)
            page_index_tuple_delete(page, offnums[count]);
        return;
    }

    for (OffsetNo offnum = 1; offnum <= item_count; offnum++) {
        ItemId id = page_item_id(page, offnum);

        if (next < count && offnums[next] == offnum) {
            next++;
            continue;
        }
        kept[kept_count] = (KeptItem){.offnum = (OffsetNo)(kept_count + 1),
                                      .id = id,
                                      .room = size_align_up(id.len, PAGE_ALIGN)};
        kept_count++;
    }
    for (size_t i = 0; i < kept_count; i++)
        page_set_item_id(page, kept[i].offnum, kept[i].id);
    set_item_count(page, kept_count);
    compact_items(page, kept, kept_count);
}

void page_index_tuple_delete_no_compact(uint8_t *page, OffsetNo offnum)
{
    ItemId id = check_stored_item(page, offnum);

    check_all_items(page, false);
    if (offnum < page_item_count(page))
        page_set_item_unused(page, offnum);
    else
        page_set_lower(page, (uint16_t)(page_lower(page) - PAGE_ITEM_ID_SIZE));
    shift_items(page, id.offset, (int)size_align_up(id.len, PAGE_ALIGN));
}

bool page_index_tuple_overwrite(uint8_t *page, OffsetNo offnum, const void *item, size_t len)
{
    ItemId id = check_stored_item(page, offnum);
    int old_room = (int)size_align_up(id.len, PAGE_ALIGN);
    int new_room;

    check_all_items(page, false);
    if (len > BLOCK_SIZE)
        return false;
    new_room = (int)size_align_up(len, PAGE_ALIGN);
    if (new_room > old_room + (int)page_hole_size(page))
        return false;
    shift_items(page, id.offset, old_room - new_room);
    id.offset = (uint16_t)(id.offset + old_room - new_room);
    id.len = (uint16_t)len;
    page_set_item_id(page, offnum, id);
    memcpy(page + id.offset, item, len);
    return true;
}

void page_repair_fragmentation(uint8_t *page)
{
    KeptItem kept[PAGE_ITEM_MAX];
    size_t kept_count = 0;
    OffsetNo count = page_item_count(page);
    OffsetNo last_used = 0, used_count = 0;

    page_check_header(page);
    check_all_items(page, false);
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemId id = page_item_id(page, offnum);

        if (id.state == ITEM_UNUSED) {
            page_set_item_unused(page, offnum);
            continue;
        }
        used_count++;
        last_used = offnum;
        if (item_id_has_storage(id))
            kept[kept_count++] =
                (KeptItem){.offnum = offnum, .id = id, .room = size_align_up(id.len, PAGE_ALIGN)};
    }
    compact_items(page, kept, kept_count);
    set_item_count(page, last_used);
    set_free_lines(page, used_count < last_used);
}

void page_truncate_line_pointers(uint8_t *page)
{
    OffsetNo count = page_item_count(page);
    bool has_unused = false;

    page_check_header(page);
    while (count > 1 && page_item_id(page, count).state == ITEM_UNUSED)
        count--;
    for (OffsetNo offnum = 1; offnum <= count && !has_unused; offnum++)
        has_unused = page_item_id(page, offnum).state == ITEM_UNUSED;
    set_item_count(page, count);
    set_free_lines(page, has_unused);
}

/* The line pointer of an item that lies where items lie. */
static ItemId check_stored_item(const uint8_t *page, OffsetNo offnum)
{
    ItemId id = page_item_id(page, offnum);

    page_check_header(page);
    if (!item_id_has_storage(id) || id.offset < page_upper(page) ||
        (size_t)id.offset + id.len > page_special(page) || id.offset % PAGE_ALIGN != 0)
        raise_bad_item(id, offnum);
    return id;
}

static void raise_bad_item(ItemId id, OffsetNo offnum)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("corrupted line pointer %u: offset = %u, size = %u", offnum,
                                 id.offset, id.len));
}

/* Before items move: each lies between upper and special, and together they fit there. */
static void check_all_items(const uint8_t *page, bool is_whole_storage)
{
    OffsetNo count = page_item_count(page);
    size_t total = 0;

    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemId id = page_item_id(page, offnum);

        if (is_whole_storage || item_id_has_storage(id))
            total += size_align_up(check_stored_item(page, offnum).len, PAGE_ALIGN);
    }
    if (total > (size_t)(page_special(page) - page_lower(page)))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("corrupted item lengths: total %zu, available space %d", total,
                                     page_special(page) - page_lower(page)));
}

/*
 * Move what lies between upper and limit, with upper itself, by some bytes; line pointers of items
 * that begin at limit or before follow.
 */
static void shift_items(uint8_t *page, uint16_t limit, int by)
{
    uint16_t upper = page_upper(page);
    OffsetNo count = page_item_count(page);

    if (by == 0)
        return;
    memmove(page + upper + by, page + upper, (size_t)(limit - upper));
    page_set_upper(page, (uint16_t)(upper + by));
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemId id = page_item_id(page, offnum);

        if (item_id_has_storage(id) && id.offset <= limit) {
            id.offset = (uint16_t)(id.offset + by);
            page_set_item_id(page, offnum, id);
        }
    }
}

/* Lay the items out from the special area down, in the order given; upper is where they end. */
static void compact_items(uint8_t *page, KeptItem *kept, size_t count)
{
    uint8_t before[BLOCK_SIZE];
    uint16_t upper = page_special(page);

    memcpy(before, page, sizeof(before));
    for (size_t i = 0; i < count; i++) {
        KeptItem *item = &kept[i];
        ItemId id = item->id;

        upper = (uint16_t)(upper - item->room);
        memcpy(page + upper, before + id.offset, item->room);
        id.offset = upper;
        page_set_item_id(page, item->offnum, id);
    }
    page_set_upper(page, upper);
}

static void set_item_count(uint8_t *page, size_t count)
{
    page_set_lower(page, (uint16_t)(PAGE_HEADER_SIZE + count * PAGE_ITEM_ID_SIZE));
}

static void set_free_lines(uint8_t *page, bool has_unused)
{
    if (has_unused)
        page_set_flag(page, PAGE_HAS_FREE_LINES);
    else
        page_clear_flag(page, PAGE_HAS_FREE_LINES);
}
