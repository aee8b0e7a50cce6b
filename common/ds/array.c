/* array.c - a growing array of items of one size. */
#include "common/base/base.h"

#include "common/ds/array.h"

#include "common/mem/mem.h"

#define ROOM_FIRST 8

void array_init(Array *a, size_t item_size)
{
    *a = (Array){.item_size = item_size, .room = ROOM_FIRST};
    a->items = mem_alloc(size_mul(ROOM_FIRST, item_size));
}

void *array_push(Array *a)
{
    if (a->count == a->room) {
        size_t room = size_mul(a->room, 2);

        a->items = mem_realloc(a->items, size_mul(room, a->item_size));
        a->room = room;
    }
    a->count++;
    return memset(array_at(a, a->count - 1), 0, a->item_size);
}

void *array_pop(Array *a)
{
    void *last = array_at(a, a->count - 1);

    a->count--;
    return last;
}

void array_sort(Array *a, int (*compare)(const void *, const void *))
{
    if (a->count > 1)
        qsort(a->items, a->count, a->item_size, compare);
}

void *array_search(const Array *a, const void *key, int (*compare)(const void *, const void *))
{
    if (a->count == 0)
        return NULL;
    return bsearch(key, a->items, a->count, a->item_size, compare);
}
