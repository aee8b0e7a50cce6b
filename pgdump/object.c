/* object.c - objects by row and by number, and what comes before what; object.h has the terms. */
#include "common/base/base.h"

#include "pgdump/object.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "pgdump/dump.h"
#include "pgdump/kind.h"

const Kind object_kinds[KIND_COUNT] = {
#define KIND(id, text, catalog_oid, rank, part, order, read_it, print_it, compare_it) \
 [KIND_##id] = {.name = (text),                                                       \
                .catalog = (catalog_oid),                                             \
                .priority = (rank),                                                   \
                .section = ARCHIVE_##part,                                            \
                .read_order = (order),                                                \
                .read = (read_it),                                                    \
                .print = (print_it),                                                  \
                .compare = (compare_it)},
#include "pgdump/kind.def"
#undef KIND
};

/* An entry of Dump.by_row. */
typedef struct RowEntry {
    RowKey key;
    DumpObject *object;
} RowEntry;

void object_init(Dump *d)
{
    array_init(&d->objects, sizeof(DumpObject *));
    hash_init(&d->by_row, sizeof(RowKey), sizeof(RowEntry));
}

void object_add(Dump *d, DumpObject *o, KindId kind)
{
    DumpObject **slot = array_push(&d->objects);

    *slot = o;
    o->kind = kind;
    o->catalog = object_kinds[kind].catalog;
    o->id = (uint32_t)d->objects.count;
    o->parts |= PART_DEFINITION;
    if (o->rights.acl != NULL)
        o->parts |= PART_RIGHTS;
    if (o->owner == NULL)
        o->owner = "";
    array_init(&o->depends, sizeof(uint32_t));
    if (o->oid != 0 && o->catalog != 0) {
        RowEntry *entry = hash_enter(&d->by_row, &(RowKey){o->catalog, o->oid}, NULL);

        entry->object = o;
    }
    if (kind != KIND_EXTENSION && o->catalog != 0)
        extension_mark_member(d, o);
}

DumpObject *object_find(const Dump *d, Oid catalog, Oid oid)
{
    const RowEntry *entry = hash_find(&d->by_row, &(RowKey){catalog, oid});

    return entry == NULL ? NULL : entry->object;
}

DumpObject *object_by_id(const Dump *d, uint32_t id)
{
    ASSERT(id >= 1 && id <= d->objects.count);
    return *(DumpObject **)array_at(&d->objects, id - 1);
}

const SchemaObject *object_schema(const Dump *d, Oid oid)
{
    DumpObject *o = object_find(d, CATALOG_NAMESPACE, oid);

    if (o == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("schema with OID %u does not exist", oid));
    return (const SchemaObject *)o;
}

void object_depend(DumpObject *o, uint32_t on)
{
    *(uint32_t *)array_push(&o->depends) = on;
}

void object_undepend(DumpObject *o, uint32_t on)
{
    uint32_t *ids = o->depends.items;
    size_t kept = 0;

    for (size_t i = 0; i < o->depends.count; i++)
        if (ids[i] != on)
            ids[kept++] = ids[i];
    o->depends.count = kept;
}

bool object_depends(const DumpObject *o, uint32_t on)
{
    array_foreach(const uint32_t, id, &o->depends)
        if (*id == on)
            return true;
    return false;
}
