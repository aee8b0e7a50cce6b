/* type_facts.c - find types, in the table of those that are always there or by the hook. */
#include "common/base/base.h"

#include "server/catalog/type_facts.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"

#define DIRECT_MAX 2304 /* the usual types have numbers below: these are found without a search */

typedef struct KnownType {
    Oid oid; /* the key */
    uint64_t generation;
    TypeFacts info;
} KnownType;

typedef struct TypeFactsLocal {
    TypeFactsLookup lookup;
    MemContext *mem; /* of those that the hook told; NULL: none yet */
    Hash known;
    uint64_t generation; /* entries of others are out of date */
    bool has_direct;
    const TypeFacts *direct[DIRECT_MAX];
} TypeFactsLocal;

static TypeFactsLocal local;

static void fill_direct(void)
{
    for (size_t i = 0; i < type_table_count && type_table[i].oid < DIRECT_MAX; i++)
        local.direct[type_table[i].oid] = &type_table[i];
    local.has_direct = true;
}

static const TypeFacts *search_table(Oid oid)
{
    size_t low = 0, high = type_table_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (type_table[middle].oid < oid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < type_table_count && type_table[low].oid == oid ? &type_table[low] : NULL;
}

static void make_table(void)
{
    local.mem = mem_context_new(mem_root(), "types");
    MEM_SCOPE(local.mem) {
        hash_init(&local.known, sizeof(Oid), sizeof(KnownType));
    }
}

/* An entry that is out of date is filled anew where it is: others may point to it. */
static const TypeFacts *ask(Oid oid)
{
    KnownType *entry = local.mem == NULL ? NULL : hash_find(&local.known, &oid);
    uint64_t generation = local.generation;
    TypeFacts info;

    if (entry != NULL && entry->generation == generation)
        return &entry->info;
    if (local.lookup == NULL || !local.lookup(oid, &info))
        return NULL;
    if (local.mem == NULL)
        make_table();
    entry = hash_enter(&local.known, &oid, NULL);
    entry->generation = generation;
    if (entry->info.name == NULL || strcmp(entry->info.name, info.name) != 0)
        info.name = mem_strdup_in(local.mem, info.name);
    else
        info.name = entry->info.name;
    entry->info = info;
    return &entry->info;
}

const TypeFacts *type_facts_find(Oid oid)
{
    const TypeFacts *found;

    if (LIKELY(oid < DIRECT_MAX)) {
        if (UNLIKELY(!local.has_direct))
            fill_direct();
        return local.direct[oid];
    }
    found = search_table(oid);
    return found != NULL ? found : ask(oid);
}

const TypeFacts *type_facts(Oid oid)
{
    const TypeFacts *t = type_facts_find(oid);

    if (UNLIKELY(t == NULL))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", oid));
    return t;
}

void type_facts_set_lookup(TypeFactsLookup lookup)
{
    local.lookup = lookup;
}

void type_facts_forget(void)
{
    local.generation++;
}
