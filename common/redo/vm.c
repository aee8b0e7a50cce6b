/* vm.c - set and clear bits of the visibility map. */
#include "common/base/base.h"

#include "common/redo/vm.h"

#include <string.h>

#include "common/format/page.h"
#include "common/format/vm_page.h"

RedoStep vm_redo_clear(uint8_t *page, BlockNo heap_block, unsigned bits)
{
    uint8_t *byte = page + vm_byte_of(heap_block);
    unsigned mask = bits << vm_shift_of(heap_block);

    if ((*byte & mask) == 0)
        return STEP_UNCHANGED;
    *byte = (uint8_t)(*byte & ~mask);
    return STEP_CHANGED_KEEP_LSN;
}

RedoStep vm_redo_set(uint8_t *page, BlockNo heap_block, unsigned bits)
{
    uint8_t *byte = page + vm_byte_of(heap_block);

    if (page_is_new(page))
        page_init(page, 0);
    *byte = (uint8_t)(*byte | bits << vm_shift_of(heap_block));
    return STEP_CHANGED;
}

RedoStep vm_redo_truncate(uint8_t *page, BlockNo heap_block)
{
    size_t first = vm_byte_of(heap_block);
    unsigned kept = (1u << vm_shift_of(heap_block)) - 1;

    page[first] = (uint8_t)(page[first] & kept);
    memset(page + first + 1, 0, BLOCK_SIZE - first - 1);
    return STEP_CHANGED_KEEP_LSN;
}
