/* make_name.c - names of objects that nobody has named: made of those of their table and columns */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/command/object.h"

static size_t clip(const char *name, size_t len, size_t max)
{
    return len <= max ? len : encoding_clip((Encoding)namespace_get_encoding(), name, len, max);
}

char *object_cut_name(char *name)
{
    name[clip(name, strlen(name), NAME_SIZE - 1)] = '\0';
    return name;
}

/* The longer of the two names is cut first. */
char *object_make_name(const char *name1, const char *name2, const char *label)
{
    size_t len1 = strlen(name1), len2 = name2 != NULL ? strlen(name2) : 0;
    size_t others = (name2 != NULL ? 1 : 0) + (label != NULL ? strlen(label) + 1 : 0);
    size_t max = NAME_SIZE - 1 - others;

    while (len1 + len2 > max) {
        if (len1 > len2)
            len1--;
        else
            len2--;
    }
    len1 = clip(name1, strlen(name1), len1);
    if (name2 != NULL)
        len2 = clip(name2, strlen(name2), len2);
    return mem_printf("%.*s%s%.*s%s%s", (int)len1, name1, name2 != NULL ? "_" : "", (int)len2,
                      name2 != NULL ? name2 : "", label != NULL ? "_" : "",
                      label != NULL ? label : "");
}

/* A constraint of that name in the schema, of whatever relation. */
static bool schema_has_constraint(const char *name, Oid schema)
{
    const CatalogKey keys[] = {
        {.column = PG_CONSTRAINT_COL_CONNAME, .value = datum_of_pointer(name)},
        {.column = PG_CONSTRAINT_COL_CONNAMESPACE, .value = datum_of_u32(schema)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_CONSTRAINT_CATALOG, PG_CONSTRAINT_CONNAME_NSP_INDEX, 2, keys);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    return is_found;
}

static bool list_has(const List *names, const char *name)
{
    list_foreach(const String *, item, names) {
        if (strcmp(item->value, name) == 0)
            return true;
    }
    return false;
}

char *constraint_choose_name(const char *name1, const char *name2, const char *label, Oid schema,
                             const List *others)
{
    char *tried = object_make_name(name1, name2, label);

    for (unsigned pass = 1; list_has(others, tried) || schema_has_constraint(tried, schema); pass++)
        tried = object_make_name(name1, name2, mem_printf("%s%u", label, pass));
    return tried;
}

static bool schema_has_relation(const char *name, Oid schema)
{
    return syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(schema)) != NULL;
}

char *relation_choose_name(const char *name1, const char *name2, const char *label, Oid schema,
                           bool is_constraint)
{
    char *tried = object_make_name(name1, name2, label);

    for (unsigned pass = 1; schema_has_relation(tried, schema) ||
                            (is_constraint && schema_has_constraint(tried, schema));
         pass++)
        tried = object_make_name(name1, name2, mem_printf("%s%u", label, pass));
    return tried;
}

/* ---- Constraints by name ---- */

static Oid find_constraint(Oid relation, Oid domain, const char *name)
{
    const CatalogKey keys[] = {
        {.column = PG_CONSTRAINT_COL_CONRELID, .value = datum_of_u32(relation)},
        {.column = PG_CONSTRAINT_COL_CONTYPID, .value = datum_of_u32(domain)},
        {.column = PG_CONSTRAINT_COL_CONNAME, .value = datum_of_pointer(name)},
    };
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG,
                                           PG_CONSTRAINT_CONRELID_CONTYPID_CONNAME_INDEX, 3, keys);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row != NULL ? CACHE_ROW(PgConstraint, row)->oid : 0;

    catalog_scan_end(scan);
    return oid;
}

Oid constraint_find(Oid relation, const char *name)
{
    return find_constraint(relation, 0, name);
}

Oid constraint_find_of_domain(Oid domain, const char *name)
{
    return find_constraint(0, domain, name);
}

void constraint_rename(Oid constraint, const char *name)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_name(&row, PG_CONSTRAINT_COL_CONNAME, name);
    object_update_row(PG_CONSTRAINT_CATALOG, CACHE_CONSTROID, constraint, &row);
}
