/*
 * table.c - what this process counts of tables and indexes
 *
 * Most counts are what was done, whoever wins. How many rows there are afterwards is decided by the
 * end of the transaction: so what a (sub)transaction did to rows is kept by level, goes to its
 * parent when it commits, and says what is dead when it does not. TRUNCATE makes what was done
 * before it not count, unless it is rolled back itself.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/ds/hash.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/stats/stats_int.h"

struct StatsTableLevel {
    int64_t inserted, updated, deleted;
    bool is_emptied;
    int64_t inserted_before, updated_before, deleted_before; /* it was emptied */
    int nest_level;
    StatsTable *table;
    StatsTableLevel *outer; /* of the same table */
    StatsTableLevel *next;  /* of the same nest level; and of free ones */
};

typedef struct TableEntry {
    StatsTable table; /* first: its key is the hash's */
} TableEntry;

typedef struct Nest {
    int nest_level;
    StatsTableLevel *first;
    struct Nest *outer;
} Nest;

/* Process state. */
static struct {
    MemContext *mem; /* NULL: nothing was counted yet */
    Hash tables;
    StatsTable *listed, *fresh;
    Nest *nest;      /* the innermost in which rows were changed */
    Nest *free_nests;
    StatsTableLevel *free_levels;
} here;

int stats_nest_level;
bool stats_is_counting = true;

void stats_set_counting(bool is_counting)
{
    stats_is_counting = is_counting;
}

static void begin(void)
{
    if (here.mem != NULL)
        return;
    here.mem = mem_context_new(mem_root(), "counters of tables");
    MEM_SCOPE(here.mem) {
        hash_init(&here.tables, sizeof(StatsKey), sizeof(TableEntry));
    }
}

StatsTable *stats_table_of(Oid database, Oid relation)
{
    StatsKey key = {.kind = STATS_RELATION, .database = database, .object = relation};
    TableEntry *entry;

    begin();
    entry = hash_enter(&here.tables, &key, NULL);
    return &entry->table;
}

StatsTable *stats_table_find(Oid database, Oid relation)
{
    StatsKey key = {.kind = STATS_RELATION, .database = database, .object = relation};
    TableEntry *entry = here.mem == NULL ? NULL : hash_find(&here.tables, &key);

    return entry == NULL ? NULL : &entry->table;
}

void stats_table_list(StatsTable *t)
{
    t->is_listed = true;
    t->next_listed = here.listed;
    here.listed = t;
    if (t->has_shared)
        return;
    t->next_new = here.fresh;
    here.fresh = t;
}

/* ---- Changes of rows ---- */

/* That of the current (sub)transaction; NULL when there is none, or nobody counts. */
static StatsTableLevel *level_of(StatsTable *t)
{
    Nest *nest = here.nest;
    StatsTableLevel *level;

    if (t == NULL || !stats_is_counting || stats_nest_level == 0)
        return NULL;
    level = t->level;
    if (LIKELY(level != NULL && level->nest_level == stats_nest_level))
        return level;
    begin();
    if (nest == NULL || nest->nest_level != stats_nest_level) {
        nest = here.free_nests;
        if (nest != NULL)
            here.free_nests = nest->outer;
        else
            nest = mem_alloc_in(here.mem, sizeof *nest);
        *nest = (Nest){.nest_level = stats_nest_level, .outer = here.nest};
        here.nest = nest;
    }
    level = here.free_levels;
    if (level != NULL)
        here.free_levels = level->next;
    else
        level = mem_alloc_in(here.mem, sizeof *level);
    *level = (StatsTableLevel){
        .nest_level = stats_nest_level, .table = t, .outer = t->level, .next = nest->first};
    nest->first = level;
    t->level = level;
    return level;
}

void stats_count_insert(StatsTable *t, size_t count)
{
    StatsTableLevel *level = level_of(t);

    if (level != NULL)
        level->inserted += (int64_t)count;
}

void stats_count_update(StatsTable *t, bool is_hot)
{
    StatsTableLevel *level = level_of(t);

    if (level == NULL)
        return;
    level->updated++;
    t->counts.hot_updated += is_hot;
}

void stats_count_delete(StatsTable *t)
{
    StatsTableLevel *level = level_of(t);

    if (level != NULL)
        level->deleted++;
}

static void keep_before(StatsTableLevel *level, bool anew)
{
    if (level->is_emptied && !anew)
        return;
    level->inserted_before = level->inserted;
    level->updated_before = level->updated;
    level->deleted_before = level->deleted;
    level->is_emptied = true;
}

static void restore_before(StatsTableLevel *level)
{
    if (!level->is_emptied)
        return;
    level->inserted = level->inserted_before;
    level->updated = level->updated_before;
    level->deleted = level->deleted_before;
}

void stats_count_truncate(StatsTable *t)
{
    StatsTableLevel *level = level_of(t);

    if (level == NULL)
        return;
    keep_before(level, false);
    level->inserted = level->updated = level->deleted = 0;
}

void stats_count_pruned(StatsTable *t, unsigned dead_gone)
{
    if (t != NULL && stats_is_counting)
        t->counts.dead_change -= dead_gone;
}

void stats_table_current(const StatsTable *t, StatsTableCounts *out)
{
    *out = t->counts;
    for (const StatsTableLevel *level = t->level; level != NULL; level = level->outer) {
        out->inserted += level->inserted;
        out->updated += level->updated;
        out->deleted += level->deleted;
    }
}

/* ---- Ends of (sub)transactions ---- */

static void free_level(StatsTableLevel *level)
{
    level->next = here.free_levels;
    here.free_levels = level;
}

static void pop_nest(void)
{
    Nest *nest = here.nest;

    here.nest = nest->outer;
    nest->outer = here.free_nests;
    here.free_nests = nest;
}

static void count_end(StatsTable *t, const StatsTableLevel *level, bool is_commit)
{
    StatsTableCounts *c = &t->counts;

    c->inserted += level->inserted;
    c->updated += level->updated;
    c->deleted += level->deleted;
    if (!is_commit) {
        c->dead_change += level->inserted + level->updated;
        return;
    }
    if (level->is_emptied) {
        c->is_emptied = true;
        c->live_change = c->dead_change = 0;
    }
    c->live_change += level->inserted - level->deleted;
    c->dead_change += level->updated + level->deleted;
    c->changes += level->inserted + level->updated + level->deleted;
}

/* What the parent had done counts no more when the table was emptied since. */
static void hand_up(StatsTableLevel *level)
{
    StatsTableLevel *outer = level->outer;

    if (level->is_emptied) {
        keep_before(outer, false);
        outer->inserted = level->inserted;
        outer->updated = level->updated;
        outer->deleted = level->deleted;
    } else {
        outer->inserted += level->inserted;
        outer->updated += level->updated;
        outer->deleted += level->deleted;
    }
}

/* Levels that have no parent's become the parent's: nothing has to be made. */
void tables_sub_end(bool is_commit)
{
    Nest *nest = here.nest, *outer;
    int parent = stats_nest_level - 1;

    if (nest == NULL || nest->nest_level != stats_nest_level)
        return;
    outer = nest->outer != NULL && nest->outer->nest_level == parent ? nest->outer : NULL;
    if (is_commit && outer == NULL)
        nest->nest_level = parent;
    for (StatsTableLevel **place = &nest->first, *level; (level = *place) != NULL;) {
        StatsTable *t = level->table;

        if (!is_commit)
            restore_before(level);
        if (!is_commit || (level->outer != NULL && level->outer->nest_level == parent)) {
            if (is_commit)
                hand_up(level);
            else
                count_end(t, level, false);
            t->level = level->outer;
            *place = level->next;
            free_level(level);
            continue;
        }
        level->nest_level = parent;
        if (outer == NULL) {
            place = &level->next;
        } else {
            *place = level->next;
            level->next = outer->first;
            outer->first = level;
        }
    }
    if (nest->first == NULL || outer != NULL)
        pop_nest();
}

void tables_end(bool is_commit)
{
    if (here.nest == NULL)
        return;
    for (StatsTableLevel *level = here.nest->first, *next; level != NULL; level = next) {
        next = level->next;
        if (!is_commit)
            restore_before(level);
        count_end(level->table, level, is_commit);
        level->table->level = NULL;
        free_level(level);
    }
    pop_nest();
    ASSERT(here.nest == NULL);
}

/* ---- Prepared transactions ---- */

/* PostgreSQL's record. */
typedef struct Prepared {
    int64_t inserted, updated, deleted;
    int64_t inserted_before, updated_before, deleted_before;
    Oid relation;
    bool is_shared, is_emptied;
} Prepared;
STATIC_ASSERT(sizeof(Prepared) == STATS_TWOPHASE_SIZE);

void stats_prepare(void (*add)(const void *record, size_t len))
{
    if (here.nest == NULL)
        return;
    for (const StatsTableLevel *level = here.nest->first; level != NULL; level = level->next) {
        Prepared record;

        memset(&record, 0, sizeof record);
        record.inserted = level->inserted;
        record.updated = level->updated;
        record.deleted = level->deleted;
        record.inserted_before = level->inserted_before;
        record.updated_before = level->updated_before;
        record.deleted_before = level->deleted_before;
        record.relation = level->table->key.object;
        record.is_shared = level->table->key.database == 0;
        record.is_emptied = level->is_emptied;
        add(&record, sizeof record);
    }
}

void stats_prepared(void)
{
    tables_make_entries();
    stats_nest_level = 0;
    drops_forget();
    if (here.nest == NULL)
        return;
    for (StatsTableLevel *level = here.nest->first, *next; level != NULL; level = next) {
        next = level->next;
        level->table->level = NULL;
        free_level(level);
    }
    pop_nest();
}

void stats_prepared_end(const uint8_t *bytes, size_t len, bool is_commit)
{
    StatsTableLevel level = {.nest_level = 1};
    Prepared record;
    StatsTable *t;

    if (len < sizeof record)
        return;
    memcpy(&record, bytes, sizeof record);
    t = stats_table_of(record.is_shared ? 0 : flush_database(), record.relation);
    stats_table_use(t);
    level.inserted = record.inserted;
    level.updated = record.updated;
    level.deleted = record.deleted;
    level.inserted_before = record.inserted_before;
    level.updated_before = record.updated_before;
    level.deleted_before = record.deleted_before;
    level.is_emptied = record.is_emptied;
    if (!is_commit)
        restore_before(&level);
    count_end(t, &level, is_commit);
}

/* ---- Telling ---- */

static bool is_zero(const StatsTableCounts *c)
{
    static const StatsTableCounts zero;

    return memcmp(c, &zero, sizeof zero) == 0;
}

/* While the locks of the transaction are held: no object that was counted for can be dropped. */
void tables_make_entries(void)
{
    for (StatsTable **place = &here.fresh, *t; (t = *place) != NULL;) {
        if (!t->has_shared && !is_zero(&t->counts) && shared_acquire(&t->key, true) != NULL) {
            shared_release();
            t->has_shared = true;
        }
        if (t->has_shared)
            *place = t->next_new;
        else
            place = &t->next_new;
    }
}

/* The object is gone: what was counted goes nowhere. */
void table_forget(const StatsKey *key)
{
    StatsTable *t;

    if (key->kind != STATS_RELATION)
        return;
    t = stats_table_find(key->database, key->object);
    if (t == NULL)
        return;
    memset(&t->counts, 0, sizeof t->counts);
    t->has_shared = false;
    t->is_gone = true;
}

static void add(StatsTableBody *to, const StatsTableCounts *c)
{
    to->scans += c->scans;
    to->rows_returned += c->rows_returned;
    to->rows_fetched += c->rows_fetched;
    to->inserted += c->inserted;
    to->updated += c->updated;
    to->deleted += c->deleted;
    to->hot_updated += c->hot_updated;
    if (c->is_emptied)
        to->live = to->dead = to->inserts_since_vacuum = 0;
    to->live += c->live_change;
    to->dead += c->dead_change;
    to->changes_since_analyze += c->changes;
    to->inserts_since_vacuum += c->inserted;
    to->blocks_fetched += c->blocks_fetched;
    to->blocks_hit += c->blocks_hit;
    if (to->live < 0)
        to->live = 0;
    if (to->dead < 0)
        to->dead = 0;
}

static void add_to_database(StatsDatabaseBody *to, const StatsTableCounts *c)
{
    to->rows_returned += c->rows_returned;
    to->rows_fetched += c->rows_fetched;
    to->rows_inserted += c->inserted;
    to->rows_updated += c->updated;
    to->rows_deleted += c->deleted;
    to->blocks_fetched += c->blocks_fetched;
    to->blocks_hit += c->blocks_hit;
}

bool tables_flush(StatsDatabaseBody *own, StatsDatabaseBody *shared)
{
    bool has_counted = false;
    StatsTable *t;

    /* Outside of transactions: shared catalogs, which never go. */
    tables_make_entries();
    here.fresh = NULL;
    while ((t = here.listed) != NULL) {
        StatsBody *body;

        here.listed = t->next_listed;
        t->is_listed = false;
        if (t->is_gone) {
            StatsKey key = t->key;

            hash_remove(&here.tables, &key);
            continue;
        }
        if (is_zero(&t->counts))
            continue;
        has_counted = true;
        body = shared_acquire(&t->key, false);
        if (body != NULL) {
            add(&body->table, &t->counts);
            shared_release();
        }
        add_to_database(t->key.database == 0 ? shared : own, &t->counts);
        memset(&t->counts, 0, sizeof t->counts);
    }
    return has_counted;
}

void stats_forget(void)
{
    if (here.mem != NULL)
        mem_delete(here.mem);
    memset(&here, 0, sizeof here);
    drops_forget();
    stats_nest_level = 0;
}

/* ---- Vacuum and analyze ---- */

/* Rows that were inserted while it ran are taken for vacuumed: it counts them anew soon enough. */
void stats_report_vacuum(const StatsTable *t, int64_t live, int64_t dead, bool is_auto)
{
    StatsBody *body;

    if (!stats_is_counting || t == NULL)
        return;
    body = shared_acquire(&t->key, true);
    if (body == NULL)
        return;
    body->table.live = live;
    body->table.dead = dead;
    body->table.inserts_since_vacuum = 0;
    if (is_auto) {
        body->table.autovacuumed_at = clock_now();
        body->table.autovacuum_count++;
    } else {
        body->table.vacuumed_at = clock_now();
        body->table.vacuum_count++;
    }
    shared_release();
}

/*
 * What the transaction itself has done comes when it ends: it is not to be counted twice. Rows that
 * earlier ones of this process made within the last second are, as in PostgreSQL.
 */
void stats_report_analyze(const StatsTable *t, int64_t live, int64_t dead, bool begins_anew,
                          bool is_auto)
{
    StatsBody *body;

    if (!stats_is_counting || t == NULL)
        return;
    for (const StatsTableLevel *level = t->level; level != NULL; level = level->outer) {
        live -= level->inserted - level->deleted;
        dead -= level->updated + level->deleted;
    }
    dead -= t->counts.dead_change;
    body = shared_acquire(&t->key, true);
    if (body == NULL)
        return;
    body->table.live = live < 0 ? 0 : live;
    body->table.dead = dead < 0 ? 0 : dead;
    if (begins_anew)
        body->table.changes_since_analyze = 0;
    if (is_auto) {
        body->table.autoanalyzed_at = clock_now();
        body->table.autoanalyze_count++;
    } else {
        body->table.analyzed_at = clock_now();
        body->table.analyze_count++;
    }
    shared_release();
}
