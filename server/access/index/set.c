/*
 * set.c - the indexes of a table, for who changes its rows: entries, and keys that are unique
 *
 * Who meets the key of a transaction that still runs waits for its end. ON CONFLICT looks for the
 * row that is in the way first, then puts its own speculatively, and its entries tell whether
 * somebody was faster.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_index.h"
#include "server/access/index/index_int.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_wait_for.h"

/* One of the indexes. */
typedef struct SetIndex {
    IndexSet *set;
    Relation *index;
    IndexForm *form;
    HeapKeyOwner owner;
    BtreeTable table;
    BtreeScan *scan; /* for rows with a key; NULL: none was looked for yet */
    ScanKey *keys;
} SetIndex;

struct IndexSet {
    MemContext *mem;
    Relation *table;
    Tid tid;       /* of the row that is being entered, for who waits */
    Oid *rechecks; /* of the insert; room for all */
    unsigned count;
    SetIndex indexes[];
};

/* What a row that has the key was found to be. */
typedef struct Rival {
    Tid tid;
    Xid waits_for;
    uint32_t token;
} Rival;

static void wait_for(void *arg, Xid xid, uint32_t token);
static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out);
static void describe_table(void *arg, BtreeConflict *out);
static bool find_rival(SetIndex *s, const Datum *values, const bool *nulls, const Tid *own,
                       Rival *rival);

void index_require_btree(const Relation *index)
{
    if (index->index->access_method != ACCESS_METHOD_BTREE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("the access method of index \"%s\" is not supported", index->name));
}

IndexSet *index_set_new(Relation *table, Relation *const *indexes, unsigned count)
{
    IndexSet *set = mem_alloc(size_add(sizeof(*set), size_mul(count, sizeof(SetIndex))));

    set->mem = mem_current();
    set->table = table;
    set->count = count;
    set->rechecks = mem_new_array(Oid, (size_t)count + 1);
    for (unsigned i = 0; i < count; i++) {
        SetIndex *s = &set->indexes[i];

        index_require_btree(indexes[i]);
        if (indexes[i]->index->is_exclusion)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("exclusion constraint \"%s\" is not supported",
                                         indexes[i]->name));
        s->set = set;
        s->index = indexes[i];
        s->form = index_form_new(table, indexes[i]);
        s->owner = (HeapKeyOwner){
            .rel = &table->heap,
            .wait = wait_for,
            .describe_key = describe_key,
            .describe_table = describe_table,
            .arg = s,
        };
        s->table = heap_index_table(&s->owner);
    }
    return set;
}

unsigned index_set_count(const IndexSet *set)
{
    return set->count;
}

/* ---- Who is in the way ---- */

/* What is told of when the wait ends badly: an entry of the index, or a row that is in the way. */
static void wait_until_ended(const Relation *rel, Tid tid, Xid xid, uint32_t token)
{
    const LockWhy why = {.purpose = LOCK_TO_INSERT_INDEX, .relation = rel->name, .tid = tid};

    if (token != 0)
        lock_wait_for_speculative(xid, token);
    else
        lock_wait_for_xid(xid, &why);
}

static void wait_for(void *arg, Xid xid, uint32_t token)
{
    const SetIndex *s = arg;

    wait_until_ended(s->index, s->set->tid, xid, token);
}

static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out)
{
    const SetIndex *s = arg;

    index_describe_key(s->set->table, s->index, tuple, "already exists", out);
}

static void describe_table(void *arg, BtreeConflict *out)
{
    const SetIndex *s = arg;

    index_describe_table(s->set->table, out);
}

/* ---- Entries ---- */

static bool is_arbiter(const IndexInsert *how, const Relation *index)
{
    if (how == NULL)
        return false;
    if (how->all_are_arbiters)
        return index->index->btree.keys.is_unique && index->index->is_immediate;
    for (unsigned i = 0; i < how->arbiter_count; i++)
        if (how->arbiters[i] == index->oid)
            return true;
    return false;
}

static BtreeUnique unique_mode(const IndexInsert *how, const Relation *index)
{
    if (!index->index->btree.keys.is_unique)
        return BTREE_UNIQUE_NO;
    if (!index->index->is_immediate || is_arbiter(how, index))
        return BTREE_UNIQUE_DEFERRED;
    return BTREE_UNIQUE_YES;
}

static void note_possible_duplicate(const IndexSet *set, IndexInsert *how, const Relation *index)
{
    if (how == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("nobody looks at index \"%s\" again", index->name));
    if (is_arbiter(how, index)) {
        how->has_conflict = true;
        return;
    }
    set->rechecks[how->recheck_count++] = index->oid;
}

void index_set_insert(IndexSet *set, const Datum *row, const bool *row_nulls, Tid tid,
                      IndexInsert *how)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];

    set->tid = tid;
    if (how != NULL) {
        how->has_conflict = false;
        how->rechecks = set->rechecks;
        how->recheck_count = 0;
    }
    for (unsigned i = 0; i < set->count; i++) {
        SetIndex *s = &set->indexes[i];

        if (!index_form_wants(s->form, row, row_nulls))
            continue;
        index_form_values(s->form, row, row_nulls, values, nulls);
        if (!btree_insert(&s->index->index->btree, values, nulls, tid, unique_mode(how, s->index),
                          &s->table))
            note_possible_duplicate(set, how, s->index);
    }
}

void index_set_insert_late(IndexSet *set, const Datum *row, const bool *row_nulls, Tid tid,
                           bool is_alive)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];

    set->tid = tid;
    for (unsigned i = 0; i < set->count; i++) {
        SetIndex *s = &set->indexes[i];
        bool is_unique = s->index->index->btree.keys.is_unique && is_alive;

        if (!index_form_wants(s->form, row, row_nulls))
            continue;
        index_form_values(s->form, row, row_nulls, values, nulls);
        btree_insert(&s->index->index->btree, values, nulls, tid,
                     is_unique ? BTREE_UNIQUE_YES : BTREE_UNIQUE_NO, &s->table);
    }
}

/* ---- Rows with a key ---- */

static bool has_null_key(const Relation *index, const bool *nulls)
{
    for (unsigned i = 0; i < index->index->key_count; i++)
        if (nulls[i])
            return true;
    return false;
}

/* Made once: who inserts much looks much. */
static void begin_scan(SetIndex *s)
{
    const RelationIndex *of = s->index->index;

    MEM_SCOPE(s->set->mem) {
        s->keys = mem_new_array(ScanKey, of->key_count);
        for (unsigned i = 0; i < of->key_count; i++)
            scan_key_init(&s->keys[i], (int16_t)(i + 1), SCAN_EQUAL,
                          of->support[i * of->support_count], of->collations[i], 0);
    }
}

static void set_key(ScanKey *key, Datum value, bool is_null)
{
    key->argument = value;
    key->strategy = is_null ? SCAN_IS_NULL : SCAN_EQUAL;
}

/* Is there a row with that key, or one in doubt, other than own (may be NULL)? */
static bool find_rival(SetIndex *s, const Datum *values, const bool *nulls, const Tid *own,
                       Rival *rival)
{
    HeapFetch fetch = heap_fetch_begin(&s->set->table->heap);
    bool is_found = false;
    BtreeScan *scan;

    if (s->keys == NULL)
        begin_scan(s);
    for (unsigned i = 0; i < s->index->index->key_count; i++)
        set_key(&s->keys[i], values[i], nulls[i]);
    MEM_SCOPE(s->set->mem) {
        scan =
            btree_scan_begin(&s->index->index->btree, s->keys, s->index->index->key_count, false);
    }
    btree_scan_keep_pins(scan);
    while (!is_found && btree_scan_next(scan, SCAN_FORWARD, &rival->tid)) {
        Snapshot dirty = {.kind = SNAPSHOT_DIRTY};
        HeapTuple row;
        bool is_all_dead;

        STATS_ADD(s->index->stats, rows_returned, 1);
        if (own != NULL && rival->tid.offset == own->offset &&
            tid_block(rival->tid) == tid_block(*own))
            continue;
        is_found = heap_fetch_row_dirty(&fetch, &dirty, rival->tid, &row, &is_all_dead);
        if (!is_found && is_all_dead)
            btree_scan_mark_dead(scan);
        if (is_found) {
            STATS_ADD(s->index->stats, rows_fetched, 1);
            rival->tid = row.self;
            rival->token = dirty.token;
            rival->waits_for = dirty.dirty_xmin != XID_NONE ? dirty.dirty_xmin : dirty.xmax;
        }
    }
    heap_fetch_end(&fetch);
    btree_scan_end(scan);
    return is_found;
}

/* The same, when it is settled. */
static bool find_settled_rival(SetIndex *s, const Datum *values, const bool *nulls, const Tid *own,
                               Rival *rival)
{
    while (find_rival(s, values, nulls, own, rival)) {
        check_interrupts();
        if (rival->waits_for == XID_NONE)
            return true;
        if (own != NULL)
            wait_until_ended(s->index, *own, rival->waits_for, rival->token);
        else
            wait_until_ended(s->set->table, rival->tid, rival->waits_for, rival->token);
    }
    return false;
}

_Noreturn static void raise_deferrable(const Relation *table, const Relation *index)
{
    const IndexFunctions *functions = index_functions();

    err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
              .message = "ON CONFLICT does not support deferrable unique constraints/exclusion "
                         "constraints as arbiters",
              .schema =
                  functions->schema_name != NULL ? functions->schema_name(table->schema) : NULL,
              .table = table->name, .constraint = index->name);
}

bool index_set_find_conflict(IndexSet *set, const Datum *row, const bool *row_nulls,
                             const IndexInsert *how, Tid *tid)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];

    for (unsigned i = 0; i < set->count; i++) {
        SetIndex *s = &set->indexes[i];
        Rival rival;

        if (!s->index->index->is_immediate && (how->all_are_arbiters || is_arbiter(how, s->index)))
            raise_deferrable(set->table, s->index);
        if (!is_arbiter(how, s->index) || !index_form_wants(s->form, row, row_nulls))
            continue;
        index_form_values(s->form, row, row_nulls, values, nulls);
        if (has_null_key(s->index, nulls) && !s->index->index->btree.keys.nulls_are_equal)
            continue;
        if (find_settled_rival(s, values, nulls, NULL, &rival)) {
            *tid = rival.tid;
            return true;
        }
    }
    return false;
}

_Noreturn static void raise_duplicate(const Relation *table, const Relation *index,
                                      const Datum *values, const bool *nulls)
{
    BtreeConflict conflict = {.detail = NULL};

    index_describe_values(table, index, values, nulls, "already exists", &conflict);
    err_raise(SQLSTATE_UNIQUE_VIOLATION,
              .message =
                  err_fmt("duplicate key value violates unique constraint \"%s\"", index->name),
              .detail = conflict.detail, .schema = conflict.schema, .table = conflict.table,
              .constraint = index->name);
}

void index_set_recheck(IndexSet *set, Oid index, const Datum *row, const bool *row_nulls, Tid tid)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];

    set->tid = tid;
    for (unsigned i = 0; i < set->count; i++) {
        SetIndex *s = &set->indexes[i];
        Rival rival;

        if (s->index->oid != index || !index_form_wants(s->form, row, row_nulls))
            continue;
        index_form_values(s->form, row, row_nulls, values, nulls);
        if (has_null_key(s->index, nulls) && !s->index->index->btree.keys.nulls_are_equal)
            continue;
        if (find_settled_rival(s, values, nulls, &tid, &rival))
            raise_duplicate(set->table, s->index, values, nulls);
    }
}
