/* index_entry.c - entries of rows in indexes; index_entry.h has the how. */
#include "common/base/base.h"

#include "server/cache/index_entry.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/access/common/index_form.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"
#include "server/lock/lock_wait_for.h"

/* Whose entry is inserted, for the functions that look at rows. */
typedef struct Entry {
    Relation *table, *index;
    Tid tid;
    IndexKeyText text;
} Entry;

static BtreeRowState look(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token);
static void wait_for(void *arg, Xid xid, uint32_t token);
static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out);
static void describe_table(void *arg, BtreeConflict *out);
static Xid newest_xid(void *arg, const Tid *tids, size_t count);
static char *value_text(Oid type, Datum value);

bool index_entry_insert(Relation *table, Relation *index, const Datum *values, const bool *nulls,
                        Tid tid, BtreeUnique unique, IndexKeyText text)
{
    Entry entry = {.table = table, .index = index, .tid = tid, .text = text};
    const BtreeTable rows = {.look = look,
                             .wait = wait_for,
                             .describe_key = describe_key,
                             .describe_table = describe_table,
                             .newest_xid = newest_xid,
                             .arg = &entry};

    if (index->row->relam != AM_BTREE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("index \"%s\" is of an access method that is not supported",
                                     index->name));
    relation_heap(table);
    return btree_insert(relation_btree(index), values, nulls, tid, unique, &rows);
}

/* ---- What stands against it ---- */

static BtreeRowState look(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token)
{
    const Entry *entry = arg;
    HeapFetch fetch = heap_fetch_begin(relation_heap(entry->table));
    Snapshot dirty = {.kind = SNAPSHOT_DIRTY};
    bool is_all_dead = false, is_found;
    HeapTuple tuple;

    is_found = heap_fetch_row_dirty(&fetch, &dirty, *tid, &tuple, &is_all_dead);
    heap_fetch_end(&fetch);
    if (!is_found)
        return is_all_dead ? BTREE_ROW_DEAD : BTREE_ROW_GONE;
    *waits_for = dirty.dirty_xmin != 0 ? dirty.dirty_xmin : dirty.xmax;
    *token = dirty.dirty_xmin != 0 ? dirty.token : 0;
    return *waits_for != 0 ? BTREE_ROW_UNCERTAIN : BTREE_ROW_ALIVE;
}

static void wait_for(void *arg, Xid xid, uint32_t token)
{
    const Entry *entry = arg;
    const LockWhy why = {
        .purpose = LOCK_TO_INSERT_INDEX, .relation = entry->table->name, .tid = entry->tid};

    if (token != 0)
        lock_wait_for_speculative(xid, token);
    else
        lock_wait_for_xid(xid, &why);
}

static Xid newest_xid(void *arg, const Tid *tids, size_t count)
{
    const Entry *entry = arg;

    return heap_newest_xid(relation_heap(entry->table), tids, count);
}

/* ---- The text of a key ---- */

static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out)
{
    const Entry *entry = arg;

    if (entry->text != NULL)
        out->detail = entry->text(entry->table, entry->index, tuple);
    describe_table(arg, out);
}

static void describe_table(void *arg, BtreeConflict *out)
{
    const Entry *entry = arg;

    out->schema = schema_name(entry->table->schema);
    out->table = entry->table->name;
}

const char *index_key_text(const Relation *table, const Relation *index, const IndexTuple *tuple)
{
    const RelationIndex *info = index->index;
    StrBuf names, values;

    strbuf_init(&names);
    strbuf_init(&values);
    for (unsigned i = 0; i < info->key_count; i++) {
        bool is_null;
        Datum value = index_get(tuple, i + 1, index->desc, &is_null);

        if (info->columns[i] <= 0)
            return NULL;
        strbuf_add_fmt(&names, "%s%s", i > 0 ? ", " : "",
                       table->desc->columns[info->columns[i] - 1].name);
        strbuf_add_fmt(&values, "%s%s", i > 0 ? ", " : "",
                       is_null ? "null" : value_text(index->desc->columns[i].type, value));
    }
    return mem_printf("Key (%s)=(%s) already exists.", names.text, values.text);
}

/* An index may keep another type than the column's: names are C strings there. */
static char *value_text(Oid type, Datum value)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    FmgrSite site;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    fmgr_site_init(&site, CACHE_ROW(PgType, row)->typoutput, mem_current());
    return datum_pointer(fmgr_call(&site, 0, 1, &value));
}

void index_values(const Relation *index, const Datum *row_values, const bool *row_nulls,
                  Datum *values, bool *nulls)
{
    const RelationIndex *info = index->index;

    for (unsigned i = 0; i < info->column_count; i++) {
        ASSERT(info->columns[i] > 0);
        values[i] = row_values[info->columns[i] - 1];
        nulls[i] = row_nulls[info->columns[i] - 1];
    }
}
