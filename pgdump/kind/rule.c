/* rule.c - rules; what a view shows is one too, printed with the view if it can be. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

static void take(Dump *d, void *row);

void rule_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("r.oid", OID, RuleObject, object.oid),
        COLUMN("r.rulename", TEXT, RuleObject, object.name),
        COLUMN("r.ev_class", OID, RuleObject, table_oid),
        COLUMN("r.ev_type", CHAR, RuleObject, event),
        COLUMN("r.is_instead", BOOL, RuleObject, is_instead),
        COLUMN("r.ev_enabled", CHAR, RuleObject, enabled),
        /* Views tell what they show themselves. */
        COLUMN("CASE WHEN r.rulename <> '_RETURN' THEN pg_catalog.pg_get_ruledef(r.oid) END", TEXT,
               RuleObject, definition),
    };
    Array chosen;
    CatalogQuery query = {
        .from = "pg_catalog.pg_rewrite r",
        .order = "r.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(RuleObject),
    };

    array_init(&chosen, sizeof(Oid));
    select_add_tables(&chosen);
    query.where = mem_printf("r.oid >= %d OR r.ev_class = ANY ('%s')", FIRST_USER_OID,
                             catalog_oid_array(&chosen));
    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    RuleObject *rule = row;
    TableObject *t = table_find(d, rule->table_oid);

    if (t == NULL)
        return;
    rule->table = t;
    rule->object.schema = t->object.schema;
    rule->object.owner = t->object.owner;
    object_add(d, &rule->object, KIND_RULE);
    rule->object.wanted = t->object.wanted;
    rule->is_separate = !((t->kind == RELKIND_VIEW || t->kind == RELKIND_MATVIEW) &&
                          rule->event == '1' && rule->is_instead);
    if (rule->is_separate)
        object_depend(&rule->object, t->object.id);
    else
        object_depend(&t->object, rule->object.id);
}

void rule_print(Dump *d, DumpObject *o)
{
    RuleObject *rule = (RuleObject *)o;
    const char *table = entry_qualified(d, &rule->table->object), *name = entry_name(d, o->name);
    const char *on = mem_printf("%s ON %s", name, table);
    bool is_view = rule->table->kind == RELKIND_VIEW && rule->event == '1' && rule->is_instead;
    StrBuf sql;

    if (!rule->is_separate)
        return;
    strbuf_init(&sql);
    if (is_view)
        view_add_replace(d, rule->table, &sql);
    else
        strbuf_add_fmt(&sql, "%s\n", rule->definition);
    if (rule->enabled != 'O')
        strbuf_add_fmt(&sql, "ALTER TABLE %s %s RULE %s;\n", table,
                       trigger_enabled_word(rule->enabled), name);
    entry_add(
        d, o,
        &(Definition){
            .type = "RULE",
            .tag = mem_printf("%s %s", rule->table->object.name, o->name),
            .name = on,
            .create = sql.text,
            .drop =
                is_view ? view_drop_contents(d, rule->table) : mem_printf("DROP RULE %s;\n", on),
            .extras_tag = mem_printf("%s ON %s", name, entry_name(d, rule->table->object.name)),
            .has_no_labels = true,
        });
}

int rule_compare(const DumpObject *a, const DumpObject *b)
{
    return strcmp(((const RuleObject *)a)->table->object.name,
                  ((const RuleObject *)b)->table->object.name);
}
