/* extension.c - extensions, and what belongs to them. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct ExtensionObject {
    DumpObject object;
    const char *namespace;
    Array config_tables, config_filters; /* Oid; const char *: "WHERE ...", or empty */
} ExtensionObject;

/* An entry of Dump.members. */
typedef struct Member {
    RowKey key;
    Oid extension;
} Member;

static void take(Dump *d, void *row);
static void read_members(Dump *d);
static void take_member(Dump *d, void *row);

void extension_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("x.oid", OID, ExtensionObject, object.oid),
        COLUMN("x.extname", TEXT, ExtensionObject, object.name),
        COLUMN("n.nspname", TEXT, ExtensionObject, namespace),
        COLUMN("x.extconfig", OIDS, ExtensionObject, config_tables),
        COLUMN("x.extcondition", TEXTS, ExtensionObject, config_filters),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n "
                "ON (n.oid = x.extnamespace)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(ExtensionObject),
    };

    catalog_read(d, &query, NULL, take);
    read_members(d);
}

static void take(Dump *d, void *row)
{
    ExtensionObject *extension = row;

    object_add(d, &extension->object, KIND_EXTENSION);
    select_extension(d, &extension->object);
}

static void read_members(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("classid", OID, Member, key.catalog),
        COLUMN("objid", OID, Member, key.oid),
        COLUMN("refobjid", OID, Member, extension),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_depend",
        .where = "refclassid = 3079 AND deptype = 'e'",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Member),
    };

    hash_init(&d->members, sizeof(RowKey), sizeof(Member));
    catalog_read(d, &query, NULL, take_member);
}

static void take_member(Dump *d, void *row)
{
    const Member *read = row;
    Member *member = hash_enter(&d->members, &read->key, NULL);

    member->extension = read->extension;
}

void extension_mark_member(Dump *d, DumpObject *o)
{
    const Member *member =
        o->oid == 0 ? NULL : hash_find(&d->members, &(RowKey){o->catalog, o->oid});
    DumpObject *extension =
        member == NULL ? NULL : object_find(d, CATALOG_EXTENSION, member->extension);

    if (extension == NULL)
        return;
    o->is_member = true;
    o->wanted = extension->wanted_inside & (PART_RIGHTS | PART_LABEL | PART_POLICY);
    object_depend(o, extension->id);
}

void extension_add_data(Dump *d)
{
    size_t count = d->objects.count;

    for (uint32_t id = 1; id <= count; id++) {
        const ExtensionObject *extension = (const ExtensionObject *)object_by_id(d, id);

        if (extension->object.kind != KIND_EXTENSION)
            continue;
        for (size_t i = 0; i < extension->config_tables.count; i++) {
            TableObject *t = table_find(d, *(Oid *)array_at(&extension->config_tables, i));
            const char *filter = i < extension->config_filters.count
                                     ? *(const char **)array_at(&extension->config_filters, i)
                                     : NULL;

            if (t != NULL && select_config_table(d, &extension->object, &t->object))
                table_data_add(d, t, filter == NULL ? "" : filter);
        }
    }
}

void extension_print(Dump *d, DumpObject *o)
{
    const ExtensionObject *extension = (const ExtensionObject *)o;
    const char *name = entry_name(d, o->name);

    entry_add(d, o,
              &(Definition){
                  .type = "EXTENSION",
                  .name = name,
                  .create = mem_printf("CREATE EXTENSION IF NOT EXISTS %s WITH SCHEMA %s;\n", name,
                                       entry_name(d, extension->namespace)),
              });
}
