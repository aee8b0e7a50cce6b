/*
 * redo_fuzz.c - a damaged record on a damaged page changes nothing outside of the page
 *
 * An input is a record and a page, as redo_check -z writes them:
 *
 *   resource manager, info, which of its blocks, bit 0: hint bits are logged;
 *   uint16 length of what follows the record's header, those bytes;
 *   uint16 lower, uint16 upper, the page without what lies between.
 *
 * The page has memory of its own, so that the sanitizer sees each byte beyond it.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/redo/mask.h"
#include "common/redo/redo.h"
#include "tests/fuzz/target.h"

#define INPUT_HEADER 6
#define RECORD_END   UINT64_C(0x7000000000000000) /* after the LSN of nearly any page */

static void take_record(const uint8_t *data, size_t parts_len, WalRecord *record);
static void take_page(const uint8_t *data, size_t size, uint8_t *page);
static void apply(const WalRecord *record, const WalTouch *touch, bool logs_hints, uint8_t *page);

void fuzz_take(const uint8_t *data, size_t size)
{
    static uint8_t *page;
    size_t parts_len = size < INPUT_HEADER ? 0 : load_u16(data + 4);
    size_t page_at = INPUT_HEADER + parts_len, count;
    WalTouch touches[WAL_TOUCH_MAX];
    WalRecord record;

    if (page == NULL && (page = aligned_alloc(PAGE_ALIGN, BLOCK_SIZE)) == NULL)
        abort();
    if (size < page_at)
        return;
    take_record(data, parts_len, &record);
    take_page(data + page_at, size - page_at, page);
    count = walrec_touched(&record, touches);
    if (count > 0)
        apply(&record, &touches[data[2] % count], (data[3] & 1) != 0, page);
}

/* The decoded record points into memory of just its length. */
static void take_record(const uint8_t *data, size_t parts_len, WalRecord *record)
{
    size_t len = WAL_RECORD_HEADER_SIZE + parts_len;
    uint8_t *bytes = mem_alloc(len);

    store_u32(bytes, (uint32_t)len);
    store_u32(bytes + 4, 1000); /* xid */
    bytes[16] = data[1];
    bytes[17] = data[0];
    memcpy(bytes + WAL_RECORD_HEADER_SIZE, data + INPUT_HEADER, parts_len);
    wal_record_decode(record, bytes, 15, RECORD_END - 100, RECORD_END);
}

/* What the input has no bytes for is zero. */
static void take_page(const uint8_t *data, size_t size, uint8_t *page)
{
    size_t lower, upper, first;

    memset(page, 0, BLOCK_SIZE);
    if (size < 4)
        return;
    lower = size_min(load_u16(data), BLOCK_SIZE);
    upper = size_max(size_min(load_u16(data + 2), BLOCK_SIZE), lower);
    data += 4;
    size -= 4;
    first = size_min(size, lower);
    memcpy(page, data, first);
    memcpy(page + upper, data + first, size_min(size - first, BLOCK_SIZE - upper));
}

static void apply(const WalRecord *record, const WalTouch *touch, bool logs_hints, uint8_t *page)
{
    const RedoEnv env = {.version = 15, .hint_bits_logged = logs_hints};
    uint8_t before[BLOCK_SIZE];
    RedoResult result;

    memcpy(before, page, BLOCK_SIZE);
    result = redo_block(&env, record, touch, page);

    /* redo.h promises that. */
    if (result != REDO_APPLIED && result != REDO_RESTORED && memcmp(page, before, BLOCK_SIZE) != 0)
        abort();
    redo_mask_page(record->rmgr, &touch->tag, page);
}
