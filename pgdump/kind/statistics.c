/* statistics.c - extended statistics. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct StatisticsObject {
    DumpObject object;
    Oid table_oid;
    const char *definition;
    int32_t target;
} StatisticsObject;

static void take(Dump *d, void *row);

void statistics_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("s.oid", OID, StatisticsObject, object.oid),
        COLUMN("s.stxname", TEXT, StatisticsObject, object.name),
        COLUMN("s.stxnamespace", SCHEMA, StatisticsObject, object.schema),
        COLUMN("s.stxowner", ROLE, StatisticsObject, object.owner),
        COLUMN("s.stxrelid", OID, StatisticsObject, table_oid),
        COLUMN("pg_catalog.pg_get_statisticsobjdef(s.oid)", TEXT, StatisticsObject, definition),
        COLUMN("COALESCE(s.stxstattarget, -1)", INT, StatisticsObject, target),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_statistic_ext s",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(StatisticsObject),
    };

    catalog_read(d, &query, NULL, take);
}

/* What says how a table's columns hang together goes with the table. */
static void take(Dump *d, void *row)
{
    StatisticsObject *statistics = row;
    const TableObject *t = table_find(d, statistics->table_oid);

    object_add(d, &statistics->object, KIND_STATISTICS);
    select_in_schema(d, &statistics->object);
    if (t == NULL || (t->object.wanted & PART_DEFINITION) == 0)
        statistics->object.wanted = 0;
}

void statistics_print(Dump *d, DumpObject *o)
{
    const StatisticsObject *statistics = (const StatisticsObject *)o;
    const char *name = entry_qualified(d, o);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "%s;\n", statistics->definition);
    if (statistics->target >= 0)
        strbuf_add_fmt(&sql, "ALTER STATISTICS %s SET STATISTICS %d;\n", name, statistics->target);
    entry_add(d, o,
              &(Definition){
                  .type = "STATISTICS", .name = name, .create = sql.text, .has_no_labels = true});
}
