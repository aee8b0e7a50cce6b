/* event_trigger.c - event triggers. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct EventTriggerObject {
    DumpObject object;
    const char *event, *tags, *function;
    char enabled;
} EventTriggerObject;

static void take(Dump *d, void *row);

void event_trigger_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("e.oid", OID, EventTriggerObject, object.oid),
        COLUMN("e.evtname", TEXT, EventTriggerObject, object.name),
        COLUMN("e.evtowner", ROLE, EventTriggerObject, object.owner),
        COLUMN("e.evtevent", TEXT, EventTriggerObject, event),
        COLUMN("e.evtenabled", CHAR, EventTriggerObject, enabled),
        COLUMN("pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_literal(x)"
               " FROM pg_catalog.unnest(e.evttags) AS t(x)), ', ')",
               TEXT, EventTriggerObject, tags),
        COLUMN("e.evtfoid::pg_catalog.regproc", TEXT, EventTriggerObject, function),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_event_trigger e",
        .order = "e.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(EventTriggerObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    EventTriggerObject *trigger = row;

    object_add(d, &trigger->object, KIND_EVENT_TRIGGER);
    select_alone(d, &trigger->object);
}

void event_trigger_print(Dump *d, DumpObject *o)
{
    const EventTriggerObject *trigger = (const EventTriggerObject *)o;
    const char *name = entry_name(d, o->name);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE EVENT TRIGGER %s ON %s", name, entry_name(d, trigger->event));
    if (trigger->tags != NULL && trigger->tags[0] != '\0')
        strbuf_add_fmt(&sql, "\n         WHEN TAG IN (%s)", trigger->tags);
    strbuf_add_fmt(&sql, "\n   EXECUTE FUNCTION %s();\n", trigger->function);
    if (trigger->enabled != 'O')
        strbuf_add_fmt(&sql, "\nALTER EVENT TRIGGER %s %s;\n", name,
                       trigger_enabled_word(trigger->enabled));
    entry_add(d, o, &(Definition){.type = "EVENT TRIGGER", .name = name, .create = sql.text});
}
