/*
 * array.h - a growing array of items of one size
 *
 *     Array files;
 *     array_init(&files, sizeof(FileEntry));
 *     FileEntry *entry = array_push(&files);     a zeroed item
 *     array_foreach(FileEntry, entry, &files) { ... }
 *
 * Items move when the array grows: keep indexes, not pointers. Memory belongs to the context that
 * was current at init.
 */
#ifndef DS_ARRAY_H
#define DS_ARRAY_H

#include "common/base/base.h"

typedef struct Array {
    void *items;
    size_t count;
    size_t item_size;
    size_t room; /* items that fit */
} Array;

void array_init(Array *a, size_t item_size);

/* Add a zeroed item at the end. */
void *array_push(Array *a);

/* Remove the last item; its bytes stay readable until the next push. */
void *array_pop(Array *a);

static inline void *array_at(const Array *a, size_t i)
{
    ASSERT(i < a->count);
    return (char *)a->items + i * a->item_size;
}

static inline void array_clear(Array *a)
{
    a->count = 0;
}

void array_sort(Array *a, int (*compare)(const void *, const void *));

/* In a sorted array: an item equal to key, or NULL. */
void *array_search(const Array *a, const void *key, int (*compare)(const void *, const void *));

/*
 * __typeof__ so that a pointer may be the type of an item. Do not push or pop meanwhile. An array
 * that never had an item has no memory, and C forbids to add even 0 to NULL.
 */
#define array_foreach(type, item, a)                                                              \
 for (__typeof__(type) *item = (a)->items, *item##_end = item == NULL ? NULL : item + (a)->count; \
      item != item##_end; item++)

#endif
