/*
 * type_io.c - the functions by which values of a type are read and written
 *
 * Asked for by every Bind and every answer, so they are kept by type. When a row of pg_type
 * changes, those that are kept are left alone (somebody may be using them) and not found again.
 */
#include "common/base/base.h"

#include "server/sql/type_io.h"

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/inval.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

typedef struct Entry {
    Oid type; /* the key */
    TypeIo *io;
} Entry;

static struct {
    MemContext *mem; /* NULL: nothing is kept yet */
    Hash by_type;
    TypeIo *last;
} kept;

static void begin(void);
static TypeIo *read_row(Oid type);
static void forget(Datum arg, CacheId id, uint32_t hash);
static void forget_rows(Datum arg, Oid relation);
static FmgrSite *ready(FmgrSite *site, Oid function, const TypeIo *io, const char *kind);

TypeIo *type_io(Oid type)
{
    Entry *entry;

    if (kept.last != NULL && kept.last->type == type && !kept.last->is_stale)
        return kept.last;
    if (kept.mem == NULL)
        begin();
    entry = hash_find(&kept.by_type, &type);
    if (entry == NULL || entry->io->is_stale) {
        TypeIo *io = read_row(type);

        entry = hash_enter(&kept.by_type, &type, NULL);
        entry->io = io;
    }
    return kept.last = entry->io;
}

static void begin(void)
{
    kept.mem = mem_context_new(mem_root(), "functions of types");
    MEM_SCOPE(kept.mem) {
        hash_init(&kept.by_type, sizeof(Oid), sizeof(Entry));
    }
    inval_on_row(CACHE_TYPEOID, forget, 0);
    inval_on_relation(forget_rows, 0);
}

static bool is_row(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return row != NULL && CACHE_ROW(PgType, row)->typtype == 'c';
}

static TypeIo *read_row(Oid type)
{
    const HeapTuple *row = syscache_pin(CACHE_TYPEOID, datum_of_u32(type));
    const PgType *t;
    TypeIo *io;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    t = CACHE_ROW(PgType, row);
    if (!t->typisdefined)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("type \"%s\" is only a shell", t->typname));
    io = mem_alloc_in(kept.mem, sizeof *io);
    io->type = type;
    io->name = mem_strdup_in(kept.mem, t->typname);
    io->io_param = t->typelem != 0 ? t->typelem : type;
    io->input = t->typinput;
    io->output = t->typoutput;
    io->receive = t->typreceive;
    io->send = t->typsend;
    io->has_columns =
        t->typtype == 'c' || type == TYPE_RECORD || (t->typelem != 0 && is_row(t->typelem));
    syscache_unpin(row);
    return io;
}

static void forget(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    size_t position = 0;
    Entry *entry;

    while ((entry = hash_next(&kept.by_type, &position)) != NULL)
        entry->io->is_stale = true;
}

/* Columns of some relation have changed: maybe those of a row type. */
static void forget_rows(Datum arg UNUSED, Oid relation UNUSED)
{
    size_t position = 0;
    Entry *entry;

    while ((entry = hash_next(&kept.by_type, &position)) != NULL)
        entry->io->is_stale = entry->io->is_stale || entry->io->has_columns;
}

FmgrSite *type_io_output(TypeIo *io)
{
    return ready(&io->output_site, io->output, io, "output");
}

FmgrSite *type_io_send(TypeIo *io)
{
    return ready(&io->send_site, io->send, io, "binary output");
}

FmgrSite *type_io_input(TypeIo *io)
{
    return ready(&io->input_site, io->input, io, "input");
}

FmgrSite *type_io_receive(TypeIo *io)
{
    return ready(&io->receive_site, io->receive, io, "binary input");
}

static FmgrSite *ready(FmgrSite *site, Oid function, const TypeIo *io, const char *kind)
{
    if (LIKELY(site->fn != NULL))
        return site;
    if (function == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("no %s function available for type %s", kind, io->name));
    fmgr_site_init(site, function, kept.mem);
    return site;
}
