/*
 * fire.c - the triggers of a table whose rows are changed: which are called, now or later
 *
 * A trigger counts when session_replication_role lets it, the update sets one of its columns, and
 * its condition holds. For AFTER triggers this is asked when the row is changed: what is noted in
 * the queue will be called.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/cache/relcache.h"
#include "server/config/setting.h"
#include "server/expr/expr.h"
#include "server/node/node.h"
#include "server/node/plan.h"
#include "server/node/text_read.h"
#include "server/trigger/trigger_int.h"

#define CHANGES 4 /* RowChange */

/* One trigger of a table in a run. */
typedef struct Site {
    FmgrSite site; /* fn NULL: not looked up yet */
    Expr *condition;
    bool is_condition_ready, is_enabled, ri_is_update;
    RiKind ri;
    bool has_kind[CHANGES];
    uint32_t kinds[CHANGES]; /* of the queue */
} Site;

typedef struct Fire {
    FireRel head;
    Relation *rel;
    const RelationTriggers *triggers;
    const uint64_t *columns;
    TriggerCount *counts; /* as triggers has them; NULL: they are not counted */
    MemContext *mem;
    Site *sites;
    EvalContext *eval; /* NULL: no condition was asked yet */
    Slot *old, *new;
} Fire;

static const unsigned change_bits[CHANGES] = {[ROW_INSERT] = TRIGGER_INSERT,
                                              [ROW_UPDATE] = TRIGGER_UPDATE,
                                              [ROW_DELETE] = TRIGGER_DELETE,
                                              [ROW_TRUNCATE] = TRIGGER_TRUNCATE};

/* ---- Opening ---- */

bool trigger_is_enabled(const RelationTrigger *t)
{
    if (setting.session_replication_role == SESSION_REPLICATION_ROLE_REPLICA)
        return t->enabled != 'O' && t->enabled != 'D';
    return t->enabled != 'R' && t->enabled != 'D';
}

static unsigned kinds_of(const RelationTrigger *t, RowChange change)
{
    if ((t->type & change_bits[change]) == 0)
        return 0;
    if ((t->type & TRIGGER_INSTEAD) != 0)
        return FIRES_INSTEAD(change);
    if ((t->type & TRIGGER_BEFORE) != 0)
        return (t->type & TRIGGER_ROW) != 0 ? FIRES_BEFORE_ROW(change)
                                            : FIRES_BEFORE_STATEMENT(change);
    return (t->type & TRIGGER_ROW) != 0 ? FIRES_AFTER_ROW(change) : FIRES_AFTER_STATEMENT(change);
}

static FireRel *open_rel(Relation *rel, const uint64_t *columns, RelationCounts *counts,
                         MemContext *run_mem)
{
    const RelationTriggers *triggers = relation_triggers(rel);
    Fire *f;

    if (triggers->count == 0)
        return NULL;
    f = mem_alloc_in(run_mem, sizeof(*f));
    f->rel = rel;
    f->triggers = triggers;
    f->columns = columns;
    f->counts = counts != NULL ? trigger_counts_open(counts, triggers) : NULL;
    f->mem = run_mem;
    f->sites = mem_alloc_in(run_mem, triggers->count * sizeof(Site));
    for (unsigned i = 0; i < triggers->count; i++) {
        const RelationTrigger *t = &triggers->list[i];

        f->sites[i].is_enabled = trigger_is_enabled(t);
        f->sites[i].ri = trigger_ri_kind(t->function, &f->sites[i].ri_is_update);
        for (RowChange change = 0; f->sites[i].is_enabled && change < CHANGES; change++)
            f->head.has |= kinds_of(t, change);
    }
    return f->head.has != 0 ? &f->head : NULL;
}

/* ---- Which of them ---- */

static bool sets_column(const Fire *f, const RelationTrigger *t)
{
    if (t->column_count == 0 || f->columns == NULL)
        return true;
    for (unsigned i = 0; i < t->column_count; i++) {
        unsigned bit = (unsigned)t->columns[i] - 1;

        if ((f->columns[bit / 64] >> (bit % 64) & 1) != 0)
            return true;
    }
    return false;
}

/* In conditions, the old row is relation 1, the new one 2. */
static bool place_vars(Node *node, void *arg)
{
    if (node == NULL)
        return false;
    if (node_is(node, Var)) {
        Var *var = (Var *)(void *)node;

        var->rt_index = var->rt_index == 1 ? VAR_INNER : VAR_OUTER;
        return false;
    }
    return node_walk(node, place_vars, arg);
}

static void make_condition(Fire *f, const RelationTrigger *t, Site *site)
{
    MEM_SCOPE(f->mem) {
        Node *tree = node_read_text(t->condition);
        const TupleDesc *desc = tuple_desc_copy(f->rel->desc);
        const ExprScope scope = {.inner_desc = desc, .outer_desc = desc};

        if (f->eval == NULL) {
            f->eval = eval_new();
            f->eval->inner = f->old = slot_new(desc);
            f->eval->outer = f->new = slot_new(desc);
        }
        place_vars(tree, NULL);
        site->condition = expr_compile_qual(tree, &scope);
    }
    site->is_condition_ready = true;
}

static void set_slot(Slot *to, const HeapTuple *from)
{
    slot_clear(to);
    if (from != NULL)
        slot_set_heap(to, from);
    else
        slot_set_nulls(to);
}

static bool condition_holds(Fire *f, const RelationTrigger *t, Site *site, const HeapTuple *old,
                            const HeapTuple *new)
{
    bool holds;

    if (t->condition == NULL)
        return true;
    if (!site->is_condition_ready)
        make_condition(f, t, site);
    if (site->condition == NULL)
        return true;
    set_slot(f->old, old);
    set_slot(f->new, new);
    holds = expr_check(site->condition, f->eval);
    eval_reset(f->eval);
    return holds;
}

/* kind: FIRES_... */
static bool is_due(Fire *f, unsigned i, unsigned kind, RowChange change, const HeapTuple *old,
                   const HeapTuple *new)
{
    const RelationTrigger *t = &f->triggers->list[i];

    return f->sites[i].is_enabled && (kinds_of(t, change) & kind) != 0 &&
           (change != ROW_UPDATE || sets_column(f, t)) &&
           condition_holds(f, t, &f->sites[i], old, new);
}

/* ---- Calling ---- */

HeapTuple *trigger_invoke(FmgrSite *site, TriggerCall *call)
{
    FMGR_CALL_LOCAL(frame, 0);
    int depth = trigger_depth_enter();
    Datum result;

    call->head.kind = FMGR_CALLER_TRIGGER;
    fmgr_call_init(frame, site, 0, 0);
    frame->context = &call->head;
    result = fmgr_invoke(frame);
    trigger_depth_leave(depth);
    if (frame->is_null)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message = err_fmt("trigger function %u returned null value", site->oid));
    return datum_pointer(result);
}

static HeapTuple *call_one(Fire *f, unsigned i, unsigned event, const HeapTuple *row,
                           const HeapTuple *new_row)
{
    const RelationTrigger *t = &f->triggers->list[i];
    TriggerCall call = {.event = event,
                        .rel = f->rel,
                        .trigger = t,
                        .row = row,
                        .new_row = new_row,
                        .updated_columns = (event & TRIGGER_UPDATE) != 0 ? f->columns : NULL};
    TriggerCount *count = f->counts != NULL ? &f->counts[i] : NULL;
    uint64_t start_ns;
    HeapTuple *result;

    if (f->sites[i].site.fn == NULL)
        fmgr_site_init(&f->sites[i].site, t->function, f->mem);
    start_ns = trigger_count_begin(count);
    result = trigger_invoke(&f->sites[i].site, &call);
    trigger_count_end(count, start_ns);
    return result;
}

/* ---- Statements ---- */

static void before_statement(FireRel *head, RowChange change)
{
    Fire *f = (Fire *)(void *)head;

    if (trigger_was_before(f->rel->oid, change))
        return;
    for (unsigned i = 0; i < f->triggers->count; i++) {
        if (!is_due(f, i, FIRES_BEFORE_STATEMENT(change), change, NULL, NULL))
            continue;
        if (call_one(f, i, TRIGGER_BEFORE | change_bits[change], NULL, NULL) != NULL)
            err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                      .message = "BEFORE STATEMENT trigger cannot return a value");
    }
}

static void note(Fire *f, unsigned i, RowChange change, unsigned event, Tid old, Tid new)
{
    Site *site = &f->sites[i];

    if (!site->has_kind[change]) {
        site->kinds[change] = trigger_event_kind(f->rel, &f->triggers->list[i], event);
        site->has_kind[change] = true;
    }
    trigger_note_event(site->kinds[change], old, new);
}

static void after_statement(FireRel *head, RowChange change)
{
    Fire *f = (Fire *)(void *)head;
    const Tid none = {0, 0, 0};

    trigger_begin_after(f->rel->oid, change);
    for (unsigned i = 0; i < f->triggers->count; i++) {
        if (is_due(f, i, FIRES_AFTER_STATEMENT(change), change, NULL, NULL))
            note(f, i, change, change_bits[change], none, none);
    }
    trigger_finish_after(f->rel->oid, change);
}

/* ---- Before a row, and in place of a change of a view ---- */

/*
 * What a trigger made of the row is that of the next ones, and of the table. when: TRIGGER_BEFORE,
 * TRIGGER_INSTEAD. False: one of them wants nothing to be done.
 */
static bool call_for_row(Fire *f, unsigned when, RowChange change, const HeapTuple *old, Slot *row)
{
    unsigned kind = when == TRIGGER_BEFORE ? FIRES_BEFORE_ROW(change) : FIRES_INSTEAD(change);
    HeapTuple *new = row != NULL ? slot_heap(row) : NULL;
    bool is_changed = false;

    for (unsigned i = 0; i < f->triggers->count; i++) {
        HeapTuple *result;

        if (!is_due(f, i, kind, change, old, new))
            continue;
        result = call_one(f, i, when | TRIGGER_ROW | change_bits[change],
                          change == ROW_INSERT ? new : old, change == ROW_UPDATE ? new : NULL);
        if (result == NULL)
            return false;
        if (row != NULL && result != new) {
            new = result;
            is_changed = true;
        }
    }
    if (is_changed) {
        slot_clear(row);
        heap_deform(new, f->rel->desc, row->values, row->nulls);
        slot_set_virtual(row);
    }
    return true;
}

static bool before_insert(FireRel *f, Slot *row)
{
    return call_for_row((Fire *)(void *)f, TRIGGER_BEFORE, ROW_INSERT, NULL, row);
}

static bool before_update(FireRel *f, const HeapTuple *old, Slot *row)
{
    return call_for_row((Fire *)(void *)f, TRIGGER_BEFORE, ROW_UPDATE, old, row);
}

static bool before_delete(FireRel *f, const HeapTuple *old)
{
    return call_for_row((Fire *)(void *)f, TRIGGER_BEFORE, ROW_DELETE, old, NULL);
}

static bool instead(FireRel *f, RowChange change, Slot *old, Slot *row)
{
    return call_for_row((Fire *)(void *)f, TRIGGER_INSTEAD, change,
                        old != NULL ? slot_heap(old) : NULL, row);
}

/* ---- After a row ---- */

/* Keys that are looked at later are so where there was something to be seen. */
static bool has_recheck(const RelationTrigger *t, const IndexInsert *entries)
{
    for (unsigned i = 0; entries != NULL && i < entries->recheck_count; i++) {
        if (entries->rechecks[i] == t->constraint_index)
            return true;
    }
    return false;
}

static void after_row(Fire *f, RowChange change, const HeapTuple *old, const HeapTuple *new,
                      const IndexInsert *entries)
{
    const Tid none = {0, 0, 0};

    for (unsigned i = 0; i < f->triggers->count; i++) {
        const RelationTrigger *t = &f->triggers->list[i];
        RiKind ri = f->sites[i].ri;

        if (!is_due(f, i, FIRES_AFTER_ROW(change), change, old, new))
            continue;
        if (ri != RI_NONE && !ri_is_wanted(t, ri, f->rel, change, old, new))
            continue;
        if (t->function == TRIGGER_UNIQUE_RECHECK && !has_recheck(t, entries))
            continue;
        note(f, i, change, TRIGGER_ROW | change_bits[change], old != NULL ? old->self : none,
             new != NULL ? new->self : none);
    }
}

static void after_insert(FireRel *f, Slot *row, const IndexInsert *entries)
{
    after_row((Fire *)(void *)f, ROW_INSERT, NULL, &row->tuple, entries);
}

/* The row as it was; its page is pinned. */
static HeapTuple old_row(const Fire *f, Tid tid, Buffer *b)
{
    HeapTuple old = {.self = tid, .table = f->rel->oid};

    if (!heap_fetch(relation_heap(f->rel), &snapshot_any, &old, b))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to fetch tuple for trigger");
    return old;
}

static void after_update(FireRel *head, Tid tid, Slot *row, const IndexInsert *entries)
{
    Fire *f = (Fire *)(void *)head;
    Buffer b;
    HeapTuple old = old_row(f, tid, &b);

    after_row(f, ROW_UPDATE, &old, &row->tuple, entries);
    buffer_unpin(b);
}

static void after_delete(FireRel *head, Tid tid)
{
    Fire *f = (Fire *)(void *)head;
    Buffer b;
    HeapTuple old = old_row(f, tid, &b);

    after_row(f, ROW_DELETE, &old, NULL, NULL);
    buffer_unpin(b);
}

const ResultTriggers trigger_functions = {
    .begin_query = trigger_begin_query,
    .end_query = trigger_end_query,
    .open = open_rel,
    .before_statement = before_statement,
    .after_statement = after_statement,
    .before_insert = before_insert,
    .before_update = before_update,
    .before_delete = before_delete,
    .after_insert = after_insert,
    .after_update = after_update,
    .after_delete = after_delete,
    .instead = instead,
};

void trigger_install(void)
{
    result_rel_set_triggers(&trigger_functions);
}
