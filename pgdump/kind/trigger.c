/* trigger.c - triggers. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

typedef struct TriggerObject {
    DumpObject object;
    Oid table_oid;
    TableObject *table;
    char enabled;
    bool is_of_partition;
    const char *definition;
} TriggerObject;

static void take(Dump *d, void *row);

void trigger_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("t.oid", OID, TriggerObject, object.oid),
        COLUMN("t.tgname", TEXT, TriggerObject, object.name),
        COLUMN("t.tgrelid", OID, TriggerObject, table_oid),
        COLUMN("t.tgenabled", CHAR, TriggerObject, enabled),
        COLUMN("u.oid IS NOT NULL", BOOL, TriggerObject, is_of_partition),
        COLUMN("pg_catalog.pg_get_triggerdef(t.oid, false)", TEXT, TriggerObject, definition),
    };
    /* In a partition only what is enabled otherwise than in the parent has to be said. */
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_trigger t\n"
                "LEFT JOIN pg_catalog.pg_depend pd ON (pd.classid = 2620 AND pd.refclassid = 2620"
                " AND pd.objid = t.oid AND pd.deptype = 'P')\n"
                "LEFT JOIN pg_catalog.pg_trigger u ON (u.oid = pd.refobjid)",
        .where = "t.oid >= 16384 AND ((NOT t.tgisinternal AND u.oid IS NULL)"
                 " OR t.tgenabled <> u.tgenabled)",
        .order = "t.tgrelid, t.tgname",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TriggerObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    TriggerObject *trigger = row;
    TableObject *t = table_find(d, trigger->table_oid);

    if (t == NULL || (t->object.wanted & PART_DEFINITION) == 0)
        return;
    trigger->table = t;
    trigger->object.schema = t->object.schema;
    trigger->object.owner = t->object.owner;
    object_add(d, &trigger->object, KIND_TRIGGER);
    trigger->object.wanted = t->object.wanted;
}

void trigger_print(Dump *d, DumpObject *o)
{
    const TriggerObject *trigger = (const TriggerObject *)o;
    const char *table = entry_qualified(d, &trigger->table->object);
    const char *name = entry_name(d, o->name), *on = mem_printf("%s ON %s", name, table);
    const char *foreign = trigger->table->kind == RELKIND_FOREIGN ? "FOREIGN " : "";
    StrBuf sql;

    strbuf_init(&sql);
    if (!trigger->is_of_partition)
        strbuf_add_fmt(&sql, "%s;\n", trigger->definition);
    if (trigger->enabled != 'O' || trigger->is_of_partition)
        strbuf_add_fmt(&sql, "\nALTER %sTABLE %s %s TRIGGER %s;\n", foreign, table,
                       trigger_enabled_word(trigger->enabled), name);
    entry_add(
        d, o,
        &(Definition){
            .type = "TRIGGER",
            .tag = mem_printf("%s %s", trigger->table->object.name, o->name),
            .name = on,
            .create = sql.text,
            .drop = trigger->is_of_partition ? "" : mem_printf("DROP TRIGGER %s;\n", on),
            .extras_tag = mem_printf("%s ON %s", name, entry_name(d, trigger->table->object.name)),
            .has_no_labels = true,
        });
}

const char *trigger_enabled_word(char enabled)
{
    switch (enabled) {
    case 'A':
        return "ENABLE ALWAYS";
    case 'R':
        return "ENABLE REPLICA";
    case 'D':
        return "DISABLE";
    default:
        return "ENABLE";
    }
}

int trigger_compare(const DumpObject *a, const DumpObject *b)
{
    return strcmp(((const TriggerObject *)a)->table->object.name,
                  ((const TriggerObject *)b)->table->object.name);
}
