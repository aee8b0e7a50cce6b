/*
 * multixact_cache.c - the multixacts that this transaction made or read
 *
 * Rows of one transaction often have the same few lockers; what it made is taken again, and members
 * need not be read twice. Sets never change, and all is forgotten when the transaction ends.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/txn/multixact_int.h"

#define ENTRIES_MAX 256

typedef struct Entry {
    struct Entry *next; /* used before this one */
    MultiXid multi;
    size_t count;
    MultiMember members[];
} Entry;

static struct {
    MemContext *mem; /* NULL: empty */
    Entry *first;    /* used last */
    size_t count;
} cache;

static Entry *use(Entry **place);
static void drop_last(void);

MultiXid multixact_cache_find(const MultiMember *sorted, size_t count)
{
    for (Entry **place = &cache.first; *place != NULL; place = &(*place)->next)
        if ((*place)->count == count &&
            memcmp((*place)->members, sorted, count * sizeof *sorted) == 0)
            return use(place)->multi;
    return 0;
}

bool multixact_cache_get(MultiXid multi, MultiMember **out, size_t *count)
{
    for (Entry **place = &cache.first; *place != NULL; place = &(*place)->next)
        if ((*place)->multi == multi) {
            const Entry *e = use(place);

            *out = mem_dup(e->members, e->count * sizeof(MultiMember));
            *count = e->count;
            return true;
        }
    return false;
}

static Entry *use(Entry **place)
{
    Entry *e = *place;

    *place = e->next;
    e->next = cache.first;
    cache.first = e;
    return e;
}

/* What is read from disk stands sorted there, unless another server wrote it. */
void multixact_cache_put(MultiXid multi, const MultiMember *sorted, size_t count)
{
    Entry *e;

    if (cache.mem == NULL)
        cache.mem = mem_context_new(NULL, "multixacts");
    e = mem_alloc_in(cache.mem, sizeof *e + count * sizeof *sorted);
    e->multi = multi;
    e->count = count;
    memcpy(e->members, sorted, count * sizeof *sorted);
    e->next = cache.first;
    cache.first = e;
    if (++cache.count > ENTRIES_MAX)
        drop_last();
}

static void drop_last(void)
{
    Entry **place = &cache.first;

    while ((*place)->next != NULL)
        place = &(*place)->next;
    mem_free(*place);
    *place = NULL;
    cache.count--;
}

void multixact_cache_forget(void)
{
    if (cache.mem == NULL)
        return;
    mem_delete(cache.mem);
    memset(&cache, 0, sizeof cache);
}
