/* trigger.c - triggers as the commands that make them */
#include "common/base/base.h"

#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse_int.h"
#include "server/node/text_read.h"

/* The relation of a trigger; 0: there is none. */
static Oid relation_of(Oid trigger)
{
    const CatalogKey key = {.column = PG_TRIGGER_COL_OID, .value = datum_of_u32(trigger)};
    CatalogScan *scan = catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_OID_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid relation = row != NULL ? CACHE_ROW(PgTrigger, row)->tgrelid : 0;

    catalog_scan_end(scan);
    return relation;
}

static void put_events(Deparse *d, const Relation *rel, const RelationTrigger *t)
{
    static const struct {
        unsigned bit;
        const char *word;
    } events[] = {{TRIGGER_INSERT, "INSERT"},
                  {TRIGGER_DELETE, "DELETE"},
                  {TRIGGER_UPDATE, "UPDATE"},
                  {TRIGGER_TRUNCATE, "TRUNCATE"}};
    const char *before = " ";

    for (unsigned i = 0; i < ARRAY_LEN(events); i++) {
        if ((t->type & events[i].bit) == 0)
            continue;
        put(d, before);
        put(d, events[i].word);
        before = " OR ";
        for (unsigned k = 0; events[i].bit == TRIGGER_UPDATE && k < t->column_count; k++) {
            put(d, k == 0 ? " OF " : ", ");
            put_name(d, rel->desc->columns[t->columns[k] - 1].name);
        }
    }
}

static void put_constraint(Deparse *d, const RelationTrigger *t)
{
    if (t->constraint == 0)
        return;
    if (t->constraint_relation != 0)
        strbuf_add_fmt(d->out, "FROM %s ", relation_text(d, t->constraint_relation));
    strbuf_add_fmt(d->out, "%sDEFERRABLE INITIALLY %s ", t->is_deferrable ? "" : "NOT ",
                   t->is_deferred ? "DEFERRED" : "IMMEDIATE");
}

static void put_transitions(Deparse *d, const RelationTrigger *t)
{
    if (t->old_rows == NULL && t->new_rows == NULL)
        return;
    put(d, "REFERENCING ");
    if (t->old_rows != NULL)
        strbuf_add_fmt(d->out, "OLD TABLE AS %s ", name_quoted(t->old_rows));
    if (t->new_rows != NULL)
        strbuf_add_fmt(d->out, "NEW TABLE AS %s ", name_quoted(t->new_rows));
}

static void put_condition(Deparse *d, const Relation *rel, const RelationTrigger *t)
{
    Deparse in = *d;

    if (t->condition == NULL)
        return;
    in.level = level_of_rows(rel->oid);
    in.qualifies = true;
    put(d, "WHEN (");
    put_expr(&in, node_read_text(t->condition), false);
    put(d, ") ");
}

static void put_trigger(Deparse *d, const Relation *rel, const RelationTrigger *t)
{
    strbuf_add_fmt(d->out, "CREATE %sTRIGGER %s ", t->constraint != 0 ? "CONSTRAINT " : "",
                   name_quoted(t->name));
    put(d, (t->type & TRIGGER_BEFORE) != 0    ? "BEFORE"
           : (t->type & TRIGGER_INSTEAD) != 0 ? "INSTEAD OF"
                                              : "AFTER");
    put_events(d, rel, t);
    strbuf_add_fmt(d->out, " ON %s ", qualified_relation(rel->oid, d->flags));
    put_constraint(d, t);
    put_transitions(d, t);
    put(d, (t->type & TRIGGER_ROW) != 0 ? "FOR EACH ROW " : "FOR EACH STATEMENT ");
    put_condition(d, rel, t);
    strbuf_add_fmt(d->out, "EXECUTE FUNCTION %s(",
                   function_text(d, t->function, 0, NULL, NULL, false));
    for (unsigned i = 0; i < t->arg_count; i++) {
        put(d, i > 0 ? ", " : "");
        put_quoted(d, t->args[i]);
    }
    put(d, ")");
}

char *deparse_trigger(Oid trigger, unsigned flags)
{
    Deparse d = {.flags = flags, .wrap = DEPARSE_WRAP_NEVER};
    Oid relation = relation_of(trigger);
    Relation *rel = relation != 0 ? relation_pin(relation) : NULL;
    const RelationTriggers *triggers;
    StrBuf out;

    if (rel == NULL)
        return NULL;
    strbuf_init(&out);
    d.out = &out;
    triggers = relation_triggers(rel);
    for (unsigned i = 0; i < triggers->count; i++) {
        if (triggers->list[i].oid == trigger)
            put_trigger(&d, rel, &triggers->list[i]);
    }
    relation_unpin(rel);
    return out.len > 0 ? out.text : NULL;
}
