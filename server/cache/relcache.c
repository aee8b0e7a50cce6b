/*
 * relcache.c - relations by OID; relcache.h has the promises
 *
 * An entry of the table is the Relation with what this file keeps beside it, and never moves. What
 * it points to has memory of its own and is replaced as a whole; when somebody has the relation
 * pinned, what was there before goes to the transaction's memory, and with that.
 *
 *     valid    --message, nobody has it------------> gone from the table
 *     valid    --message, pinned, in a transaction-> read anew at once
 *     valid    --message otherwise-----------------> not valid
 *     not valid --pinned once more-----------------> read anew
 *
 * What was made, or given another file, in this transaction stays until that ends: no catalog says
 * so. Reading is repeated when a message names the relation meanwhile.
 */
#include "common/base/base.h"

#include "server/cache/relcache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/cache/cache.h"
#include "server/cache/cache_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relmap.h"
#include "server/cache/reloptions.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/txn/xid.h"

typedef struct RelationEntry {
    Relation rel;             /* first: its OID is the key of the table */
    MemContext *mem;          /* of what rel points to */
    RelationIndexes *indexes; /* NULL: not asked for yet, as the next */
    RelationColumns *columns;
    RelationTriggers *triggers;
    bool is_doomed; /* its (sub)transaction was rolled back: goes with the last pin */
} RelationEntry;

/* Reading that is under way; on the stack of who reads. */
typedef struct Reading {
    struct Reading *outer;
    Oid oid;
    bool is_stale;
} Reading;

static struct {
    MemContext *mem; /* NULL: there is nothing yet */
    Hash table;
    Array touched; /* Oid: of relations that this transaction made, changed files of, or dropped */
    Reading *readings;
    RelcacheCounters counters;
} relcache;

static Relation *pin(Oid oid, bool wants_real_row);
static RelationEntry *prepare_entry(Oid oid, bool wants_real_row);
static bool read_content(Oid oid, bool wants_real_row, RelationContent *out);
static void install(RelationEntry *entry, const RelationContent *content);
static void set_stats(Relation *rel);
static void set_place(Relation *rel);
static void set_pages(Relation *rel);
static void forget_content(RelationEntry *entry);
static void forget_files(Relation *rel);
static void remove_entry(RelationEntry *entry);
static void forget_entry(RelationEntry *entry);
static void read_again(RelationEntry *entry);
static void unpin(RelationEntry *entry);
static void release_pin(uintptr_t item);
static void describe_pin(uintptr_t item, char *text, size_t size);
static bool may_reuse_page(FullXid safe_xid);

static const OwnerKind pin_kind = {.name = "relcache reference",
                                   .phase = OWNER_BEFORE_LOCKS,
                                   .order = 20,
                                   .release = release_pin,
                                   .describe = describe_pin};

static RelationEntry *entry_of(Relation *rel)
{
    return (RelationEntry *)(void *)rel;
}

static void begin(void)
{
    if (relcache.mem != NULL)
        return;
    relcache.mem = mem_context_new(mem_root(), "relation cache");
    MEM_SCOPE(relcache.mem) {
        hash_init(&relcache.table, sizeof(Oid), sizeof(RelationEntry));
        array_init(&relcache.touched, sizeof(Oid));
    }
}

/* ---- Pins ---- */

Relation *relation_pin(Oid oid)
{
    return pin(oid, true);
}

Relation *relation_pin_existing(Oid oid)
{
    Relation *rel = pin(oid, true);

    if (rel == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not open relation with OID %u", oid));
    return rel;
}

Relation *relation_pin_catalog(Oid oid)
{
    Relation *rel = pin(oid, false);

    if (rel == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not open relation with OID %u", oid));
    return rel;
}

static Relation *pin(Oid oid, bool wants_real_row)
{
    RelationEntry *entry;

    owner_room(&pin_kind);
    begin();
    entry = hash_find(&relcache.table, &oid);
    if (LIKELY(entry != NULL && entry->rel.is_valid &&
               (entry->rel.is_row_real || !wants_real_row))) {
        relcache.counters.hits++;
    } else {
        entry = prepare_entry(oid, wants_real_row);
        if (entry == NULL)
            return NULL;
    }
    entry->rel.pins++;
    stats_table_use(entry->rel.stats);
    owner_note(&pin_kind, (uintptr_t)entry);
    return &entry->rel;
}

void relation_pin_again(Relation *rel)
{
    ASSERT(rel->pins > 0);
    owner_room(&pin_kind);
    rel->pins++;
    owner_note(&pin_kind, (uintptr_t)entry_of(rel));
}

void relation_unpin(Relation *rel)
{
    owner_forget(&pin_kind, (uintptr_t)entry_of(rel));
    unpin(entry_of(rel));
}

static void unpin(RelationEntry *entry)
{
    ASSERT(entry->rel.pins > 0);
    if (--entry->rel.pins == 0 && entry->is_doomed)
        remove_entry(entry);
}

static void release_pin(uintptr_t item)
{
    unpin((RelationEntry *)item);
}

static void describe_pin(uintptr_t item, char *text, size_t size)
{
    const RelationEntry *entry = (const RelationEntry *)item;

    snprintf(text, size, "relation \"%s\"", entry->rel.name);
}

/* ---- Reading ---- */

/* Not there, not valid, or with a row that was made up. */
static RelationEntry *prepare_entry(Oid oid, bool wants_real_row)
{
    RelationEntry *entry = hash_find(&relcache.table, &oid);
    RelationContent content;

    /* Before a database is chosen there is no other row to be had. */
    if (entry != NULL && entry->rel.is_valid && cache_database() == 0)
        return entry;
    if (entry != NULL && (entry->is_doomed || entry->rel.dropped_in != 0))
        return NULL;
    if (!read_content(oid, wants_real_row, &content)) {
        entry = hash_find(&relcache.table, &oid);

        /* Made by this command, it has no row yet that can be seen. */
        return entry != NULL && entry->rel.created_in != 0 ? entry : NULL;
    }
    relcache.counters.builds++;
    entry = hash_enter(&relcache.table, &oid, NULL);
    relcache.counters.entries = relcache.table.count;
    install(entry, &content);
    return entry;
}

static bool read_content(Oid oid, bool wants_real_row, RelationContent *out)
{
    Reading under_way = {.outer = relcache.readings, .oid = oid};
    volatile bool is_found = false;

    relcache.readings = &under_way;
    ERR_TRY() {
        for (;;) {
            under_way.is_stale = false;
            is_found = relation_read(oid, wants_real_row, out);
            if (!under_way.is_stale)
                break;
            if (is_found)
                mem_delete(out->mem);
        }
    }
    ERR_FINALLY() {
        relcache.readings = under_way.outer;
    }
    ERR_END();
    return is_found;
}

static void install(RelationEntry *entry, const RelationContent *content)
{
    Relation *rel = &entry->rel;
    const PgClass *row = CACHE_ROW(PgClass, content->tuple);

    forget_content(entry);
    mem_set_parent(content->mem, relcache.mem);
    entry->mem = content->mem;
    rel->tuple = content->tuple;
    rel->row = row;
    rel->desc = content->desc;
    rel->options = content->options;
    rel->index = content->index;
    rel->is_row_real = content->is_row_real;
    rel->name = row->relname;
    rel->schema = row->relnamespace;
    rel->kind = row->relkind;
    rel->persistence = row->relpersistence;
    rel->is_shared = row->relisshared;
    set_stats(rel);
    set_place(rel);
    set_pages(rel);
    rel->is_valid = true;
}

static bool has_storage(const PgClass *row)
{
    return row->relkind == RELATION_TABLE || row->relkind == RELATION_INDEX ||
           row->relkind == RELATION_SEQUENCE || row->relkind == RELATION_TOAST ||
           row->relkind == RELATION_MATERIALIZED_VIEW;
}

/* Of a database that is not chosen yet nothing is counted. */
static void set_stats(Relation *rel)
{
    if (rel->stats == NULL && (rel->is_shared || cache_database() != 0) &&
        (has_storage(rel->row) || rel->kind == RELATION_PARTITIONED_TABLE))
        rel->stats = stats_table_of(rel->is_shared ? 0 : cache_database(), rel->oid);
}

/* "pg_temp_12" and "pg_toast_temp_12" are of backend 12. */
static int temp_backend_of(Oid schema)
{
    const HeapTuple *row = syscache_peek(CACHE_NAMESPACEOID, datum_of_u32(schema));
    const char *digits = row != NULL ? strrchr(CACHE_ROW(PgNamespace, row)->nspname, '_') : NULL;

    return digits != NULL ? (int)strtol(digits + 1, NULL, 10) : SMGR_PERMANENT;
}

/* Which file it has, in which folder. */
static void set_place(Relation *rel)
{
    const PgClass *row = rel->row;
    RelTag tag = {0};

    rel->is_mapped = rel->is_nailed = row->relfilenode == 0 && has_storage(row);
    if (has_storage(row)) {
        tag.tablespace = row->reltablespace != 0 ? row->reltablespace : cache_database_tablespace();
        tag.database = tag.tablespace == TABLESPACE_GLOBAL ? 0 : cache_database();
        tag.rel = rel->is_mapped ? relmap_file_of(rel->oid, rel->is_shared) : row->relfilenode;
        if (tag.rel == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("could not find relation mapping for relation \"%s\", "
                                         "OID %u",
                                         rel->name, rel->oid));
    }
    rel->temp_backend = SMGR_PERMANENT;
    rel->is_foreign_temp = false;
    if (rel->persistence == RELATION_TEMPORARY) {
        rel->is_foreign_temp = !cache_is_temp_schema(rel->schema);
        rel->temp_backend =
            rel->is_foreign_temp ? temp_backend_of(rel->schema) : cache_temp_backend();
    }
    if (!rel_tag_equal(&tag, &rel->tag))
        forget_files(rel);
    rel->tag = tag;
}

/* What heap/ and btree/ need; their memory of where to insert begins anew. */
static void set_pages(Relation *rel)
{
    bool is_permanent = rel->persistence == RELATION_PERMANENT;

    rel->heap = (HeapRel){.smgr = rel->smgr,
                          .table = rel->oid,
                          .horizon = rel->is_shared                           ? HORIZON_SHARED
                                     : rel->oid < OID_FIRST_UNPINNED          ? HORIZON_CATALOG
                                     : rel->persistence == RELATION_TEMPORARY ? HORIZON_TEMP
                                                                              : HORIZON_DATA,
                          .is_permanent = is_permanent,
                          .fillfactor = rel->options->fillfactor,
                          .stats = rel->stats};
    if (rel->index == NULL)
        return;
    rel->index->btree.keys.index_name = rel->name;
    rel->index->btree.rel = rel->smgr;
    rel->index->btree.is_permanent = is_permanent;
    rel->index->btree.stats = rel->stats;
    rel->index->btree.may_reuse = may_reuse_page;
}

/* Deleted so long ago that the 32 bits of its xid tell nothing any more: of course. */
static bool may_reuse_page(FullXid safe_xid)
{
    FullXid next = xid_next();

    return next - safe_xid > INT32_MAX || proc_array_is_removable(HORIZON_SHARED, (Xid)safe_xid);
}

void relation_open_files(Relation *rel)
{
    if (!relation_has_storage(rel))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("relation \"%s\" has no storage", rel->name));
    smgr_set_owner(&rel->smgr, smgr_open(&rel->tag, rel->temp_backend));
    smgr_set_logged(rel->smgr, rel->persistence != RELATION_UNLOGGED);
    smgr_set_stats(rel->smgr, rel->stats);
    rel->heap.smgr = rel->smgr;
    if (rel->index != NULL)
        rel->index->btree.rel = rel->smgr;
}

/* ---- Forgetting ---- */

/* Somebody may still read it when the relation is pinned. */
static void forget_content(RelationEntry *entry)
{
    if (entry->mem == NULL)
        return;
    if (entry->rel.pins > 0 && txn_nest_level() > 0)
        mem_set_parent(entry->mem, txn_top_mem());
    else
        mem_delete(entry->mem);
    entry->mem = NULL;
    entry->indexes = NULL;
    entry->columns = NULL;
    entry->triggers = NULL;
}

/* Others may have the same SmgrRel in hand; nobody owns it now, so it goes with the transaction. */
static void forget_files(Relation *rel)
{
    if (rel->smgr != NULL)
        smgr_set_stats(rel->smgr, NULL);
    if (rel->smgr != NULL)
        smgr_clear_owner(&rel->smgr, rel->smgr);
}

static void remove_entry(RelationEntry *entry)
{
    Oid oid = entry->rel.oid;

    ASSERT(entry->rel.pins == 0);
    relcache.counters.drops++;
    forget_files(&entry->rel);
    forget_content(entry);
    hash_remove(&relcache.table, &oid);
    relcache.counters.entries = relcache.table.count;
}

static bool is_of_this_transaction(const Relation *rel)
{
    return rel->created_in != 0 || rel->first_new_file_in != 0 || rel->dropped_in != 0;
}

static void forget_entry(RelationEntry *entry)
{
    Relation *rel = &entry->rel;

    if (rel->smgr != NULL)
        smgr_set_target(rel->smgr, BLOCK_NONE);
    if (rel->index != NULL)
        rel->index->btree.root = rel->index->btree.target = 0;
    if (rel->pins == 0 && !is_of_this_transaction(rel)) {
        remove_entry(entry);
        return;
    }
    rel->is_valid = false;
    if (rel->pins > 0 && rel->dropped_in == 0 && txn_is_running())
        read_again(entry);
}

/* In place, for those who have it pinned. */
static void read_again(RelationEntry *entry)
{
    RelationContent content;
    Oid oid = entry->rel.oid;

    relcache.counters.rebuilds++;
    if (read_content(oid, entry->rel.is_row_real, &content)) {
        /* It is pinned, so it is still there; but reading may have read it anew already. */
        install(entry, &content);
        return;
    }
    if (entry->rel.created_in == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("relation %u deleted while still in use", oid));
}

void relcache_forget(Oid oid)
{
    RelationEntry *entry;

    if (relcache.mem == NULL)
        return;
    for (Reading *r = relcache.readings; r != NULL; r = r->outer)
        r->is_stale = r->is_stale || r->oid == oid;
    entry = hash_find(&relcache.table, &oid);
    if (entry != NULL)
        forget_entry(entry);
}

/* Those that are pinned are read anew last, when all the others are gone. */
void relcache_forget_all(void)
{
    size_t position = 0, count = 0;
    RelationEntry *entry;
    Oid *oids;

    if (relcache.mem == NULL)
        return;
    for (Reading *r = relcache.readings; r != NULL; r = r->outer)
        r->is_stale = true;
    oids = mem_new_array(Oid, relcache.table.count + 1);
    while ((entry = hash_next(&relcache.table, &position)) != NULL) {
        entry->rel.is_valid = false;
        oids[count++] = entry->rel.oid;
    }
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < count; i++) {
            entry = hash_find(&relcache.table, &oids[i]);
            if (entry != NULL && !entry->rel.is_valid && (entry->rel.pins > 0) == (pass > 0))
                forget_entry(entry);
        }
    }
    mem_free(oids);
}

/* ---- What is read when it is asked for ---- */

const RelationIndexes *relation_indexes(Relation *rel)
{
    RelationEntry *entry = entry_of(rel);
    MemContext *mem;

    while (entry->indexes == NULL) {
        RelationIndexes *read;

        mem = entry->mem;
        read = relation_read_indexes(rel);
        if (entry->mem == mem)
            entry->indexes = relation_keep_indexes(mem, read);
    }
    return entry->indexes;
}

const RelationColumns *relation_columns(Relation *rel)
{
    RelationEntry *entry = entry_of(rel);

    while (entry->columns == NULL) {
        MemContext *mem = entry->mem;
        RelationColumns *read = relation_read_index_columns(rel);

        if (entry->mem == mem)
            entry->columns = relation_keep_columns(mem, read);
    }
    return entry->columns;
}

const RelationTriggers *relation_triggers(Relation *rel)
{
    static const RelationTriggers none;
    RelationEntry *entry = entry_of(rel);

    if (!rel->row->relhastriggers)
        return &none;
    while (entry->triggers == NULL) {
        MemContext *mem = entry->mem;
        RelationTriggers *read = relation_read_triggers(rel);

        if (entry->mem == mem)
            entry->triggers = relation_keep_triggers(mem, read);
    }
    return entry->triggers;
}

/* ---- Relations of this transaction ---- */

static Oid stats_database(const Relation *rel)
{
    return rel->is_shared ? 0 : cache_database();
}

static void touch(Oid oid)
{
    Oid *place = array_push(&relcache.touched);

    *place = oid;
}

static HeapTuple *class_row(const RelationSpec *spec)
{
    const TupleDesc *desc = cache_catalog_desc(catalog_find(PG_CLASS_CATALOG));
    Datum values[PG_CLASS_COLUMN_COUNT] = {0};
    bool nulls[PG_CLASS_COLUMN_COUNT] = {0};
    char name[NAME_SIZE] = {0};

    memcpy(name, spec->name, size_min(strlen(spec->name), NAME_SIZE - 1));
    values[PG_CLASS_COL_OID - 1] = datum_of_u32(spec->oid);
    values[PG_CLASS_COL_RELNAME - 1] = datum_of_pointer(name);
    values[PG_CLASS_COL_RELNAMESPACE - 1] = datum_of_u32(spec->schema);
    values[PG_CLASS_COL_RELTYPE - 1] = datum_of_u32(spec->row_type);
    values[PG_CLASS_COL_RELOWNER - 1] = datum_of_u32(spec->owner);
    values[PG_CLASS_COL_RELAM - 1] = datum_of_u32(spec->access_method);
    values[PG_CLASS_COL_RELFILENODE - 1] = datum_of_u32(spec->is_mapped ? 0 : spec->file);
    values[PG_CLASS_COL_RELTABLESPACE - 1] = datum_of_u32(spec->tablespace);
    values[PG_CLASS_COL_RELTUPLES - 1] = datum_of_f4(-1);
    values[PG_CLASS_COL_RELISSHARED - 1] = datum_of_bool(spec->is_shared);
    values[PG_CLASS_COL_RELPERSISTENCE - 1] = datum_of_char(spec->persistence);
    values[PG_CLASS_COL_RELKIND - 1] = datum_of_char(spec->kind);
    values[PG_CLASS_COL_RELNATTS - 1] = datum_of_i16((int16_t)spec->desc->count);
    values[PG_CLASS_COL_RELISPOPULATED - 1] = datum_of_bool(true);
    values[PG_CLASS_COL_RELREPLIDENT - 1] =
        datum_of_char(spec->schema == SCHEMA_CATALOG ? 'n' : 'd');
    nulls[PG_CLASS_COL_RELACL - 1] = nulls[PG_CLASS_COL_RELOPTIONS - 1] =
        nulls[PG_CLASS_COL_RELPARTBOUND - 1] = true;
    return heap_form(desc, values, nulls);
}

Relation *relation_pin_new(const RelationSpec *spec)
{
    RelationContent content = {.is_row_real = true};
    RelationEntry *entry;

    owner_room(&pin_kind);
    begin();
    if (hash_find(&relcache.table, &spec->oid) != NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("relation %u exists already", spec->oid));
    content.mem = mem_context_new_small(mem_current(), "relation");
    MEM_SCOPE(content.mem) {
        content.tuple = class_row(spec);
        content.desc = tuple_desc_copy(spec->desc);
        if (spec->row_type != 0)
            content.desc->row_type = spec->row_type;
        content.options = reloptions_of(NULL);
    }
    touch(spec->oid);
    entry = hash_enter(&relcache.table, &spec->oid, NULL);
    relcache.counters.entries = relcache.table.count;
    install(entry, &content);
    entry->rel.created_in = txn_sub_id();
    stats_note_created(STATS_RELATION, stats_database(&entry->rel), spec->oid);
    stats_table_use(entry->rel.stats);
    entry->rel.pins++;
    owner_note(&pin_kind, (uintptr_t)entry);
    return &entry->rel;
}

void relation_note_new_file(Relation *rel)
{
    touch(rel->oid);
    rel->new_file_in = txn_sub_id();
    if (rel->first_new_file_in == 0)
        rel->first_new_file_in = rel->new_file_in;
}

void relation_note_dropped(Oid oid)
{
    RelationEntry *entry;

    begin();
    entry = hash_find(&relcache.table, &oid);
    stats_note_dropped(STATS_RELATION,
                       entry != NULL ? stats_database(&entry->rel) : cache_database(), oid);
    if (entry == NULL)
        return;
    if (is_of_this_transaction(&entry->rel)) {
        touch(oid);
        entry->rel.dropped_in = txn_sub_id();
    } else if (entry->rel.pins == 0) {
        remove_entry(entry);
    }
}

/* ---- Ends of transactions ---- */

static void end_entry(RelationEntry *entry, bool is_commit)
{
    Relation *rel = &entry->rel;
    bool is_gone = is_commit ? rel->dropped_in != 0 : rel->created_in != 0;

    rel->created_in = rel->new_file_in = rel->first_new_file_in = rel->dropped_in = 0;
    if (!is_gone)
        return;
    entry->is_doomed = true;
    rel->is_valid = false;
    if (rel->pins == 0)
        remove_entry(entry);
}

/* A relation may have been noted several times: its marks are gone after the first. */
static void end_touched(bool is_commit)
{
    array_foreach(Oid, oid, &relcache.touched) {
        RelationEntry *entry = hash_find(&relcache.table, oid);

        if (entry != NULL)
            end_entry(entry, is_commit);
    }
    array_clear(&relcache.touched);
}

void relcache_at_event(TxnEvent event)
{
    if (event == TXN_COMMIT || event == TXN_ABORT || event == TXN_PREPARED)
        catalog_resume_indexes();
    if (relcache.mem == NULL)
        return;
    switch (event) {
    case TXN_COMMIT:
    case TXN_ABORT:
        end_touched(event == TXN_COMMIT);
        break;
    case TXN_PREPARED:
        /* What was made is another's to show, once that has committed. */
        end_touched(false);
        break;
    default:
        break;
    }
}

static uint32_t moved(uint32_t mark, uint32_t sub_id, uint32_t to)
{
    return mark == sub_id ? to : mark;
}

static void end_entry_sub(RelationEntry *entry, uint32_t sub_id, uint32_t to, bool is_commit)
{
    Relation *rel = &entry->rel;

    if (!is_commit && rel->created_in == sub_id) {
        end_entry(entry, false);
        return;
    }
    if (is_commit && rel->dropped_in == sub_id && rel->created_in == sub_id) {
        end_entry(entry, true);
        return;
    }
    rel->created_in = moved(rel->created_in, sub_id, to);
    rel->new_file_in = moved(rel->new_file_in, sub_id, is_commit ? to : 0);
    rel->first_new_file_in = moved(rel->first_new_file_in, sub_id, is_commit ? to : 0);
    rel->dropped_in = moved(rel->dropped_in, sub_id, is_commit ? to : 0);
}

void relcache_at_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id)
{
    if (event == TXN_ABORT)
        catalog_resume_indexes();
    if (relcache.mem == NULL || (event != TXN_COMMIT && event != TXN_ABORT))
        return;
    array_foreach(Oid, oid, &relcache.touched) {
        RelationEntry *entry = hash_find(&relcache.table, oid);

        if (entry != NULL)
            end_entry_sub(entry, sub_id, parent_sub_id, event == TXN_COMMIT);
    }
}

void relcache_counters(RelcacheCounters *out)
{
    *out = relcache.counters;
}

/* Pins are the owners' to give back before. */
void relcache_end(void)
{
    size_t position = 0;
    RelationEntry *entry;

    if (relcache.mem == NULL)
        return;
    while ((entry = hash_next(&relcache.table, &position)) != NULL)
        forget_files(&entry->rel);
    mem_delete(relcache.mem);
    memset(&relcache, 0, sizeof relcache);
}
