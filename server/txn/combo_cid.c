/* combo_cid.c - pairs of command numbers; combo_cid.h says what for. */
#include "common/base/base.h"

#include "server/txn/combo_cid.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/mem/mem.h"

typedef struct Pair {
    Cid cmin, cmax;
} Pair;

typedef struct PairEntry {
    Pair pair;
    Cid combo;
} PairEntry;

/* Most transactions have none: mem is NULL until the first. */
static struct {
    MemContext *mem;
    Array pairs; /* Pair, by number */
    Hash known;  /* PairEntry */
} combos;

Cid combo_cid_make(Cid cmin, Cid cmax)
{
    Pair pair = {cmin, cmax};
    PairEntry *entry;
    bool is_new;

    if (combos.mem == NULL) {
        combos.mem = mem_context_new(NULL, "combo command ids");
        MEM_SCOPE(combos.mem) {
            array_init(&combos.pairs, sizeof(Pair));
            hash_init(&combos.known, sizeof(Pair), sizeof(PairEntry));
        }
    }
    entry = hash_find(&combos.known, &pair);
    if (entry != NULL)
        return entry->combo;
    /* First the array: an entry must not name a number that is not there. */
    *(Pair *)array_push(&combos.pairs) = pair;
    entry = hash_enter(&combos.known, &pair, &is_new);
    entry->combo = (Cid)(combos.pairs.count - 1);
    return entry->combo;
}

Cid combo_cid_min(Cid combo)
{
    return ((const Pair *)array_at(&combos.pairs, combo))->cmin;
}

Cid combo_cid_max(Cid combo)
{
    return ((const Pair *)array_at(&combos.pairs, combo))->cmax;
}

void combo_cid_at_end_of_transaction(void)
{
    if (combos.mem == NULL)
        return;
    mem_delete(combos.mem);
    memset(&combos, 0, sizeof combos);
}
