/* needed_by.c - dependencies on roles and tablespaces are told; needed_by.h tells more. */
#include "common/base/base.h"

#include "server/command/needed_by.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/describe.h"
#include "server/ipc/interrupt.h"

#define SHOWN_MAX 100 /* lines for a client, of objects and of databases each */

typedef struct Needing {
    ObjectAddress object;
    char how; /* DependShared */
} Needing;

typedef struct Elsewhere {
    Oid database;
    int count;
} Elsewhere;

static void find(Oid catalog, Oid oid, Array *here, Array *elsewhere);
static void add_line(StrBuf *text, const char *line);

static int compare(const void *left, const void *right)
{
    const Needing *a = left, *b = right;

    if (a->object.oid != b->object.oid)
        return a->object.oid < b->object.oid ? -1 : 1;
    if (a->object.catalog != b->object.catalog)
        return a->object.catalog < b->object.catalog ? -1 : 1;
    if (a->object.sub != b->object.sub)
        return (uint32_t)a->object.sub < (uint32_t)b->object.sub ? -1 : 1;
    return a->how - b->how;
}

static const char *line_of(const Needing *n)
{
    const char *object = object_describe(&n->object, false);

    switch (n->how) {
    case DEPEND_OWNER:
        return mem_printf("owner of %s", object);
    case DEPEND_POLICY:
        return mem_printf("target of %s", object);
    case DEPEND_TABLESPACE:
        return mem_printf("tablespace for %s", object);
    default:
        return mem_printf("privileges for %s", object);
    }
}

char *needed_by(Oid catalog, Oid oid, char **for_log)
{
    Array here, elsewhere;
    StrBuf shown, all;

    strbuf_init(&shown);
    strbuf_init(&all);
    find(catalog, oid, &here, &elsewhere);
    array_sort(&here, compare);
    for (size_t i = 0; i < here.count; i++) {
        const char *line;

        check_interrupts();
        line = line_of(array_at(&here, i));
        add_line(&all, line);
        if (i < SHOWN_MAX)
            add_line(&shown, line);
    }
    for (size_t i = 0; i < elsewhere.count; i++) {
        const Elsewhere *e = array_at(&elsewhere, i);
        const ObjectAddress database = object_address(PG_DATABASE_CATALOG, e->database);
        const char *line = mem_printf("%d object%s in %s", e->count, e->count == 1 ? "" : "s",
                                      object_describe(&database, false));

        add_line(&all, line);
        if (i < SHOWN_MAX)
            add_line(&shown, line);
    }
    if (here.count > SHOWN_MAX)
        strbuf_add_fmt(&shown, "\nand %zu other object%s (see server log for list)",
                       here.count - SHOWN_MAX, here.count - SHOWN_MAX == 1 ? "" : "s");
    if (elsewhere.count > SHOWN_MAX)
        strbuf_add_fmt(&shown, "\nand objects in %zu other database%s (see server log for list)",
                       elsewhere.count - SHOWN_MAX, elsewhere.count - SHOWN_MAX == 1 ? "" : "s");
    *for_log = here.count > SHOWN_MAX || elsewhere.count > SHOWN_MAX ? all.text : NULL;
    return all.len > 0 ? shown.text : NULL;
}

static void add_line(StrBuf *text, const char *line)
{
    if (text->len > 0)
        strbuf_add_char(text, '\n');
    strbuf_add(text, line);
}

static void count_elsewhere(Array *elsewhere, Oid database)
{
    Elsewhere *e;

    array_foreach(Elsewhere, known, elsewhere) {
        if (known->database == database) {
            known->count++;
            return;
        }
    }
    e = array_push(elsewhere);
    *e = (Elsewhere){database, 1};
}

static void find(Oid catalog, Oid oid, Array *here, Array *elsewhere)
{
    const CatalogKey keys[] = {
        {.column = PG_SHDEPEND_COL_REFCLASSID, .value = datum_of_u32(catalog)},
        {.column = PG_SHDEPEND_COL_REFOBJID, .value = datum_of_u32(oid)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_SHDEPEND_CATALOG, PG_SHDEPEND_REFERENCE_INDEX, 2, keys);
    const HeapTuple *row;

    array_init(here, sizeof(Needing));
    array_init(elsewhere, sizeof(Elsewhere));
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgShdepend *d = CACHE_ROW(PgShdepend, row);

        check_interrupts();
        if (d->dbid == 0 || d->dbid == cache_database())
            *(Needing *)array_push(here) =
                (Needing){{d->classid, d->objid, d->objsubid}, d->deptype};
        else
            count_elsewhere(elsewhere, d->dbid);
    }
    catalog_scan_end(scan);
}
