/*
 * explain_trigger.c - the triggers that a run has called: how often, and how long that took
 *
 * Names of tables are told to people when there may be several of them. Those of a constraint's
 * triggers are made up: people are told the constraint, and with VERBOSE both.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/explain/explain_int.h"

static const char *constraint_name(Oid oid)
{
    const HeapTuple *row =
        oid != 0 ? syscache_peek(CACHE_CONSTROID, datum_of_u32(oid)) : NULL;

    return row != NULL ? mem_printf("%s", CACHE_ROW(PgConstraint, row)->conname) : NULL;
}

static void tell_line(Explain *x, const TriggerCount *t, const char *constraint,
                      const char *relation)
{
    StrBuf *b = &x->out.text;

    explain_indent(&x->out);
    strbuf_add(b, "Trigger");
    if (constraint == NULL || x->options->verbose)
        strbuf_add_fmt(b, " %s", t->name);
    if (constraint != NULL)
        strbuf_add_fmt(b, " for constraint %s", constraint);
    if (relation != NULL)
        strbuf_add_fmt(b, " on %s", relation);
    strbuf_add_char(b, ':');
    if (t->is_timed)
        strbuf_add_fmt(b, " time=%.3f", (double)t->ns / 1e6);
    strbuf_add_fmt(b, " calls=%" PRIu64 "\n", t->calls);
}

static void tell_properties(Explain *x, const TriggerCount *t, const char *constraint,
                            const char *relation)
{
    explain_open(&x->out, "Trigger", NULL, false);
    explain_text(&x->out, "Trigger Name", t->name);
    if (constraint != NULL)
        explain_text(&x->out, "Constraint Name", constraint);
    explain_text(&x->out, "Relation", relation);
    if (t->is_timed)
        explain_real(&x->out, "Time", NULL, (double)t->ns / 1e6, 3);
    explain_int(&x->out, "Calls", NULL, (int64_t)t->calls);
    explain_close(&x->out, "Trigger", NULL, false);
}

void explain_triggers(Explain *x)
{
    const TriggerCounts *counts = exec_trigger_counts(x->exec);
    bool is_text = x->options->format == EXPLAIN_TEXT;
    bool is_one = counts->rels.count <= 1;

    explain_open(&x->out, "Triggers", "Triggers", true);
    array_foreach(RelationCounts *const, rel, &counts->rels) {
        for (unsigned i = 0; (*rel)->list != NULL && i < (*rel)->count; i++) {
            const TriggerCount *t = &(*rel)->list[i];
            const char *constraint;

            if (t->calls == 0)
                continue;
            constraint = constraint_name(t->constraint);
            if (is_text)
                tell_line(x, t, constraint, is_one ? NULL : (*rel)->name);
            else
                tell_properties(x, t, constraint, (*rel)->name);
        }
    }
    explain_close(&x->out, "Triggers", "Triggers", true);
}
