/* lazy_report.c - what a vacuum has found and done, for VERBOSE and the log */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/text/strbuf.h"
#include "server/cache/cache.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/txn/multixact.h"
#include "server/txn/xid.h"
#include "server/vacuum/vacuum_int.h"

static void add_index_scans(StrBuf *text, const Lazy *v);
static void add_cutoffs(StrBuf *text, const Lazy *v);

static const char *database_name(void)
{
    const HeapTuple *row = syscache_peek(CACHE_DATABASEOID, datum_of_u32(cache_database()));

    return row == NULL ? "" : CACHE_ROW(PgDatabase, row)->datname;
}

const char *vacuum_schema_name(const Relation *rel)
{
    const char *name = schema_name(rel->schema);

    return name == NULL ? "" : name;
}

char *vacuum_full_name(const Relation *rel)
{
    char *database = mem_strdup(database_name());

    return mem_printf("%s.%s.%s", database, vacuum_schema_name(rel), rel->name);
}

static double percent(BlockNo part, BlockNo of)
{
    return of == 0 ? 100.0 : 100.0 * part / of;
}

void vacuum_usage_begin(VacuumUsage *usage)
{
    usage->began = clock_now();
    usage->buffers = *buffer_counters();
    usage->wal = *wal_usage();
    process_cpu_time(&usage->user_us, &usage->system_us);
}

void lazy_tell_begin(const Lazy *v)
{
    char *name;

    if (!lazy_is_verbose(v))
        return;
    name = vacuum_full_name(v->rel);
    err_log(ERR_INFO, .message = v->is_aggressive ? err_fmt("aggressively vacuuming \"%s\"", name)
                                                  : err_fmt("vacuuming \"%s\"", name));
}

/* Is it to be told, or logged? */
static bool is_wanted(const Lazy *v)
{
    int min_ms = v->params->log_min_duration_ms;

    if (lazy_is_verbose(v))
        return true;
    return (v->params->options & VACUUM_IS_AUTO) != 0 && min_ms >= 0 &&
           clock_now() - v->usage.began >= min_ms * INT64_C(1000);
}

static void add_title(StrBuf *text, const Lazy *v)
{
    bool is_wraparound = (v->params->options & VACUUM_FOR_WRAPAROUND) != 0;
    const char *kind = v->is_aggressive ? "aggressive " : "";
    char *name = vacuum_full_name(v->rel);

    if (lazy_is_verbose(v))
        strbuf_add_fmt(text, "finished vacuuming \"%s\": index scans: %u\n", name, v->index_scans);
    else
        strbuf_add_fmt(text, "automatic %svacuum %sof table \"%s\": index scans: %u\n", kind,
                       is_wraparound ? "to prevent wraparound " : "", name, v->index_scans);
}

void lazy_report(const Lazy *v)
{
    StrBuf text;

    if (!is_wanted(v))
        return;
    strbuf_init(&text);
    add_title(&text, v);
    strbuf_add_fmt(&text, "pages: %u removed, %u remain, %u scanned (%.2f%% of total)\n",
                   v->removed_pages, v->pages, v->scanned,
                   percent(v->scanned, v->pages + v->removed_pages));
    strbuf_add_fmt(&text,
                   "tuples: %lld removed, %lld remain, %lld are dead but not yet removable\n",
                   (long long)v->removed, (long long)v->new_rows, (long long)v->recently_dead);
    if (v->missed_dead > 0)
        strbuf_add_fmt(&text,
                       "tuples missed: %lld dead from %u pages not removed due to cleanup lock "
                       "contention\n",
                       (long long)v->missed_dead, v->missed_pages);
    add_cutoffs(&text, v);
    add_index_scans(&text, v);
    vacuum_usage_add(&text, &v->usage, true);
    err_log(lazy_is_verbose(v) ? ERR_INFO : ERR_LOG, .message = err_fmt("%s", text.text));
}

static void add_cutoffs(StrBuf *text, const Lazy *v)
{
    Xid next = (Xid)xid_next();

    strbuf_add_fmt(text, "removable cutoff: %u, which was %d XIDs old when operation ended\n",
                   v->cutoffs.oldest_xmin, (int32_t)(next - v->cutoffs.oldest_xmin));
    if (v->is_xid_advanced)
        strbuf_add_fmt(text, "new relfrozenxid: %u, which is %d XIDs ahead of previous value\n",
                       v->oldest.xid, (int32_t)(v->oldest.xid - v->old_frozen_xid));
    if (v->is_multi_advanced)
        strbuf_add_fmt(text, "new relminmxid: %u, which is %d MXIDs ahead of previous value\n",
                       v->oldest.multi, (int32_t)(v->oldest.multi - v->old_min_multi));
}

static void add_index_scans(StrBuf *text, const Lazy *v)
{
    const char *verb = v->cleans_indexes ? "had" : "have";
    BlockNo pages = v->pages + v->removed_pages;

    if (v->cleans_indexes) {
        bool is_none = v->index_count == 0 || v->index_scans == 0;

        strbuf_add(text, is_none ? "index scan not needed: " : "index scan needed: ");
        verb = "had";
    } else if (v->is_failsafe) {
        strbuf_add(text, "index scan bypassed by failsafe: ");
    } else {
        strbuf_add(text, "index scan bypassed: ");
    }
    strbuf_add_fmt(text, "%u pages from table (%.2f%% of total) %s %lld dead item identifiers%s\n",
                   v->dead_pages, percent(v->dead_pages, pages), verb,
                   (long long)v->dead_line_pointers, v->cleans_indexes ? " removed" : "");
    for (unsigned i = 0; i < v->index_count; i++) {
        const LazyIndex *index = &v->indexes[i];

        if (index->is_looked_at)
            strbuf_add_fmt(text,
                           "index \"%s\": pages: %u in total, %u newly deleted, %u currently "
                           "deleted, %u reusable\n",
                           index->rel->name, index->stats.page_count, index->stats.pages_deleted,
                           index->stats.pages_deleted_all, index->stats.pages_free);
    }
}

void vacuum_usage_add(StrBuf *text, const VacuumUsage *since, bool with_wal)
{
    const BufferCounters *b = buffer_counters(), *before = &since->buffers;
    const WalUsage *wal = wal_usage();
    double seconds = (double)(clock_now() - since->began) / 1000000, read_rate = 0, write_rate = 0;
    uint64_t reads = b->reads - before->reads, dirtied = b->dirtied - before->dirtied;
    uint64_t user_us, system_us;

    process_cpu_time(&user_us, &system_us);
    if (seconds > 0) {
        read_rate = (double)BLOCK_SIZE * (double)reads / (1024 * 1024) / seconds;
        write_rate = (double)BLOCK_SIZE * (double)dirtied / (1024 * 1024) / seconds;
    }
    strbuf_add_fmt(text, "avg read rate: %.3f MB/s, avg write rate: %.3f MB/s\n", read_rate,
                   write_rate);
    strbuf_add_fmt(text, "buffer usage: %lld hits, %lld misses, %lld dirtied\n",
                   (long long)(b->hits - before->hits), (long long)reads, (long long)dirtied);
    if (with_wal)
        strbuf_add_fmt(text, "WAL usage: %lld records, %lld full page images, %llu bytes\n",
                   (long long)(wal->records - since->wal.records),
                   (long long)(wal->images - since->wal.images),
                   (unsigned long long)(wal->bytes - since->wal.bytes));
    strbuf_add_fmt(text, "system usage: CPU: user: %.2f s, system: %.2f s, elapsed: %.2f s",
                   (double)(user_us - since->user_us) / 1000000,
                   (double)(system_us - since->system_us) / 1000000, seconds);
}

/* ---- Errors ---- */

LazyPlace lazy_go(Lazy *v, LazyWork work, BlockNo block)
{
    LazyPlace before = v->place;

    v->place = (LazyPlace){.work = work, .block = block};
    return before;
}

const char *lazy_describe(void *arg)
{
    const Lazy *v = arg;
    const LazyPlace *at = &v->place;
    const char *name = err_fmt("\"%s.%s\"", v->schema, v->rel->name);
    const char *doing = at->work == LAZY_SCANS ? "scanning" : "vacuuming";

    switch (at->work) {
    case LAZY_BEGINS:
        return NULL;
    case LAZY_SCANS:
    case LAZY_CLEANS:
        if (at->block == BLOCK_NONE)
            return err_fmt("while %s relation %s", doing, name);
        if (at->item == NULL || *at->item == 0)
            return err_fmt("while %s block %u of relation %s", doing, at->block, name);
        return err_fmt("while %s block %u offset %u of relation %s", doing, at->block, *at->item,
                       name);
    case LAZY_CLEANS_INDEX:
        return err_fmt("while vacuuming index \"%s\" of relation %s", at->index, name);
    case LAZY_TIDIES_INDEX:
        return err_fmt("while cleaning up index \"%s\" of relation %s", at->index, name);
    case LAZY_TRUNCATES:
        return err_fmt("while truncating relation %s to %u blocks", name, at->block);
    }
    return NULL;
}
