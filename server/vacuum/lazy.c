/*
 * lazy.c - the pages of one table: dead rows go, old xids are frozen, the maps are kept
 *
 * The first pass goes over all pages but those that the visibility map says need it not, prunes and
 * freezes each, and notes dead line pointers. When there is no room for more, or at the end, index
 * entries that lead to them are taken away; the second pass frees them. A table without indexes
 * needs no second pass.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"
#include "server/vacuum/vacuum_int.h"

#define SKIP_MIN           32 /* fewer pages are not worth spoiling what the system reads ahead */
#define FAILSAFE_EVERY     ((BlockNo)(UINT64_C(4) * 1024 * 1024 * 1024 / BLOCK_SIZE))
#define FSM_EVERY          ((BlockNo)(UINT64_C(8) * 1024 * 1024 * 1024 / BLOCK_SIZE))
#define BYPASS_PAGES_SHARE 0.02
#define BYPASS_TIDS_MAX    (MIB(32) / sizeof(Tid))

/* Where the first pass is, and what the visibility map says of what comes. */
typedef struct Walk {
    Lazy *v;
    Buffer map;
    BlockNo next_needed; /* that is not skipped */
    bool is_next_visible;
    bool skips; /* what is before it */
    BlockNo fsm_done;
} Walk;

static void begin_progress(const Lazy *v);
static void decide(Lazy *v);
static void first_pass(Lazy *v);
static void find_next_needed(Walk *w, BlockNo from);
static void look_at_block(Walk *w, BlockNo block, bool is_known_visible);
static bool is_new_or_empty(Walk *w, Buffer b, bool is_cleanup);
static bool look_without_cleanup(Walk *w, Buffer b);
static void clean(Walk *w, Buffer b, bool is_known_visible);
static void keep_map(Walk *w, Buffer b, const HeapPageReport *r, bool is_known_visible);
static void give_back(Lazy *v, Buffer b);
static void free_dead(Lazy *v);
static void second_pass(Lazy *v);
static void check_failsafe(Lazy *v);
static void set_stats(Lazy *v);

void vacuum_lazily(Relation *rel, const VacuumParams *params)
{
    MemContext *mem = mem_context_new(mem_current(), "vacuum");
    MemContext *before = mem_switch(mem);
    Lazy *v = mem_new(Lazy);
    ErrContext context = {.describe = lazy_describe, .arg = v};

    v->rel = rel;
    v->params = params;
    v->schema = vacuum_schema_name(rel);
    err_context_push(&context);
    vacuum_usage_begin(&v->usage);
    v->is_aggressive = vacuum_set_cutoffs(rel, params, &v->cutoffs);
    v->ring = buffer_ring_new(RING_VACUUM);
    lazy_open_indexes(v);
    decide(v);
    lazy_tell_begin(v);
    begin_progress(v);
    check_failsafe(v);
    first_pass(v);
    lazy_go(v, LAZY_BEGINS, BLOCK_NONE);
    lazy_set_index_stats(v);
    if (lazy_is_worth_truncating(v)) {
        command_progress_set(VACUUM_PHASE, PHASE_TRUNCATE);
        lazy_truncate(v);
        lazy_go(v, LAZY_BEGINS, BLOCK_NONE);
    }
    command_progress_set(VACUUM_PHASE, PHASE_FINAL);
    set_stats(v);
    stats_report_vacuum(rel->stats, v->new_live > 0 ? (int64_t)v->new_live : 0,
                        (int64_t)(v->recently_dead + v->missed_dead),
                        (params->options & VACUUM_IS_AUTO) != 0);
    command_progress_end();
    lazy_report(v);
    lazy_close_indexes(v);
    err_context_pop(&context);
    buffer_ring_free(v->ring);
    mem_switch(before);
    mem_delete(mem);
}

static void begin_progress(const Lazy *v)
{
    command_progress_begin(PROGRESS_VACUUM, v->rel->oid);
    command_progress_set(VACUUM_PHASE, PHASE_SCAN);
    command_progress_set(VACUUM_BLOCKS, v->pages);
    command_progress_set(VACUUM_DEAD_MAX, (int64_t)v->dead.max);
}

static void decide(Lazy *v)
{
    const VacuumParams *p = v->params;
    size_t memory_kb = (size_t)setting.maintenance_work_mem;

    v->skips_by_map = (p->options & VACUUM_ALL_PAGES) == 0;
    v->is_aggressive |= !v->skips_by_map;
    v->oldest = (HeapOldest){.xid = v->cutoffs.oldest_xmin, .multi = multixact_oldest_needed()};
    v->may_bypass_indexes = p->index_cleanup == 'a';
    v->cleans_indexes = v->tidies_indexes = p->index_cleanup != 'f';
    v->truncates = p->truncate != 'f';
    v->pages = smgr_block_count(v->rel->heap.smgr, FORK_MAIN);
    v->old_frozen_xid = v->rel->row->relfrozenxid;
    v->old_min_multi = v->rel->row->relminmxid;
    if ((p->options & VACUUM_IS_AUTO) != 0 && setting.autovacuum_work_mem >= 0)
        memory_kb = (size_t)setting.autovacuum_work_mem;
    vacuum_dead_init(&v->dead, memory_kb * 1024, v->pages, v->index_count > 0);
}

/* ---- The first pass ---- */

static void vacuum_fsm_until(Walk *w, BlockNo end)
{
    fsm_vacuum_range(w->v->rel->heap.smgr, w->fsm_done, end);
    w->fsm_done = end;
}

static void first_pass(Lazy *v)
{
    Walk w = {.v = v};
    BlockNo block;

    lazy_go(v, LAZY_SCANS, BLOCK_NONE);
    find_next_needed(&w, 0);
    for (block = 0; block < v->pages; block++) {
        bool is_known_visible = true;

        if (block == w.next_needed) {
            is_known_visible = w.is_next_visible;
            find_next_needed(&w, block + 1);
        } else if (w.skips) {
            continue;
        }
        lazy_go(v, LAZY_SCANS, block);
        vacuum_delay_point();
        v->scanned++;
        command_progress_set(VACUUM_SCANNED, block);
        command_progress_set(VACUUM_DEAD, (int64_t)v->dead.count);
        if (v->scanned % FAILSAFE_EVERY == 0)
            check_failsafe(v);
        if (v->dead.max - v->dead.count < HEAP_PAGE_LINES_MAX && v->index_count > 0) {
            /* No pin while indexes are vacuumed, which may take long. */
            if (w.map != BUFFER_NONE)
                buffer_unpin(w.map);
            w.map = BUFFER_NONE;
            v->may_bypass_indexes = false;
            free_dead(v);
            vacuum_fsm_until(&w, block);
        }
        look_at_block(&w, block, is_known_visible);
        if (v->index_count == 0 && block - w.fsm_done >= FSM_EVERY)
            vacuum_fsm_until(&w, block);
    }
    lazy_go(v, LAZY_SCANS, BLOCK_NONE);
    if (w.map != BUFFER_NONE)
        buffer_unpin(w.map);
    v->new_live = vacuum_estimate_rows(v->rel, v->pages, v->scanned, (double)v->live);
    v->new_rows = (v->new_live > 0 ? v->new_live : 0) + (double)v->recently_dead +
                  (double)v->missed_dead;
    command_progress_set(VACUUM_SCANNED, block);
    if (v->dead.count > 0)
        free_dead(v);
    if (block > w.fsm_done)
        fsm_vacuum_range(v->rel->heap.smgr, w.fsm_done, block);
    command_progress_set(VACUUM_CLEANED, block);
    if (v->index_count > 0 && v->tidies_indexes) {
        command_progress_set(VACUUM_PHASE, PHASE_TIDY);
        lazy_tidy_indexes(v);
    }
}

/* The last page is looked at in any case: is it empty, so that the end may be cut? */
static void find_next_needed(Walk *w, BlockNo from)
{
    Lazy *v = w->v;
    bool skips_visible = false;

    w->is_next_visible = true;
    for (w->next_needed = from; w->next_needed < v->pages; w->next_needed++) {
        uint8_t bits = vm_get(v->rel->heap.smgr, w->next_needed, &w->map);

        if ((bits & VM_ALL_VISIBLE) == 0) {
            w->is_next_visible = false;
            break;
        }
        if (w->next_needed == v->pages - 1 || !v->skips_by_map)
            break;
        if ((bits & VM_ALL_FROZEN) == 0) {
            if (v->is_aggressive)
                break;
            skips_visible = true;
        }
        check_interrupts();
    }
    w->skips = w->next_needed - from >= SKIP_MIN;
    v->has_skipped_visible |= w->skips && skips_visible;
}

static void look_at_block(Walk *w, BlockNo block, bool is_known_visible)
{
    Lazy *v = w->v;
    HeapRel *heap = &v->rel->heap;
    Buffer b;

    /* Before the page is locked: the map may have to be read. */
    vm_pin(heap->smgr, block, &w->map);
    b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, v->ring, heap->is_permanent);
    if (!buffer_try_lock_cleanup(b)) {
        buffer_lock(b, BUFFER_SHARED);
        if (is_new_or_empty(w, b, false) || look_without_cleanup(w, b))
            return;
        buffer_unlock(b);
        buffer_lock_cleanup(b);
    }
    if (!is_new_or_empty(w, b, true))
        clean(w, b, is_known_visible);
}

/* Nothing to look at: the page is given back. */
static bool is_new_or_empty(Walk *w, Buffer b, bool is_cleanup)
{
    HeapRel *heap = &w->v->rel->heap;
    BlockNo block = buffer_block(b);
    uint8_t *page = buffer_page(b);
    size_t room;

    if (page_is_new(page)) {
        /* Somebody is about to use it, or was when there was a crash. */
        buffer_unlock_unpin(b);
        if (fsm_free_of(heap->smgr, block) == 0)
            fsm_note(heap->smgr, block, BLOCK_SIZE - PAGE_HEADER_SIZE);
        return true;
    }
    if (page_item_count(page) > 0)
        return false;
    if (!is_cleanup) {
        /* Whoever has it pinned may be about to put a row on it. */
        buffer_unlock(b);
        buffer_lock(b, BUFFER_EXCLUSIVE);
        if (page_item_count(page) > 0)
            return false;
    }
    if (!page_has_flag(page, PAGE_ALL_VISIBLE)) {
        if (heap->is_permanent && page_lsn(page) == LSN_NONE) {
            BlockTag tag;

            buffer_tag(b, &tag);
            crit_begin();
            buffer_mark_dirty(b);
            page_set_lsn(page, wal_insert_page_image(&tag, page, true));
            crit_end();
        }
        heap_set_all_visible(heap, b, w->map, XID_NONE, VM_ALL_VISIBLE | VM_ALL_FROZEN);
    }
    room = heap_page_room(b);
    buffer_unlock_unpin(b);
    fsm_note(heap->smgr, block, room);
    return true;
}

static void count_page(Lazy *v, BlockNo block, const HeapPageReport *r)
{
    v->removed += r->removed;
    v->live += r->live;
    v->recently_dead += r->recently_dead;
    v->frozen += r->frozen > 0;
    if (r->has_rows)
        v->nonempty_end = block + 1;
}

/* False: the lock is needed to freeze something; it is not given back. */
static bool look_without_cleanup(Walk *w, Buffer b)
{
    Lazy *v = w->v;
    BlockNo block = buffer_block(b);
    HeapOldest oldest = v->oldest;
    HeapPageReport r;
    bool is_enough;

    r.at = 0;
    v->place.item = &r.at;
    /* Who need not get far is content with what the table's oldest xid will be. */
    is_enough = heap_look_at_page(&v->rel->heap, b, &v->cutoffs, &oldest, &r) || !v->is_aggressive;
    v->place.item = NULL;
    if (!is_enough)
        return false;
    v->oldest = oldest;
    if (r.dead_count > 0 && v->index_count == 0) {
        /* They stay until somebody comes who has the lock, and the end is not cut before them. */
        r.has_rows = true;
        r.missed += r.dead_count;
    } else if (r.dead_count > 0) {
        v->dead_pages++;
        v->dead_line_pointers += r.dead_count;
        vacuum_dead_add(&v->dead, block, r.dead, r.dead_count);
    }
    v->missed_dead += r.missed;
    v->missed_pages += r.missed > 0;
    count_page(v, block, &r);
    if (r.dead_count > 0 && v->index_count > 0)
        buffer_unlock_unpin(b);
    else
        give_back(v, b);
    return true;
}

static void clean(Walk *w, Buffer b, bool is_known_visible)
{
    Lazy *v = w->v;
    BlockNo block = buffer_block(b);
    HeapPageReport r;

    r.at = 0;
    v->place.item = &r.at;
    heap_clean_page(&v->rel->heap, b, &v->cutoffs, &v->oldest, &r);
    v->place.item = NULL;
    count_page(v, block, &r);
    if (r.dead_count > 0) {
        v->dead_pages++;
        v->dead_line_pointers += r.dead_count;
        if (v->index_count == 0) {
            heap_vacuum_page(&v->rel->heap, b, r.dead, r.dead_count, &v->cutoffs, w->map);
            give_back(v, b);
            return;
        }
        vacuum_dead_add(&v->dead, block, r.dead, r.dead_count);
    }
    keep_map(w, b, &r, is_known_visible);
    if (r.dead_count > 0 && v->cleans_indexes)
        buffer_unlock_unpin(b); /* how much room it has is known after the second pass */
    else
        give_back(v, b);
}

/* is_known_visible: the map said so before the page was locked. */
static void keep_map(Walk *w, Buffer b, const HeapPageReport *r, bool is_known_visible)
{
    HeapRel *heap = &w->v->rel->heap;
    BlockNo block = buffer_block(b);
    uint8_t *page = buffer_page(b);
    bool is_visible = r->is_all_visible && r->dead_count == 0;
    uint8_t frozen = is_visible && r->is_all_frozen ? VM_ALL_FROZEN : 0;

    if (!is_known_visible && is_visible) {
        heap_set_all_visible(heap, b, w->map, r->visible_after, VM_ALL_VISIBLE | frozen);
    } else if (is_known_visible && !page_has_flag(page, PAGE_ALL_VISIBLE) &&
               vm_get(heap->smgr, block, &w->map) != 0) {
        err_log(ERR_WARNING,
                .message = err_fmt("page is not marked all-visible but visibility map bit is set "
                                   "in relation \"%s\" page %u",
                                   w->v->rel->name, block));
        vm_clear(block, w->map, VM_ALL_VISIBLE | VM_ALL_FROZEN);
    } else if (r->dead_count > 0 && page_has_flag(page, PAGE_ALL_VISIBLE)) {
        err_log(ERR_WARNING,
                .message = err_fmt("page containing LP_DEAD items is marked as all-visible in "
                                   "relation \"%s\" page %u",
                                   w->v->rel->name, block));
        page_clear_flag(page, PAGE_ALL_VISIBLE);
        buffer_mark_dirty(b);
        vm_clear(block, w->map, VM_ALL_VISIBLE | VM_ALL_FROZEN);
    } else if (is_known_visible && frozen != 0 &&
               (vm_get(heap->smgr, block, &w->map) & VM_ALL_FROZEN) == 0) {
        heap_set_all_visible(heap, b, w->map, XID_NONE, VM_ALL_FROZEN);
    }
}

static void give_back(Lazy *v, Buffer b)
{
    BlockNo block = buffer_block(b);
    size_t room = heap_page_room(b);

    buffer_unlock_unpin(b);
    fsm_note(v->rel->heap.smgr, block, room);
}

/* ---- Dead line pointers ---- */

/* Indexes, then the second pass; or nothing, where it is not worth while, or too late. */
static void free_dead(Lazy *v)
{
    if (v->cleans_indexes && v->may_bypass_indexes && v->pages > 0 &&
        v->dead_pages < v->pages * BYPASS_PAGES_SHARE && v->dead.count < BYPASS_TIDS_MAX)
        v->cleans_indexes = false;
    if (v->cleans_indexes) {
        check_failsafe(v);
        if (!v->is_failsafe) {
            command_progress_set(VACUUM_PHASE, PHASE_INDEXES);
            lazy_clean_indexes(v);
            command_progress_set(VACUUM_INDEX_SCANS, v->index_scans);
            command_progress_set(VACUUM_PHASE, PHASE_CLEAN);
            second_pass(v);
            command_progress_set(VACUUM_PHASE, PHASE_SCAN);
        }
    }
    v->dead.count = 0;
}

static void second_pass(Lazy *v)
{
    HeapRel *heap = &v->rel->heap;
    OffsetNo offnums[HEAP_PAGE_LINES_MAX];
    Buffer map = BUFFER_NONE;
    LazyPlace before = lazy_go(v, LAZY_CLEANS, BLOCK_NONE);

    for (size_t i = 0; i < v->dead.count;) {
        BlockNo block = tid_block(v->dead.tids[i]);
        unsigned count = 0;
        Buffer b;

        lazy_go(v, LAZY_CLEANS, block);
        vacuum_delay_point();
        command_progress_set(VACUUM_CLEANED, block);
        for (; i < v->dead.count && tid_block(v->dead.tids[i]) == block; i++)
            offnums[count++] = v->dead.tids[i].offset;
        vm_pin(heap->smgr, block, &map);
        b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, v->ring, heap->is_permanent);
        buffer_lock(b, BUFFER_EXCLUSIVE);
        heap_vacuum_page(heap, b, offnums, count, &v->cutoffs, map);
        give_back(v, b);
    }
    if (map != BUFFER_NONE)
        buffer_unpin(map);
    v->place = before;
}

/* Before wraparound, only what keeps the table's xids young is done. */
static void check_failsafe(Lazy *v)
{
    if (v->is_failsafe || !vacuum_is_failsafe_due(v->rel))
        return;
    v->is_failsafe = true;
    v->cleans_indexes = v->tidies_indexes = v->truncates = false;
    err_log(ERR_WARNING,
            .message = err_fmt("bypassing nonessential maintenance of table \"%s\" as a failsafe "
                               "after %u index scans",
                               vacuum_full_name(v->rel), v->index_scans),
            .detail = "The table's relfrozenxid or relminmxid is too far in the past.",
            .hint = "Consider increasing configuration parameter \"maintenance_work_mem\" or "
                    "\"autovacuum_work_mem\".\nYou might also need to consider other ways for "
                    "VACUUM to keep up with the allocation of transaction IDs.");
    vacuum_delay_stop();
}

/* ---- pg_class ---- */

static void set_stats(Lazy *v)
{
    RelationStats stats = {.pages = v->pages, .rows = v->new_live, .has_index = v->index_count > 0};
    BlockNo all_frozen;

    vm_count(v->rel->heap.smgr, &v->all_visible, &all_frozen);
    if (v->all_visible > v->pages)
        v->all_visible = v->pages;
    stats.all_visible = v->all_visible;
    if (!v->has_skipped_visible) {
        stats.frozen_xid = v->oldest.xid;
        stats.min_multi = v->oldest.multi;
    }
    vacuum_set_stats(v->rel, &stats);
    v->is_xid_advanced =
        stats.frozen_xid != 0 && xid_precedes(v->old_frozen_xid, stats.frozen_xid);
    v->is_multi_advanced =
        stats.min_multi != 0 && multixact_precedes(v->old_min_multi, stats.min_multi);
}
