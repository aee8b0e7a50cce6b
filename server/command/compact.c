/*
 * compact.c - a table without what nobody needs; compact.h has the how
 *
 * The new files are made beside the old ones: of the table, its toast table, and the index of that.
 * Shadows stand for them, copies of what is known of the relations that lead to the new files. When
 * all rows are there, pg_class (or the relation map) is told of the new files, and the old ones go
 * at the commit. Numbers are taken as PostgreSQL takes them, which makes a table for the rows.
 */
#include "common/base/base.h"

#include "server/command/compact.h"

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/format/oid_range.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/common/index_form.h"
#include "server/access/common/rel_file.h"
#include "server/access/common/tuple_sort.h"
#include "server/access/heap/heap_rewrite.h"
#include "server/access/index/index.h"
#include "server/access/toast/toast.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/relmap.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/command/table_rewrite.h"
#include "server/command/usage.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/object/role.h"
#include "server/stats/activity.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/vacuum/vacuum.h"

/* Progress, as pg_stat_progress_cluster has it: parameters by place, phases. */
enum {
    COMPACT_COMMAND,
    COMPACT_PHASE,
    COMPACT_INDEX,
    COMPACT_SCANNED,
    COMPACT_WRITTEN,
    COMPACT_BLOCKS,
    COMPACT_BLOCKS_SCANNED,
};

enum { COMMAND_CLUSTER = 1, COMMAND_VACUUM_FULL = 2 };
enum { PHASE_SCAN = 1, PHASE_SORT = 3, PHASE_WRITE, PHASE_SWAP, PHASE_INDEXES, PHASE_END };

/* A relation, and what it will be. */
typedef struct Shadow {
    Relation *rel;
    Relation new;
    RelationIndex index;
} Shadow;

typedef struct Compact {
    Relation *table;
    Oid order_oid; /* of an index; 0: as they lie */
    bool has_toast;
    HeapCutoffs cutoffs;
    Shadow heap, toast, toast_index;
    ToastRel toast_rel;
    ToastPlan plan;
    HeapRewrite *rewrite;
    Datum *values;
    bool *nulls;
    MemContext *row_mem;
    uint64_t rows, removed, dead; /* kept, gone; of those kept: nobody new sees them */
    BlockNo old_pages, pages;

    /* In the order of an index: */
    Relation *order; /* NULL: none */
    IndexForm *form;
    TupleSort *sort;
} Compact;

typedef struct ClassNumbers {
    BlockNo pages;
    double rows;
    Xid frozen;
    MultiXid min_multi;
} ClassNumbers;

static void write_rows(void *arg);
static void begin(Compact *c);
static void scan(Compact *c);
static void read_in_order(Compact *c);
static void finish_rows(Compact *c);
static void swap(Compact *c, ClassNumbers *numbers);
static void finish_class(const ClassNumbers *numbers);
static void report(const Compact *c, const CommandUsage *usage);

void table_compact(Oid table, Oid order, bool is_verbose)
{
    MemContext *mem = mem_context_new(mem_current(), "compaction");
    ClassNumbers numbers = {.pages = 0};
    CommandUsage usage;
    char persistence;

    usage_begin(&usage);
    command_progress_begin(PROGRESS_CLUSTER, table);
    command_progress_set(COMPACT_COMMAND, order != 0 ? COMMAND_CLUSTER : COMMAND_VACUUM_FULL);
    MEM_SCOPE(mem) {
        Compact *c = mem_new(Compact);

        c->table = relation_open(table, LOCK_ACCESS_EXCLUSIVE);
        c->order_oid = order;
        persistence = c->table->persistence;
        role_run_as(c->table->row->relowner, ROLE_RESTRICTED, write_rows, c);
        if (is_verbose)
            report(c, &usage);
        swap(c, &numbers);
        relation_close(c->table, LOCK_NONE);
    }
    mem_delete(mem);
    command_progress_set(COMPACT_PHASE, PHASE_INDEXES);
    table_rebuild_indexes(table, persistence, INDEX_UNCHECKED);
    command_progress_set(COMPACT_PHASE, PHASE_END);
    if (table == PG_CLASS_CATALOG)
        finish_class(&numbers);
    if (table >= OID_FIRST_UNPINNED)
        table_clear_missing(table);
    txn_advance_command();
    command_progress_end();
}

/* As the owner: functions of the index are called. */
static void write_rows(void *arg)
{
    Compact *c = arg;

    begin(c);
    scan(c);
    if (c->order != NULL)
        read_in_order(c);
    finish_rows(c);
}

/* ---- New files ---- */

static void make_shadow(Shadow *s, Relation *rel, RelFileNo file)
{
    s->rel = rel;
    s->new = *rel;
    s->new.tag.rel = file;
    s->new.smgr = NULL;
    relation_make_file(&s->new.tag, rel->temp_backend, rel->kind, rel->persistence);
    s->new.smgr = smgr_open(&s->new.tag, rel->temp_backend);
    smgr_set_logged(s->new.smgr, rel->persistence != RELATION_UNLOGGED);
    s->new.stats = NULL;
    s->new.heap.smgr = s->new.smgr;
    s->new.heap.stats = NULL;
    if (rel->index == NULL)
        return;
    s->index = *rel->index;
    s->index.btree.rel = s->new.smgr;
    s->index.btree.stats = NULL;
    s->index.btree.root = 0;
    s->index.btree.target = 0;
    s->new.index = &s->index;
}

static RelFileNo new_number(const Relation *rel)
{
    return relation_new_file_no(rel->row->reltablespace, true, rel->temp_backend);
}

/* Its values go to a table that is empty at first, but will be the old one's. */
static void begin_toast(Compact *c, Oid oid)
{
    Relation *toast = relation_open(oid, LOCK_ACCESS_EXCLUSIVE), *index;
    const RelationIndexes *all = relation_indexes(toast);
    IndexBuild build = {0};

    if (all->count != 1)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("toast table \"%s\" has %u indexes", toast->name, all->count),
                  .hint = "Drop those that were left behind by REINDEX CONCURRENTLY.");
    index = index_open(all->oids[0], LOCK_ACCESS_EXCLUSIVE);
    relation_heap(toast);
    relation_btree(index);
    make_shadow(&c->toast, toast, new_number(toast));
    make_shadow(&c->toast_index, index, new_number(index));
    index_build(&c->toast.new, &c->toast_index.new, &build);
    if (index->persistence == RELATION_UNLOGGED) {
        rel_file_create_fork(c->toast_index.new.smgr, FORK_INIT);
        index_build_empty(&c->toast_index.new, FORK_INIT);
    }
    c->toast_rel = (ToastRel){.heap = &c->toast.new.heap,
                              .indexes = {&c->toast_index.index.btree},
                              .is_unique = {true},
                              .index_count = 1,
                              .name = toast->name};
    c->has_toast = true;
}

static HeapTuple *shorten(void *arg, HeapTuple *row)
{
    const Compact *c = arg;

    return toast_is_due(row) ? toast_shorten(&c->plan, row, NULL) : row;
}

static void begin(Compact *c)
{
    const RelationOptions *options = c->table->options;
    Oid toast = c->table->row->reltoastrelid;
    HeapRewriteSpec spec = {.cutoffs = &c->cutoffs, .shorten = shorten, .arg = c};

    relation_heap(c->table);
    vacuum_tightest_cutoffs(c->table, &c->cutoffs);
    c->row_mem = mem_context_new(mem_current(), "row");
    c->values = mem_new_array(Datum, c->table->desc->count);
    c->nulls = mem_new_array(bool, c->table->desc->count);
    make_shadow(&c->heap, c->table, new_number(c->table));
    /* Of the row type, and of arrays of it. */
    oid_assign();
    oid_assign();
    if (toast != 0)
        begin_toast(c, toast);
    c->plan = (ToastPlan){.desc = c->table->desc,
                          .toast = c->has_toast ? &c->toast_rel : NULL,
                          .target = options != NULL ? (size_t)options->toast_tuple_target : 0,
                          .command = txn_command(true),
                          .flags = HEAP_INSERT_SKIP_FSM,
                          .method = (ToastMethod)setting.default_toast_compression,
                          .pointer_rel = toast};
    spec.to = &c->heap.new.heap;
    c->rewrite = heap_rewrite_begin(&spec);
    if (c->order_oid == 0)
        return;
    command_progress_set(COMPACT_INDEX, c->order_oid);
    c->order = index_open(c->order_oid, LOCK_NONE);
    relation_btree(c->order);
    c->form = index_form_new(c->table, c->order);
    c->sort = tuple_sort_new(c->order->desc, c->order->index->btree.keys.orders,
                             c->order->index->key_count,
                             size_mul((size_t)setting.maintenance_work_mem, KIB(1)));
}

/* ---- Rows ---- */

/* Values of columns that are gone go, too. */
static void read_values(Compact *c, const HeapTuple *old)
{
    heap_deform(old, c->table->desc, c->values, c->nulls);
    for (unsigned i = 0; i < c->table->desc->count; i++)
        c->nulls[i] = c->nulls[i] || c->table->desc->columns[i].is_dropped;
}

static void put(Compact *c, const HeapTuple *old)
{
    MEM_SCOPE(c->row_mem) {
        read_values(c, old);
        heap_rewrite_put(c->rewrite, old, heap_form(c->table->desc, c->values, c->nulls));
    }
    mem_reset(c->row_mem);
    command_progress_add(COMPACT_WRITTEN, 1);
}

static void put_key(Compact *c, const HeapTuple *old)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];

    MEM_SCOPE(c->row_mem) {
        IndexTuple *key;

        read_values(c, old);
        index_form_values(c->form, c->values, c->nulls, values, nulls);
        key = index_form(c->order->desc, values, nulls);
        key->tid = old->self;
        tuple_sort_put(c->sort, key);
    }
    mem_reset(c->row_mem);
}

/* Of catalogs a change that is not committed may be there, as their locks are given back early. */
static void warn_of_others(const Compact *c, Xid xid, const char *what)
{
    if (c->table->oid >= OID_FIRST_UNPINNED && !txn_is_own_xid(xid))
        err_log(ERR_WARNING, .message = err_fmt("concurrent %s in progress within table \"%s\"",
                                                what, c->table->name));
}

static void take(Compact *c, const HeapTuple *old, HeapFate fate)
{
    switch (fate) {
    case HEAP_FATE_DEAD:
        c->removed++;
        if (heap_rewrite_drop(c->rewrite, old)) {
            c->removed++;
            c->dead--;
        }
        return;
    case HEAP_FATE_RECENTLY_DEAD:
        c->dead++;
        break;
    case HEAP_FATE_INSERTING:
        warn_of_others(c, ((const HeapTupleHeader *)old->bytes)->xmin, "insert");
        break;
    case HEAP_FATE_DELETING:
        warn_of_others(c, heap_update_xid(old), "delete");
        c->dead++;
        break;
    case HEAP_FATE_ALIVE:
        break;
    }
    c->rows++;
    command_progress_add(COMPACT_SCANNED, 1);
    if (c->sort != NULL)
        put_key(c, old);
    else
        put(c, old);
}

/* Nobody else changes the page, so its rows are read without a lock once they were judged. */
static void scan_page(Compact *c, Buffer b)
{
    const uint8_t *page = buffer_page(b);
    uint8_t fates[HEAP_PAGE_LINES_MAX + 1];
    OffsetNo count;
    HeapTuple old;

    buffer_lock(b, BUFFER_SHARED);
    count = page_item_count(page);
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        if (page_item_id(page, offnum).state != ITEM_NORMAL)
            continue;
        heap_point_to(&c->table->heap, b, offnum, &old);
        fates[offnum] = (uint8_t)heap_fate_at(&old, b, c->cutoffs.oldest_xmin);
    }
    buffer_unlock(b);
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        if (page_item_id(page, offnum).state != ITEM_NORMAL)
            continue;
        heap_point_to(&c->table->heap, b, offnum, &old);
        take(c, &old, (HeapFate)fates[offnum]);
    }
}

static void scan(Compact *c)
{
    HeapRel *heap = &c->table->heap;
    BufferRing *ring = buffer_ring_new(RING_BULK_READ);

    c->old_pages = smgr_block_count(heap->smgr, FORK_MAIN);
    command_progress_set(COMPACT_PHASE, PHASE_SCAN);
    command_progress_set(COMPACT_BLOCKS, c->old_pages);
    for (BlockNo block = 0; block < c->old_pages; block++) {
        Buffer b;

        check_interrupts();
        b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, ring, heap->is_permanent);
        scan_page(c, b);
        buffer_unpin(b);
        command_progress_set(COMPACT_BLOCKS_SCANNED, (int64_t)block + 1);
    }
    buffer_ring_free(ring);
}

static void read_in_order(Compact *c)
{
    HeapRel *heap = &c->table->heap;
    const IndexTuple *key;
    Buffer b = BUFFER_NONE;

    command_progress_set(COMPACT_PHASE, PHASE_SORT);
    tuple_sort_run(c->sort);
    command_progress_set(COMPACT_PHASE, PHASE_WRITE);
    while ((key = tuple_sort_next(c->sort)) != NULL) {
        BlockNo block = tid_block(key->tid);
        HeapTuple old;

        check_interrupts();
        if (b == BUFFER_NONE || buffer_block(b) != block) {
            if (b != BUFFER_NONE)
                buffer_unpin(b);
            b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, heap->is_permanent);
        }
        heap_point_to(heap, b, key->tid.offset, &old);
        put(c, &old);
    }
    if (b != BUFFER_NONE)
        buffer_unpin(b);
    tuple_sort_free(c->sort);
    relation_close(c->order, LOCK_NONE);
}

static void finish_rows(Compact *c)
{
    c->pages = heap_rewrite_end(c->rewrite);
    mem_delete(c->row_mem);
}

/* ---- What is told ---- */

static void report(const Compact *c, const CommandUsage *usage)
{
    const char *name = mem_printf("%s.%s", schema_name(c->table->schema), c->table->name);

    err_log(ERR_INFO,
            .message = err_fmt("\"%s\": found %llu removable, %llu nonremovable row versions in %u "
                               "pages",
                               name, (unsigned long long)c->removed, (unsigned long long)c->rows,
                               c->old_pages),
            .detail = err_fmt("%llu dead row versions cannot be removed yet.\n%s.",
                              (unsigned long long)c->dead, usage_text(usage)));
}

/* ---- The new files take the place of the old ones ---- */

/* What pg_class says of the rows. */
static void set_numbers(CatalogRow *row, const ClassNumbers *n, bool is_index)
{
    catalog_set_i32(row, PG_CLASS_COL_RELPAGES, (int32_t)n->pages);
    catalog_set(row, PG_CLASS_COL_RELTUPLES, datum_of_f4((float)n->rows));
    catalog_set_i32(row, PG_CLASS_COL_RELALLVISIBLE, 0);
    if (is_index)
        return;
    catalog_set_u32(row, PG_CLASS_COL_RELFROZENXID, n->frozen);
    catalog_set_u32(row, PG_CLASS_COL_RELMINMXID, n->min_multi);
}

/* Of pg_class itself the row is in its new file already. */
static void set_file(const Shadow *s, const ClassNumbers *n)
{
    CatalogRow row;

    catalog_row_init(&row);
    if (s->rel->is_mapped) {
        relmap_set(s->rel->oid, s->new.tag.rel, s->rel->is_shared, false);
        inval_note_relation(s->rel->oid, s->rel->is_shared);
    } else {
        catalog_set_u32(&row, PG_CLASS_COL_RELFILENODE, s->new.tag.rel);
    }
    set_numbers(&row, n, s->rel->index != NULL);
    if (s->rel->oid != PG_CLASS_CATALOG)
        relation_update_class(s->rel->oid, &row);
    rel_file_drop(&s->rel->tag, s->rel->temp_backend);
}

/* Rows have other places: whoever knows them forgets them, and indexes are not to be used. */
static void leave_places(Relation *catalog)
{
    const RelationIndexes *all = relation_indexes(catalog);

    catalog_suspend_indexes(all->oids, all->count);
    inval_note_catalog(catalog);
}

static void swap(Compact *c, ClassNumbers *numbers)
{
    ClassNumbers toast = {
        .rows = -1, .frozen = c->cutoffs.freeze_limit, .min_multi = c->cutoffs.multi_cutoff};
    const ClassNumbers index = {.pages = 1};

    *numbers = (ClassNumbers){.pages = c->pages,
                              .rows = (double)c->rows,
                              .frozen = toast.frozen,
                              .min_multi = toast.min_multi};
    command_progress_set(COMPACT_PHASE, PHASE_SWAP);
    set_file(&c->heap, numbers);
    if (c->has_toast) {
        set_file(&c->toast, &toast);
        set_file(&c->toast_index, &index);
    }
    if (c->table->oid < OID_FIRST_UNPINNED)
        leave_places(c->table);
    txn_advance_command();
    relation_note_new_file(c->heap.rel);
    if (!c->has_toast)
        return;
    relation_note_new_file(c->toast.rel);
    relation_note_new_file(c->toast_index.rel);
    relation_close(c->toast_index.rel, LOCK_NONE);
    relation_close(c->toast.rel, LOCK_NONE);
}

/* When the indexes of pg_class are there again. */
static void finish_class(const ClassNumbers *numbers)
{
    CatalogRow row;

    catalog_row_init(&row);
    set_numbers(&row, numbers, false);
    relation_update_class(PG_CLASS_CATALOG, &row);
}
