/*
 * page_fuzz.c - whatever a page holds, nothing is touched outside it, and a raise changes nothing
 *
 * The first 8192 bytes are the page (zeros where the input is shorter), what follows are steps of
 * four bytes: what to do, with which line pointer, how long the item is.
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "tests/fuzz/target.h"

#define STEP_SIZE 4

typedef struct Step {
    uint8_t *page;
    uint8_t what;
    OffsetNo offnum;
    size_t len;
} Step;

static volatile uint8_t sink; /* so that reads are not left out */

static void read_all(const uint8_t *page)
{
    OffsetNo count = page_item_count(page);

    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        size_t len;
        const uint8_t *item = page_get_item(page, offnum, &len);

        for (size_t i = 0; i < len; i++)
            sink = (uint8_t)(sink ^ item[i]);
    }
}

static void take_step(const Step *s)
{
    static const uint8_t item[BLOCK_SIZE];
    const OffsetNo three[] = {s->offnum, (OffsetNo)(s->offnum + 1), (OffsetNo)(s->offnum + 2)};

    switch (s->what % 12) {
    case 0:
        read_all(s->page);
        break;
    case 1:
        page_add_item(s->page, item, s->len, s->offnum, PAGE_ADD_AT);
        break;
    case 2:
        page_add_item(s->page, item, s->len, s->offnum, PAGE_ADD_INSERT);
        break;
    case 3:
        page_index_tuple_delete(s->page, s->offnum);
        break;
    case 4:
        page_index_multi_delete(s->page, three, s->len % 4);
        break;
    case 5:
        page_index_tuple_delete_no_compact(s->page, s->offnum);
        break;
    case 6:
        (void)!page_index_tuple_overwrite(s->page, s->offnum, item, s->len);
        break;
    case 7:
        page_repair_fragmentation(s->page);
        break;
    case 8:
        page_truncate_line_pointers(s->page);
        break;
    case 9:
        page_set_item_dead(s->page, s->offnum);
        break;
    case 10:
        page_set_item_unused(s->page, s->offnum);
        break;
    default:
        sink = *page_special_area(s->page, s->len % 64 + 1);
    }
}

/* Promise 3 of page.h. */
static void check_step(const Step *s)
{
    uint8_t before[BLOCK_SIZE];

    memcpy(before, s->page, BLOCK_SIZE);
    ERR_TRY() {
        take_step(s);
    }
    ERR_CATCH() {
        if (memcmp(before, s->page, BLOCK_SIZE) != 0)
            abort();
    }
    ERR_END();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    static uint8_t *page; /* on its own, so that a sanitizer sees its ends */
    size_t len = size_min(size, BLOCK_SIZE);

    if (page == NULL && (page = malloc(BLOCK_SIZE)) == NULL)
        abort();
    memset(page, 0, BLOCK_SIZE);
    if (len > 0)
        memcpy(page, data, len);
    sink = (uint8_t)(page_header_is_sane(page) + checksum_page_is_valid(page, 0));
    for (size_t at = BLOCK_SIZE; at + STEP_SIZE <= size; at += STEP_SIZE) {
        Step step = {.page = page,
                     .what = data[at],
                     .offnum = data[at + 1],
                     .len = load_u16(data + at + 2) % (2 * BLOCK_SIZE)};

        check_step(&step);
    }
}
