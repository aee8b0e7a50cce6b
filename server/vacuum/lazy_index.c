/* lazy_index.c - entries of dead rows go from all indexes of a table; vacuum_int.h has the how. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"
#include "server/txn/xid.h"
#include "server/vacuum/vacuum_int.h"

static void vacuum_index(Lazy *v, LazyIndex *index, LazyWork work);

static bool is_dead(void *arg, const Tid *tid)
{
    return vacuum_dead_has(arg, tid);
}

/* Those that take entries: others have none that could lead to a row. */
void lazy_open_indexes(Lazy *v)
{
    const RelationIndexes *all = relation_indexes(v->rel);

    v->indexes = mem_new_array(LazyIndex, all->count);
    for (unsigned i = 0; i < all->count; i++) {
        Relation *rel = index_open(all->oids[i], LOCK_ROW_EXCLUSIVE);

        if (!rel->index->row->indisready) {
            relation_close(rel, LOCK_ROW_EXCLUSIVE);
            continue;
        }
        if (rel->index->access_method != ACCESS_METHOD_BTREE)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("the access method of index \"%s\" is not supported",
                                         rel->name));
        v->indexes[v->index_count++] = (LazyIndex){.rel = rel};
    }
}

void lazy_close_indexes(Lazy *v)
{
    for (unsigned i = 0; i < v->index_count; i++)
        relation_close(v->indexes[i].rel, LOCK_NONE);
}

void lazy_clean_indexes(Lazy *v)
{
    for (unsigned i = 0; i < v->index_count; i++)
        vacuum_index(v, &v->indexes[i], LAZY_CLEANS_INDEX);
    v->index_scans++;
}

static void vacuum_index(Lazy *v, LazyIndex *index, LazyWork work)
{
    LazyPlace before = lazy_go(v, work, BLOCK_NONE);
    BtreeVacuum *stats = &index->stats;
    uint64_t removed = stats->rows_removed;
    BlockNo newly_deleted = stats->pages_deleted;

    v->place.index = index->rel->name;
    stats->is_dead = is_dead;
    stats->next_xid = xid_next;
    stats->pause = vacuum_delay_point;
    stats->arg = &v->dead;
    btree_vacuum(relation_btree(index->rel), stats);
    stats->rows_removed += removed;
    stats->pages_deleted += newly_deleted;
    index->is_looked_at = true;
    v->place = before;
}

/* An index that was not vacuumed is looked at only if it has pages that could serve anew. */
void lazy_tidy_indexes(Lazy *v)
{
    for (unsigned i = 0; i < v->index_count; i++) {
        LazyIndex *index = &v->indexes[i];

        if (!index->is_looked_at && btree_needs_cleanup(relation_btree(index->rel)))
            vacuum_index(v, index, LAZY_TIDIES_INDEX);
        if (index->is_looked_at)
            btree_note_cleanup(relation_btree(index->rel), &index->stats);
    }
}

void lazy_set_index_stats(Lazy *v)
{
    for (unsigned i = 0; i < v->index_count; i++) {
        const LazyIndex *index = &v->indexes[i];

        if (index->is_looked_at)
            vacuum_set_stats(index->rel, &(RelationStats){.pages = index->stats.page_count,
                                                          .rows = (double)index->stats.rows_left});
    }
}
