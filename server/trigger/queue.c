/*
 * queue.c - AFTER triggers that wait: for the end of a statement, or of the transaction
 *
 *     note --> list of the query --end of it, in order--> called
 *                                 \--deferred--> list of the transaction --commit, or
 *                                                SET CONSTRAINTS IMMEDIATE--> called
 *
 * Queries nest, when triggers run some of their own; what the server does for a foreign key is part
 * of the query whose end it is, and what that notes is called before the end is over. A
 * subtransaction that is rolled back takes its events with it; an event that it called is called
 * again.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/relation_open.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/trigger/event_list.h"
#include "server/trigger/trigger_int.h"
#include "server/txn/txn.h"

#define NO_DEPTH (-1)

/* What may have happened to a table that one of its triggers is for. */
typedef struct EventKey {
    Oid trigger;
    unsigned event; /* as TriggerCall has it */
} EventKey;

typedef struct EventKind {
    EventKey key;
    Oid relation, constraint;
    bool is_deferrable, is_deferred;
    uint64_t waiting; /* in some list, not called */
} EventKind;

typedef struct KindPlace {
    EventKey key; /* first: the key of the table */
    uint32_t number;
} KindPlace;

/* Triggers of statements that a query has seen to. */
typedef struct Statement {
    Oid relation;
    RowChange change;
    bool has_before;
    uint64_t after_from, after_until; /* events of its AFTER triggers */
} Statement;

typedef struct QueryEvents {
    MemContext *mem;
    bool has_events; /* events was begun */
    EventList events;
    Array statements;
} QueryEvents;

/* SET CONSTRAINTS: for all that are deferrable, and for single ones. */
typedef struct Modes {
    bool is_all_set, all_are_deferred;
    Array list; /* Mode */
} Modes;

typedef struct Mode {
    Oid constraint;
    bool is_deferred;
} Mode;

/* What was when a subtransaction began. */
typedef struct Saved {
    uint32_t sub_id;
    int depth, trigger_depth;
    uint64_t deferred_count;
    uint32_t firing;
    Modes *modes; /* NULL: not changed in it */
} Saved;

static struct {
    MemContext *mem; /* of the transaction; NULL: nothing has been noted in it */
    Array kinds;     /* EventKind */
    Hash kind_places;
    Array queries; /* QueryEvents *, the innermost last; of depth + 1 */
    int depth;
    EventList deferred;
    bool has_deferred;
    uint32_t firing; /* the newest one */
    Modes modes;
    Array saved; /* Saved */
    int trigger_depth;
} queue = {.depth = NO_DEPTH};

static bool is_deferred(const EventKind *kind);

/* ---- Depth ---- */

int trigger_depth(void)
{
    return queue.trigger_depth;
}

int trigger_depth_enter(void)
{
    return queue.trigger_depth++;
}

void trigger_depth_leave(int depth)
{
    queue.trigger_depth = depth;
}

/* ---- State ---- */

static void begin(void)
{
    if (queue.mem != NULL)
        return;
    queue.mem = mem_context_new(txn_top_mem(), "trigger events");
    MEM_SCOPE(queue.mem) {
        array_init(&queue.kinds, sizeof(EventKind));
        hash_init(&queue.kind_places, sizeof(EventKey), sizeof(KindPlace));
        array_init(&queue.queries, sizeof(QueryEvents *));
        array_init(&queue.modes.list, sizeof(Mode));
    }
}

static QueryEvents *query_at(int depth)
{
    return *(QueryEvents **)array_at(&queue.queries, (size_t)depth);
}

/* The innermost query that runs. */
static QueryEvents *current(void)
{
    QueryEvents *q;

    if (queue.depth == NO_DEPTH)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a trigger's event outside of a query");
    begin();
    while (queue.queries.count <= (size_t)queue.depth)
        *(QueryEvents **)array_push(&queue.queries) = NULL;
    q = query_at(queue.depth);
    if (q == NULL) {
        MemContext *mem = mem_context_new(queue.mem, "query with triggers");

        q = mem_alloc_in(mem, sizeof(*q));
        q->mem = mem;
        MEM_SCOPE(mem) {
            array_init(&q->statements, sizeof(Statement));
        }
        *(QueryEvents **)array_at(&queue.queries, (size_t)queue.depth) = q;
    }
    return q;
}

static EventKind *kind_at(uint32_t number)
{
    return array_at(&queue.kinds, number);
}

static void forget_waiting(EventList *list, uint64_t from)
{
    for (uint64_t i = from; i < list->count; i++) {
        const Event *event = event_list_at(list, i);

        if (!event->is_done && event->firing == 0)
            kind_at(event->kind)->waiting--;
    }
}

static void drop_query(int depth)
{
    QueryEvents *q = (size_t)depth < queue.queries.count ? query_at(depth) : NULL;

    if (q == NULL)
        return;
    *(QueryEvents **)array_at(&queue.queries, (size_t)depth) = NULL;
    if (q->has_events)
        event_list_end(&q->events);
    mem_delete(q->mem);
}

/* ---- Noting ---- */

uint32_t trigger_event_kind(const Relation *rel, const RelationTrigger *t, unsigned event)
{
    EventKey key = {.trigger = t->oid, .event = event};
    KindPlace *place;
    bool is_new;

    begin();
    place = hash_enter(&queue.kind_places, &key, &is_new);
    if (!is_new)
        return place->number;
    place->number = (uint32_t)queue.kinds.count;
    *(EventKind *)array_push(&queue.kinds) = (EventKind){.key = key,
                                                         .relation = rel->oid,
                                                         .constraint = t->constraint,
                                                         .is_deferrable = t->is_deferrable,
                                                         .is_deferred = t->is_deferred};
    return place->number;
}

static size_t list_memory(void)
{
    return (size_t)setting.work_mem * KIB(1);
}

void trigger_note_event(uint32_t kind, Tid old, Tid new)
{
    const Event event = {.old = old, .new = new, .kind = kind};
    QueryEvents *q = current();

    if (!q->has_events)
        event_list_init(&q->events, q->mem, list_memory());
    q->has_events = true;
    event_list_add(&q->events, &event);
    kind_at(kind)->waiting++;
}

static Statement *find_statement(QueryEvents *q, Oid relation, RowChange change)
{
    Statement *new;

    array_foreach(Statement, s, &q->statements) {
        if (s->relation == relation && s->change == change)
            return s;
    }
    new = array_push(&q->statements);
    new->relation = relation;
    new->change = change;
    return new;
}

bool trigger_was_before(Oid relation, RowChange change)
{
    Statement *s = find_statement(current(), relation, change);
    bool was = s->has_before;

    s->has_before = true;
    return was;
}

void trigger_begin_after(Oid relation, RowChange change)
{
    QueryEvents *q = current();
    Statement *s = find_statement(q, relation, change);

    for (uint64_t i = s->after_from; q->has_events && i < s->after_until; i++) {
        Event *event;

        if (i < q->events.first)
            continue;
        event = event_list_at(&q->events, i);
        if (!event->is_done && event->firing == 0)
            kind_at(event->kind)->waiting--;
        event->is_done = true;
    }
    s->after_from = q->has_events ? q->events.count : 0;
}

void trigger_finish_after(Oid relation, RowChange change)
{
    QueryEvents *q = current();

    find_statement(q, relation, change)->after_until = q->has_events ? q->events.count : 0;
}

/* ---- Calling ---- */

/* A kind of event as long as its triggers are called. */
typedef struct Fired {
    Relation *rel; /* NULL: not opened yet */
    const RelationTrigger *trigger;
    FmgrSite site;
    RiRun *ri;
    TriggerCount *count; /* NULL: calls are not counted */
} Fired;

typedef struct Firing {
    MemContext *mem, *row_mem;
    Array fired; /* Fired *, by number of the kind */
    TriggerCounts *counts;
} Firing;

static void begin_firing(Firing *f, TriggerCounts *counts)
{
    *f = (Firing){.mem = mem_context_new(mem_current(), "calling triggers"), .counts = counts};
    f->row_mem = mem_context_new(f->mem, "trigger");
    MEM_SCOPE(f->mem) {
        array_init(&f->fired, sizeof(Fired *));
    }
}

static void end_firing(Firing *f)
{
    array_foreach(Fired *, fired, &f->fired) {
        if (*fired == NULL || (*fired)->rel == NULL)
            continue;
        if ((*fired)->ri != NULL)
            ri_run_end((*fired)->ri);
        relation_unpin((*fired)->rel);
    }
    mem_delete(f->mem);
}

/* A trigger that was dropped meanwhile stays NULL: its events pass. */
static void open_fired(Fired *fired, const EventKind *kind, TriggerCounts *counts)
{
    const RelationTriggers *all;
    bool is_update = false;
    RiKind ri;

    fired->rel = relation_pin_existing(kind->relation);
    all = relation_triggers(fired->rel);
    for (unsigned i = 0; i < all->count; i++) {
        if (all->list[i].oid == kind->key.trigger)
            fired->trigger = &all->list[i];
    }
    if (fired->trigger == NULL)
        return;
    fired->count = trigger_counts_find(counts, fired->rel, all, kind->key.trigger);
    ri = trigger_ri_kind(fired->trigger->function, &is_update);
    if (ri != RI_NONE)
        fired->ri = ri_run_new(fired->rel, fired->trigger, ri, is_update);
    else
        fmgr_site_init(&fired->site, fired->trigger->function, mem_current());
}

static Fired *fired_of(Firing *f, uint32_t number)
{
    Fired *fired;

    while (f->fired.count <= number)
        *(Fired **)array_push(&f->fired) = NULL;
    fired = *(Fired **)array_at(&f->fired, number);
    if (fired != NULL)
        return fired;
    MEM_SCOPE(f->mem) {
        const EventKind kind = *kind_at(number);

        fired = mem_new(Fired);
        open_fired(fired, &kind, f->counts);
    }
    *(Fired **)array_at(&f->fired, number) = fired;
    return fired;
}

/* Whatever has become of it, it is on its page as long as this transaction runs. */
static bool fetch(Relation *rel, Tid tid, HeapTuple *row, Buffer *b)
{
    if (tid.offset == 0)
        return false;
    *row = (HeapTuple){.self = tid, .table = rel->oid};
    if (!heap_fetch(relation_heap(rel), &snapshot_any, row, b))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to fetch tuple for AFTER trigger");
    return true;
}

static void call_trigger(Firing *f, Fired *fired, const Event *event)
{
    uint64_t start_ns = trigger_count_begin(fired->count);
    HeapTuple old, new;
    Buffer old_page = BUFFER_NONE, new_page = BUFFER_NONE;
    bool has_old = fetch(fired->rel, event->old, &old, &old_page);
    bool has_new = fetch(fired->rel, event->new, &new, &new_page);
    TriggerCall call = {.event = kind_at(event->kind)->key.event,
                        .rel = fired->rel,
                        .trigger = fired->trigger,
                        .row = has_old   ? &old
                               : has_new ? &new
                                         : NULL,
                        .new_row = has_old &&has_new ? &new : NULL};

    MEM_SCOPE(f->row_mem) {
        if (fired->ri != NULL)
            ri_run(fired->ri, &call);
        else
            (void)trigger_invoke(&fired->site, &call);
    }
    mem_reset(f->row_mem);
    if (has_old)
        buffer_unpin(old_page);
    if (has_new)
        buffer_unpin(new_page);
    trigger_count_end(fired->count, start_ns);
}

static void fire_event(Firing *f, const Event *event)
{
    Fired *fired = fired_of(f, event->kind);

    if (fired->trigger != NULL)
        call_trigger(f, fired, event);
}

/* ---- The end of a query ---- */

void trigger_begin_query(void)
{
    queue.depth++;
}

static void defer(const Event *event)
{
    if (!queue.has_deferred)
        event_list_init(&queue.deferred, queue.mem, list_memory());
    queue.has_deferred = true;
    event_list_add(&queue.deferred, event);
}

/* More may be noted meanwhile, at the end. */
static void fire_query(QueryEvents *q, TriggerCounts *counts)
{
    uint32_t firing = ++queue.firing;
    Firing f;

    begin_firing(&f, counts);
    for (uint64_t i = 0; i < q->events.count; i++) {
        Event *place = event_list_at(&q->events, i), event = *place;
        EventKind *kind = kind_at(event.kind);

        check_interrupts();
        event_list_forget_before(&q->events, i);
        if (event.is_done)
            continue;
        if (is_deferred(kind)) {
            defer(&event);
            place->is_done = true;
            continue;
        }
        kind->waiting--;
        place->firing = firing;
        fire_event(&f, &event);
    }
    end_firing(&f);
}

void trigger_end_query(TriggerCounts *counts)
{
    QueryEvents *q = queue.mem != NULL && (size_t)queue.depth < queue.queries.count
                         ? query_at(queue.depth)
                         : NULL;

    if (q != NULL) {
        if (q->has_events)
            fire_query(q, counts);
        drop_query(queue.depth);
    }
    queue.depth--;
}

/* ---- What is deferred ---- */

static bool is_deferred(const EventKind *kind)
{
    if (!kind->is_deferrable || kind->constraint == 0)
        return false;
    array_foreach(const Mode, mode, &queue.modes.list) {
        if (mode->constraint == kind->constraint)
            return mode->is_deferred;
    }
    return queue.modes.is_all_set ? queue.modes.all_are_deferred : kind->is_deferred;
}

/* Those that need not wait any longer. */
static void fire_deferred(bool is_commit)
{
    uint32_t firing = ++queue.firing;
    Firing f;

    begin_firing(&f, NULL);
    for (uint64_t i = queue.deferred.first; i < queue.deferred.count; i++) {
        Event *place = event_list_at(&queue.deferred, i), event = *place;
        EventKind *kind = kind_at(event.kind);

        check_interrupts();
        if (event.is_done || event.firing != 0 || (!is_commit && is_deferred(kind)))
            continue;
        kind->waiting--;
        place->firing = firing;
        fire_event(&f, &event);
        if (is_commit)
            event_list_forget_before(&queue.deferred, i);
    }
    end_firing(&f);
}

/* At the commit, all. What triggers do may be deferred again. */
static void fire_all_deferred(void)
{
    if (!queue.has_deferred)
        return;
    snapshot_push_latest();
    fire_deferred(true);
    snapshot_pop();
    event_list_end(&queue.deferred);
    queue.has_deferred = false;
}

static Modes *copy_modes(const Modes *modes)
{
    Modes *copy = NULL;

    MEM_SCOPE(queue.mem) {
        copy = mem_new(Modes);
        *copy = *modes;
        array_init(&copy->list, sizeof(Mode));
        array_foreach(const Mode, mode, &modes->list)
            *(Mode *)array_push(&copy->list) = *mode;
    }
    return copy;
}

static void set_mode(Oid constraint, bool deferred)
{
    Mode *new;

    array_foreach(Mode, mode, &queue.modes.list) {
        if (mode->constraint == constraint) {
            mode->is_deferred = deferred;
            return;
        }
    }
    new = array_push(&queue.modes.list);
    *new = (Mode){.constraint = constraint, .is_deferred = deferred};
}

void trigger_set_constraints(const Array *constraints, bool deferred)
{
    Saved *saved;

    begin();
    saved = queue.saved.count > 0 ? array_at(&queue.saved, queue.saved.count - 1) : NULL;
    if (saved != NULL && saved->modes == NULL)
        saved->modes = copy_modes(&queue.modes);
    if (constraints == NULL) {
        queue.modes.is_all_set = true;
        queue.modes.all_are_deferred = deferred;
        array_clear(&queue.modes.list);
    } else {
        array_foreach(const Oid, oid, constraints)
            set_mode(*oid, deferred);
    }
    if (deferred || !queue.has_deferred)
        return;
    snapshot_push_latest();
    fire_deferred(false);
    snapshot_pop();
}

/* ---- Questions ---- */

bool trigger_has_events(Oid relation)
{
    if (queue.mem == NULL)
        return false;
    array_foreach(const EventKind, kind, &queue.kinds) {
        if (kind->relation == relation && kind->waiting > 0)
            return true;
    }
    return false;
}

void trigger_require_no_events(const Relation *rel, const char *what)
{
    if (trigger_has_events(rel->oid))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("cannot %s \"%s\" because it has pending trigger events", what,
                                     rel->name));
}

/* ---- The transaction ---- */

static void forget_all(void)
{
    if (queue.mem != NULL) {
        for (size_t i = 0; i < queue.queries.count; i++) {
            QueryEvents *q = query_at((int)i);

            if (q != NULL && q->has_events)
                event_list_end(&q->events);
        }
        if (queue.has_deferred)
            event_list_end(&queue.deferred);
        mem_delete(queue.mem);
    }
    memset(&queue, 0, sizeof(queue));
    queue.depth = NO_DEPTH;
}

static void on_event(TxnEvent event)
{
    switch (event) {
    case TXN_PRE_PREPARE:
    case TXN_PRE_COMMIT:
        fire_all_deferred();
        break;
    case TXN_COMMIT:
    case TXN_PREPARED:
    case TXN_ABORT:
        forget_all();
        break;
    default:
        break;
    }
}

static void on_last_event(TxnEvent event)
{
    if (event == TXN_PRE_COMMIT)
        fire_all_deferred();
}

static void save(uint32_t sub_id)
{
    Saved *saved;

    if (queue.saved.item_size == 0) {
        begin();
        MEM_SCOPE(queue.mem) {
            array_init(&queue.saved, sizeof(Saved));
        }
    }
    saved = array_push(&queue.saved);
    *saved = (Saved){.sub_id = sub_id,
                     .depth = queue.depth,
                     .trigger_depth = queue.trigger_depth,
                     .deferred_count = queue.has_deferred ? queue.deferred.count : 0,
                     .firing = queue.firing};
}

/* What it changed is its parent's to take back from now on. */
static void keep(void)
{
    Saved *saved = array_pop(&queue.saved), *outer;

    if (saved->modes == NULL || queue.saved.count == 0)
        return;
    outer = array_at(&queue.saved, queue.saved.count - 1);
    if (outer->modes == NULL)
        outer->modes = saved->modes;
}

/* Events that it has called are to be called again; those that it noted are not. */
static void take_back(void)
{
    const Saved saved = *(const Saved *)array_pop(&queue.saved);

    for (; queue.depth > saved.depth; queue.depth--) {
        QueryEvents *q = (size_t)queue.depth < queue.queries.count ? query_at(queue.depth) : NULL;

        if (q != NULL && q->has_events)
            forget_waiting(&q->events, q->events.first);
        drop_query(queue.depth);
    }
    queue.trigger_depth = saved.trigger_depth;
    if (queue.has_deferred) {
        forget_waiting(&queue.deferred, saved.deferred_count);
        event_list_cut(&queue.deferred, saved.deferred_count);
        for (uint64_t i = 0; queue.firing > saved.firing && i < queue.deferred.count; i++) {
            Event *event = event_list_at(&queue.deferred, i);

            if (event->firing <= saved.firing)
                continue;
            event->firing = 0;
            kind_at(event->kind)->waiting++;
        }
    }
    if (saved.modes != NULL)
        queue.modes = *saved.modes;
}

static void on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent UNUSED)
{
    switch (event) {
    case TXN_START:
        save(sub_id);
        break;
    case TXN_COMMIT:
        keep();
        break;
    case TXN_ABORT:
        if (queue.saved.count > 0 &&
            ((const Saved *)array_at(&queue.saved, queue.saved.count - 1))->sub_id == sub_id)
            take_back();
        break;
    default:
        break;
    }
}

const TxnHook trigger_txn_hook = {
    .name = "triggers", .on_event = on_event, .on_sub_event = on_sub_event};
const TxnHook trigger_txn_last_hook = {.name = "triggers, last", .on_event = on_last_event};
