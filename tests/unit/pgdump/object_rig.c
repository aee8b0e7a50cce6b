/* object_rig.c - objects of a dump without a server; object_rig.h has the functions. */
#include "common/base/base.h"

#include "tests/unit/pgdump/object_rig.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/order.h"

static const SchemaObject *schema_named(const char *name);

Dump *rig_dump(void)
{
    Dump *d = mem_new(Dump);

    object_init(d);
    hash_init(&d->members, sizeof(RowKey), sizeof(RowKey));
    return d;
}

void rig_enter(Dump *d, DumpObject *o, KindId kind, const char *name)
{
    const char *dot = strchr(name, '.');

    o->name = dot == NULL ? name : dot + 1;
    if (dot != NULL)
        o->schema = schema_named(mem_strndup(name, (size_t)(dot - name)));
    if (o->oid == 0)
        o->oid = FIRST_USER_OID + (Oid)d->objects.count;
    object_add(d, o, kind);
}

DumpObject *rig_add(Dump *d, KindId kind, const char *name)
{
    DumpObject *o = mem_new(DumpObject);

    rig_enter(d, o, kind, name);
    return o;
}

TableObject *rig_add_table(Dump *d, char kind, const char *name)
{
    TableObject *t = mem_new(TableObject);

    t->kind = kind;
    rig_enter(d, &t->object, KIND_TABLE, name);
    return t;
}

const char *rig_sorted(Dump *d)
{
    DumpObject **sorted = order_sort(d);
    StrBuf text;

    strbuf_init(&text);
    for (size_t i = 0; i < d->objects.count; i++) {
        const SchemaObject *schema = sorted[i]->schema;

        strbuf_add_fmt(&text, "%s%s%s%s", i == 0 ? "" : " ",
                       schema == NULL ? "" : schema->object.name, schema == NULL ? "" : ".",
                       sorted[i]->name);
    }
    return text.text;
}

const char *rig_sorted_numbers(Dump *d)
{
    DumpObject **sorted = order_sort(d);
    StrBuf text;

    strbuf_init(&text);
    for (size_t i = 0; i < d->objects.count; i++)
        strbuf_add_fmt(&text, "%s%u", i == 0 ? "" : " ", sorted[i]->id);
    return text.text;
}

/* No object of the dump: only its name is looked at. */
static const SchemaObject *schema_named(const char *name)
{
    SchemaObject *schema = mem_new(SchemaObject);

    schema->object.name = name;
    return schema;
}
