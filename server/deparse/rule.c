/* rule.c - rules as the commands that make them */
#include "common/base/base.h"

#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse_int.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"
#include "server/rewriter/rewriter.h"

static void *read_tree(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_RULERELNAME, row, column, &is_null);
    const uint8_t *text = varlena_plain(datum_pointer(value));

    return node_read_text(mem_strndup((const char *)varlena_bytes(text), varlena_len(text)));
}

static const char *event_word(char event)
{
    return event == '1' ? "SELECT" : event == '2' ? "UPDATE" : event == '3' ? "INSERT" : "DELETE";
}

/* The result of a view's query has the names of the view's columns. */
static List *result_names(const PgRewrite *rule)
{
    Relation *rel;
    List *names = NULL;

    if (rule->ev_type != '1')
        return NULL;
    rel = relation_pin_existing(rule->ev_class);
    for (int i = 0; i < rel->desc->count; i++)
        names = list_add(names, node_string(mem_strdup(rel->desc->columns[i].name)));
    relation_unpin(rel);
    return names;
}

/* Its columns are those of old and new, which entries of the first action are. */
static void put_condition(Deparse *d, const Node *condition, const List *actions)
{
    Query *query = rewriter_rule_rows(list_at(actions, 0));
    Deparse in = *d;

    if (condition == NULL)
        return;
    rewriter_lock_relations(query);
    in.level = level_new(NULL, query);
    in.qualifies = true;
    in.indent = INDENT_STEP;
    put(d, "\n   WHERE ");
    put_expr(&in, condition, false);
}

static void put_actions(Deparse *d, const List *actions, const List *names)
{
    bool parens = list_count(actions) > 1;

    put(d, parens ? "(" : "");
    list_foreach(Query *, action, actions) {
        put_query(d, d->out, action, names, true);
        put(d, parens ? ";\n" : "");
    }
    put(d, parens ? ");" : ";");
}

static void put_rule(Deparse *d, const HeapTuple *row)
{
    const PgRewrite *rule = CACHE_ROW(PgRewrite, row);
    const List *actions = read_tree(row, PG_REWRITE_COL_EV_ACTION);

    strbuf_add_fmt(d->out, "CREATE RULE %s AS\n    ON %s TO %s", name_quoted(rule->rulename),
                   event_word(rule->ev_type), qualified_relation(rule->ev_class, d->flags));
    put_condition(d, read_tree(row, PG_REWRITE_COL_EV_QUAL), actions);
    put(d, rule->is_instead ? " DO INSTEAD " : " DO ");
    put_actions(d, actions, result_names(rule));
}

char *deparse_rule(Oid rule, unsigned flags)
{
    const CatalogKey key = {.column = PG_REWRITE_COL_OID, .value = datum_of_u32(rule)};
    CatalogScan *scan = catalog_scan_begin(PG_REWRITE_CATALOG, PG_REWRITE_OID_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    Deparse d = {.flags = flags};
    StrBuf out;

    strbuf_init(&out);
    d.out = &out;
    if (row != NULL)
        put_rule(&d, row);
    catalog_scan_end(scan);
    return row != NULL ? out.text : NULL;
}
