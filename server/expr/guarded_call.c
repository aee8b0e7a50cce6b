/*
 * guarded_call.c - functions that are called with other rights or settings; guarded_call.h
 *
 * What the function keeps between calls is kept beside: the site that the caller has leads to the
 * guard, and the function sees a copy of it as its own.
 */
#include "common/base/base.h"

#include "server/expr/guarded_call.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/expr/call_facts.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/object/parameter_right.h"
#include "server/object/role.h"

typedef struct Setting {
    const char *name, *value;
} Setting;

typedef struct Guard {
    FmgrSite inner;
    Datum (*fn)(FmgrCall *call);
    Oid owner;      /* 0: the caller's rights */
    Array settings; /* Setting */
} Guard;

static void read_settings(Guard *g, Datum array);
static Datum call_guarded(FmgrCall *call);

void guarded_call_wrap(const HeapTuple *row, FmgrSite *site)
{
    bool has_none;

    (void)syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROCONFIG, &has_none);
    if (!CACHE_ROW(PgProc, row)->prosecdef && has_none)
        return;
    site->fn = call_guarded;
}

/* At the first call, and when the caller has taken back what the site kept. */
static Guard *make_guard(FmgrSite *site)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(site->oid));
    Guard *g = mem_alloc_in(site->mem, sizeof(*g));
    FmgrSite plain = *site;
    bool has_none;
    Datum config;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", site->oid));
    config = syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROCONFIG, &has_none);
    *g = (Guard){.owner = CACHE_ROW(PgProc, row)->prosecdef ? CACHE_ROW(PgProc, row)->proowner : 0};
    MEM_SCOPE(site->mem) {
        array_init(&g->settings, sizeof(Setting));
        if (!has_none)
            read_settings(g, config);
    }
    call_facts_resolve(row, &plain);
    syscache_unpin(row);
    g->fn = plain.fn;
    site->extra = g;
    return g;
}

static void read_settings(Guard *g, Datum array)
{
    static const ArrayElement text = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    ArrayView view;
    ArrayWalk walk;
    Datum value;
    bool is_null;

    array_open(varlena_plain(datum_varlena(array)), &view);
    array_walk_begin(&walk, &view, &text);
    while (array_walk_next(&walk, &value, &is_null)) {
        const uint8_t *packed = is_null ? NULL : varlena_packed(datum_varlena(value));
        char *item = packed == NULL
                         ? NULL
                         : mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
        char *equals = item != NULL ? strchr(item, '=') : NULL;

        if (equals == NULL)
            continue;
        *equals = '\0';
        *(Setting *)array_push(&g->settings) = (Setting){item, equals + 1};
    }
}

/* As the owner, if it is his right that counts. */
static void apply(const Guard *g)
{
    array_foreach(const Setting, s, &g->settings)
        guc_set(&(GucChange){.name = s->name,
                             .value = s->value,
                             .as = parameter_context(s->name),
                             .source = GUC_FROM_SESSION,
                             .action = GUC_SAVE,
                             .level = ERR_ERROR});
}

/* The caller may have said more of the site since it was made. */
static Datum call_inner(Guard *g, FmgrCall *call)
{
    FmgrSite *outer = call->site;
    void *extra = g->inner.extra;
    Datum result;

    g->inner = *outer;
    g->inner.fn = g->fn;
    g->inner.extra = extra;
    call->site = &g->inner;
    result = g->fn(call);
    call->site = outer;
    return result;
}

static Datum run(Guard *const g, FmgrCall *call)
{
    FmgrSite *const outer = call->site;
    const Oid role = role_current();
    const unsigned flags = role_flags();
    const unsigned level = g->settings.count > 0 ? guc_nest_begin() : 0;
    volatile bool is_done = false;
    volatile Datum result = 0;

    ERR_TRY() {
        if (g->owner != 0)
            role_switch(g->owner, flags | ROLE_LOCAL_CHANGE);
        apply(g);
        result = call_inner(g, call);
        is_done = true;
    }
    ERR_FINALLY() {
        call->site = outer;
        if (level != 0)
            guc_nest_end(level, is_done);
        role_switch(role, flags);
    }
    ERR_END();
    return result;
}

static Datum call_guarded(FmgrCall *call)
{
    FmgrSite *site = call->site;

    return run(site->extra != NULL ? site->extra : make_guard(site), call);
}
