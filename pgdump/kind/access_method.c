/* access_method.c - access methods. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct AccessMethodObject {
    DumpObject object;
    const char *handler;
    char type;
} AccessMethodObject;

static void take(Dump *d, void *row);

void access_method_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("a.oid", OID, AccessMethodObject, object.oid),
        COLUMN("a.amname", TEXT, AccessMethodObject, object.name),
        COLUMN("a.amtype", CHAR, AccessMethodObject, type),
        COLUMN("a.amhandler::pg_catalog.regproc", TEXT, AccessMethodObject, handler),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_am a",
        .where = "a.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(AccessMethodObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    AccessMethodObject *method = row;

    object_add(d, &method->object, KIND_ACCESS_METHOD);
    select_alone(d, &method->object);
}

void access_method_print(Dump *d, DumpObject *o)
{
    const AccessMethodObject *method = (const AccessMethodObject *)o;
    const char *name = entry_name(d, o->name);

    entry_add(d, o,
              &(Definition){
                  .type = "ACCESS METHOD",
                  .name = name,
                  .create = mem_printf("CREATE ACCESS METHOD %s TYPE %s HANDLER %s;\n", name,
                                       method->type == 't' ? "TABLE" : "INDEX", method->handler),
                  .has_no_labels = true,
              });
}
