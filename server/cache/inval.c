/*
 * inval.c - messages of this transaction, and acting on those of others; inval.h has the promises
 *
 * Each (sub)transaction that changes catalogs has two groups of messages: of commands that have
 * ended (prior), on which our own caches have acted, and of the current one. A group has those of
 * rows and those of relations apart: all rows are forgotten before relations are read anew.
 */
#include "common/base/base.h"

#include "server/cache/inval.h"

#include <string.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/cache_hash.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval_ring.h"
#include "server/cache/relcache.h"
#include "server/cache/relmap.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/snapshot.h"

#define READ_MAX      32
#define FUNCTIONS_MAX 64

typedef struct Messages {
    InvalMessage *items;
    uint32_t count, room;
} Messages;

typedef struct Group {
    Messages rows, relations;
} Group;

/* Of a (sub)transaction that changes catalogs; in the memory of the top-level one. */
typedef struct Noted {
    struct Noted *parent;
    unsigned level; /* txn_nest_level() */
    Group prior, current;
    bool drops_init_files;
} Noted;

/* Where messages go that are made: a transaction's, or a list that is sent at once. */
typedef struct Target {
    Group *group;
    bool *drops_init_files;
    MemContext *mem;
} Target;

struct InvalInPlace {
    Group group;
    bool drops_init_files;
};

static struct {
    Noted *noted; /* of the innermost (sub)transaction that has any */
    InvalMessage read[READ_MAX];
    size_t read_next, read_count; /* of read: those not acted on yet; also by an outer call */
    uint64_t count;
    struct {
        InvalRowFunction fn;
        Datum arg;
        CacheId id;
    } row_functions[FUNCTIONS_MAX];
    struct {
        InvalRelationFunction fn;
        Datum arg;
    } relation_functions[FUNCTIONS_MAX];
    unsigned row_function_count, relation_function_count;
    bool is_discarding; /* for debug_discard_caches */
} inval;

static Target target_of_transaction(void);
static void note_row(Target to, const Relation *catalog, const HeapTuple *old,
                     const HeapTuple *fresh);
static void note_cached_row(Target to, CacheId id, const Relation *catalog, const HeapTuple *old,
                            const HeapTuple *fresh);
static uint32_t hash_of_row(CacheId id, const Relation *catalog, const HeapTuple *tuple);
static void note_relation_of_row(Target to, const Relation *catalog, const HeapTuple *tuple);
static void note_relation(Target to, Oid oid, Oid database);
static void note_snapshot(Target to, Oid database, Oid catalog);
static bool is_in_init_file(Oid relation);
static void add(MemContext *mem, Messages *to, const InvalMessage *message);
static void append(MemContext *mem, Messages *to, const Messages *from);
static void empty(Group *group);
static void act_on_group(const Group *group);
static void send(const Messages *list, bool own_are_done);
static void give_to_parent(Noted *noted);
static void accept_all(void);
static void act(const InvalMessage *m);
static void act_on_row(const InvalMessage *m);
static void tell_of_row(CacheId id, uint32_t hash);
static void tell_of_catalog(Oid catalog);
static void tell_of_relation(Oid oid);

/* ---- What this transaction changes ---- */

void inval_note_row(const Relation *catalog, const HeapTuple *old, const HeapTuple *fresh)
{
    if (catalog->oid >= OID_FIRST_UNPINNED || catalog->schema == SCHEMA_TOAST)
        return;
    note_row(target_of_transaction(), catalog, old, fresh);
}

void inval_note_relation(Oid oid, bool is_shared)
{
    note_relation(target_of_transaction(), oid, is_shared ? 0 : cache_database());
}

void inval_note_all_relations(void)
{
    note_relation(target_of_transaction(), 0, 0);
}

void inval_note_catalog(const Relation *catalog)
{
    Target to = target_of_transaction();
    InvalMessage m = {.kind = INVAL_CATALOG,
                      .database = catalog->is_shared ? 0 : cache_database(),
                      .what = catalog->oid};

    add(to.mem, &to.group->rows, &m);
}

static Target target_of_transaction(void)
{
    unsigned level = txn_nest_level();

    if (inval.noted == NULL || inval.noted->level < level) {
        Noted *noted = mem_alloc_in(txn_top_mem(), sizeof *noted);

        noted->parent = inval.noted;
        noted->level = level;
        inval.noted = noted;
    }
    return (Target){.group = &inval.noted->current,
                    .drops_init_files = &inval.noted->drops_init_files,
                    .mem = txn_top_mem()};
}

/* Relations are told of by the old row, whose number is that of the new one. */
static void note_row(Target to, const Relation *catalog, const HeapTuple *old,
                     const HeapTuple *fresh)
{
    const HeapTuple *first = old != NULL ? old : fresh;
    const HeapTuple *second = old != NULL ? fresh : NULL;
    Oid database = catalog->is_shared ? 0 : cache_database();

    if (catalog_tells_snapshots_only(catalog->oid)) {
        note_snapshot(to, database, catalog->oid);
    } else {
        unsigned position = 0;
        CacheId id;

        while (cache_next_of_catalog(catalog->oid, &position, &id))
            note_cached_row(to, id, catalog, first, second);
    }
    note_relation_of_row(to, catalog, first);
}

/* One message while the keys are the same. */
static void note_cached_row(Target to, CacheId id, const Relation *catalog, const HeapTuple *old,
                            const HeapTuple *fresh)
{
    InvalMessage m = {.kind = (int8_t)id,
                      .database = catalog->is_shared ? 0 : cache_database(),
                      .what = hash_of_row(id, catalog, old)};
    uint32_t hash;

    add(to.mem, &to.group->rows, &m);
    if (fresh == NULL)
        return;
    hash = hash_of_row(id, catalog, fresh);
    if (hash == m.what)
        return;
    m.what = hash;
    add(to.mem, &to.group->rows, &m);
}

static uint32_t hash_of_row(CacheId id, const Relation *catalog, const HeapTuple *tuple)
{
    const CacheShape *shape = cache_shape(id);
    Datum keys[CATALOG_KEYS_MAX];

    for (unsigned i = 0; i < shape->key_count; i++) {
        bool is_null;

        keys[i] = heap_get(tuple, shape->keys[i].column, catalog->desc, &is_null);
        if (shape->keys[i].kind == CACHE_KEY_TEXT)
            keys[i] = datum_of_pointer(varlena_packed(datum_varlena(keys[i])));
    }
    return cache_hash(id, keys);
}

static void note_relation_of_row(Target to, const Relation *catalog, const HeapTuple *tuple)
{
    const void *fixed = syscache_fixed(tuple);

    switch (catalog->oid) {
    case PG_CLASS_CATALOG: {
        const PgClass *row = fixed;

        note_relation(to, row->oid, row->relisshared ? 0 : cache_database());
        break;
    }
    case PG_ATTRIBUTE_CATALOG:
        note_relation(to, ((const PgAttribute *)fixed)->attrelid, cache_database());
        break;
    case PG_INDEX_CATALOG:
        note_relation(to, ((const PgIndex *)fixed)->indexrelid, cache_database());
        break;
    case PG_CONSTRAINT_CATALOG: {
        const PgConstraint *row = fixed;

        /* The table that a foreign key is of keeps a list of them. */
        if (row->contype == 'f' && row->conrelid != 0)
            note_relation(to, row->conrelid, cache_database());
        break;
    }
    default:
        break;
    }
}

/* Once for a command; and the command counts as one that wrote. */
static void note_relation(Target to, Oid oid, Oid database)
{
    const Messages *list = &to.group->relations;
    InvalMessage m = {.kind = INVAL_RELATION, .database = database, .what = oid};

    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].kind == INVAL_RELATION &&
            (list->items[i].what == oid || list->items[i].what == 0))
            return;
    }
    add(to.mem, &to.group->relations, &m);
    txn_command(true);
    if (oid == 0 || is_in_init_file(oid))
        *to.drops_init_files = true;
}

static void note_snapshot(Target to, Oid database, Oid catalog)
{
    const Messages *list = &to.group->relations;
    InvalMessage m = {.kind = INVAL_SNAPSHOT, .database = database, .what = catalog};

    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].kind == INVAL_SNAPSHOT && list->items[i].what == catalog)
            return;
    }
    add(to.mem, &to.group->relations, &m);
}

/* PostgreSQL's file of relations that every process needs: all with a cache, and these. */
static bool is_in_init_file(Oid relation)
{
    switch (relation) {
    case PG_SHSECLABEL_CATALOG:
    case PG_SHSECLABEL_OBJECT_INDEX:
    case PG_TRIGGER_TGRELID_TGNAME_INDEX:
    case PG_DATABASE_DATNAME_INDEX:
        return true;
    default:
        break;
    }
    for (CacheId id = 0; id < CACHE_COUNT; id++) {
        const CacheShape *shape = cache_shape(id);

        if (shape->catalog->oid == relation || shape->index->oid == relation)
            return true;
    }
    return false;
}

/* ---- At once ---- */

InvalInPlace *inval_prepare_in_place(const Relation *catalog, const HeapTuple *tuple)
{
    InvalInPlace *prepared = mem_new(InvalInPlace);
    Target to = {.group = &prepared->group,
                 .drops_init_files = &prepared->drops_init_files,
                 .mem = mem_current()};

    if (catalog->oid < OID_FIRST_UNPINNED && catalog->schema != SCHEMA_TOAST)
        note_row(to, catalog, tuple, NULL);
    return prepared;
}

void inval_send_in_place(InvalInPlace *prepared)
{
    send(&prepared->group.rows, false);
    send(&prepared->group.relations, false);
}

void inval_send_files(const RelTag *tag, int temp_backend)
{
    InvalMessage m = {.kind = INVAL_SMGR,
                      .temp_backend_high = (int8_t)(temp_backend >> 16),
                      .temp_backend_low = (uint16_t)(temp_backend & 0xFFFF),
                      .tag = *tag};

    inval_ring_send(&m, 1, false);
}

void inval_send_relmap(Oid database)
{
    InvalMessage m = {.kind = INVAL_RELMAP, .database = database};

    inval_ring_send(&m, 1, false);
}

/* ---- Lists ---- */

static void add(MemContext *mem, Messages *to, const InvalMessage *message)
{
    if (to->count == to->room) {
        uint32_t room = to->room == 0 ? 16 : to->room * 2;

        if (to->items == NULL)
            to->items = mem_alloc_in(mem, room * sizeof(InvalMessage));
        else
            to->items = mem_realloc(to->items, (size_t)room * sizeof(InvalMessage));
        to->room = room;
    }
    to->items[to->count++] = *message;
}

static void append(MemContext *mem, Messages *to, const Messages *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        add(mem, to, &from->items[i]);
}

static void append_group(Group *to, const Group *from)
{
    append(txn_top_mem(), &to->rows, &from->rows);
    append(txn_top_mem(), &to->relations, &from->relations);
}

static void empty(Group *group)
{
    group->rows.count = group->relations.count = 0;
}

static void act_on_group(const Group *group)
{
    for (uint32_t i = 0; i < group->rows.count; i++)
        act(&group->rows.items[i]);
    for (uint32_t i = 0; i < group->relations.count; i++)
        act(&group->relations.items[i]);
}

static void send(const Messages *list, bool own_are_done)
{
    inval_ring_send(list->items, list->count, own_are_done);
}

/* ---- Ends of commands and transactions ---- */

/*
 * They count as prior ones first: what reads relations anew may fail, and whoever undoes the
 * transaction acts on all that may be in our caches.
 */
void inval_at_command_end(void)
{
    Noted *noted = inval.noted;
    uint32_t rows, relations;

    if (noted == NULL || noted->level != txn_nest_level())
        return;
    rows = noted->prior.rows.count;
    relations = noted->prior.relations.count;
    append_group(&noted->prior, &noted->current);
    empty(&noted->current);
    for (uint32_t i = rows; i < noted->prior.rows.count; i++)
        act(&noted->prior.rows.items[i]);
    for (uint32_t i = relations; i < noted->prior.relations.count; i++)
        act(&noted->prior.relations.items[i]);
}

void inval_collect(bool is_commit, bool is_sub, TxnParts *out)
{
    const Noted *noted = inval.noted;
    Messages all = {0};

    if (!is_commit || is_sub || noted == NULL)
        return;
    ASSERT(noted->parent == NULL);
    append(txn_top_mem(), &all, &noted->prior.rows);
    append(txn_top_mem(), &all, &noted->current.rows);
    append(txn_top_mem(), &all, &noted->prior.relations);
    append(txn_top_mem(), &all, &noted->current.relations);
    out->messages = all.items;
    out->message_count = all.count;
    out->drops_init_files = noted->drops_init_files;
}

/*
 * What others must forget we forget first, and need not read from the ring then. A transaction that
 * is prepared leaves us as one that aborted does: what it did is not to be seen any more.
 */
void inval_at_event(TxnEvent event)
{
    const Noted *noted = inval.noted;

    switch (event) {
    case TXN_COMMIT:
        if (noted == NULL)
            return;
        act_on_group(&noted->current);
        send(&noted->prior.rows, true);
        send(&noted->current.rows, true);
        send(&noted->prior.relations, true);
        send(&noted->current.relations, true);
        inval.noted = NULL;
        return;
    case TXN_ABORT:
    case TXN_PREPARED:
        inval.is_discarding = false;
        for (; noted != NULL; noted = noted->parent)
            act_on_group(&noted->prior);
        inval.noted = NULL;
        return;
    default:
        return;
    }
}

void inval_at_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id)
{
    Noted *noted = inval.noted;
    unsigned level = txn_nest_level();

    (void)sub_id;
    (void)parent_sub_id;
    if (noted == NULL || noted->level != level)
        return;
    if (event == TXN_ABORT) {
        inval.noted = noted->parent;
        act_on_group(&noted->prior);
    } else if (event == TXN_COMMIT) {
        give_to_parent(noted);
    }
}

/* The command of the subtransaction has ended: nothing of it is in current any more. */
static void give_to_parent(Noted *noted)
{
    Noted *parent = noted->parent;

    if (parent == NULL || parent->level + 1 < noted->level) {
        noted->level--;
        return;
    }
    append_group(&parent->prior, &noted->prior);
    append_group(&parent->prior, &noted->current);
    parent->drops_init_files = parent->drops_init_files || noted->drops_init_files;
    inval.noted = parent;
}

void inval_send_prepared(const TwophaseHeader *state)
{
    inval_redo(state->invalidations, state->invalidation_count);
}

void inval_redo(const void *messages, size_t count)
{
    const uint8_t *from = messages;

    while (count > 0) {
        InvalMessage copy[READ_MAX];
        size_t part = size_min(count, READ_MAX);

        memcpy(copy, from, part * sizeof *copy);
        inval_ring_send(copy, part, false);
        from += part * sizeof *copy;
        count -= part;
    }
}

/* ---- What others change ---- */

#ifdef HOLDFAST_SANITIZE
/*
 * Anything may have been changed by others at any chance: by a game of chance, here it was. Who
 * keeps a pointer to what it does not hold is found out by the sanitizer.
 */
static void discard(void)
{
    static uint32_t chance;

    if (setting.debug_discard_caches == 0 || inval.is_discarding)
        return;
    if (chance == 0)
        chance = (uint32_t)getpid();
    chance = chance * 1103515245U + 12345U;
    if ((chance >> 8) % (uint32_t)setting.debug_discard_caches != 0)
        return;
    inval.is_discarding = true;
    inval_reset_all();
    inval.is_discarding = false;
}
#else
static inline void discard(void)
{
}
#endif

void inval_accept(void)
{
    discard();
    if (UNLIKELY(inval_ring_has_news() || inval.read_next < inval.read_count))
        accept_all();
}

/*
 * Acting may open catalogs, which accepts in its turn: the inner call then goes on with what the
 * outer one has read.
 */
static void accept_all(void)
{
    for (;;) {
        bool is_reset;

        while (inval.read_next < inval.read_count) {
            InvalMessage m = inval.read[inval.read_next++];

            act(&m);
        }
        if (!inval_ring_has_news())
            break;
        inval.read_next = 0;
        inval.read_count = inval_ring_read(inval.read, READ_MAX, &is_reset);
        if (is_reset)
            inval_reset_all();
    }
    inval_ring_pass_on();
}

void inval_catch_up(void)
{
    if (txn_nest_level() == 0)
        inval_accept();
}

void inval_reset_all(void)
{
    inval.count++;
    snapshot_forget_catalog();
    syscache_forget_all();
    relmap_forget_all();
    relcache_forget_all();
    smgr_release_all();
    for (unsigned i = 0; i < inval.row_function_count; i++)
        inval.row_functions[i].fn(inval.row_functions[i].arg, inval.row_functions[i].id, 0);
    for (unsigned i = 0; i < inval.relation_function_count; i++)
        inval.relation_functions[i].fn(inval.relation_functions[i].arg, 0);
}

uint64_t inval_count(void)
{
    return inval.count;
}

static void act(const InvalMessage *m)
{
    inval.count++;
    if (m->kind == INVAL_SMGR) {
        smgr_release_tag(&m->tag, inval_message_temp_backend(m));
        return;
    }
    if (m->database != 0 && m->database != cache_database())
        return;
    switch (m->kind) {
    case INVAL_CATALOG:
        snapshot_forget_catalog();
        syscache_forget_catalog(m->what);
        tell_of_catalog(m->what);
        break;
    case INVAL_RELATION:
        if (m->what == 0)
            relcache_forget_all();
        else
            relcache_forget(m->what);
        tell_of_relation(m->what);
        break;
    case INVAL_RELMAP:
        relmap_forget(m->database);
        break;
    case INVAL_SNAPSHOT:
        snapshot_forget_catalog();
        break;
    default:
        act_on_row(m);
        break;
    }
}

static void act_on_row(const InvalMessage *m)
{
    if (m->kind < 0 || m->kind >= CACHE_COUNT)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized invalidation message: %d", m->kind));
    snapshot_forget_catalog();
    syscache_forget((CacheId)m->kind, m->what);
    tell_of_row((CacheId)m->kind, m->what);
}

/* ---- Those who want to be told ---- */

void inval_on_row(CacheId id, InvalRowFunction fn, Datum arg)
{
    ASSERT(inval.row_function_count < FUNCTIONS_MAX);
    inval.row_functions[inval.row_function_count].id = id;
    inval.row_functions[inval.row_function_count].fn = fn;
    inval.row_functions[inval.row_function_count++].arg = arg;
}

void inval_on_relation(InvalRelationFunction fn, Datum arg)
{
    ASSERT(inval.relation_function_count < FUNCTIONS_MAX);
    inval.relation_functions[inval.relation_function_count].fn = fn;
    inval.relation_functions[inval.relation_function_count++].arg = arg;
}

static void tell_of_row(CacheId id, uint32_t hash)
{
    for (unsigned i = 0; i < inval.row_function_count; i++) {
        if (inval.row_functions[i].id == id)
            inval.row_functions[i].fn(inval.row_functions[i].arg, id, hash);
    }
}

static void tell_of_catalog(Oid catalog)
{
    unsigned position = 0;
    CacheId id;

    while (cache_next_of_catalog(catalog, &position, &id))
        tell_of_row(id, 0);
}

static void tell_of_relation(Oid oid)
{
    for (unsigned i = 0; i < inval.relation_function_count; i++)
        inval.relation_functions[i].fn(inval.relation_functions[i].arg, oid);
}

void inval_end(void)
{
    memset(&inval, 0, sizeof inval);
}
