/* trigger_count.c - calls of triggers, by table; trigger_count.h says which. */
#include "common/base/base.h"

#include "server/executor/trigger_count.h"

#include "common/os/clock.h"

TriggerCounts *trigger_counts_new(MemContext *run_mem, bool is_timed)
{
    TriggerCounts *all = mem_new(TriggerCounts);

    all->run_mem = run_mem;
    all->is_timed = is_timed;
    array_init(&all->rels, sizeof(RelationCounts *));
    return all;
}

static RelationCounts *new_rel(TriggerCounts *all, Oid oid, const char *name)
{
    RelationCounts *rel = mem_new(RelationCounts);

    *rel = (RelationCounts){.all = all, .oid = oid, .name = mem_printf("%s", name)};
    *(RelationCounts **)array_push(&all->rels) = rel;
    return rel;
}

RelationCounts *trigger_counts_add(TriggerCounts *all, Oid oid, const char *name)
{
    all->plan_count++;
    return new_rel(all, oid, name);
}

void trigger_counts_begin(TriggerCounts *all)
{
    while (all->rels.count > all->plan_count)
        array_pop(&all->rels);
    array_foreach(RelationCounts *, rel, &all->rels)
        (*rel)->list = NULL;
}

TriggerCount *trigger_counts_open(RelationCounts *rel, const RelationTriggers *triggers)
{
    if (rel->list != NULL)
        return rel->list;
    MEM_SCOPE(rel->all->run_mem) {
        rel->list = mem_new_array(TriggerCount, triggers->count);
        rel->count = triggers->count;
        for (unsigned i = 0; i < rel->count; i++)
            rel->list[i] = (TriggerCount){.trigger = triggers->list[i].oid,
                                          .constraint = triggers->list[i].constraint,
                                          .name = mem_printf("%s", triggers->list[i].name),
                                          .is_timed = rel->all->is_timed};
    }
    return rel->list;
}

static RelationCounts *find_rel(TriggerCounts *all, const Relation *rel)
{
    RelationCounts *new;

    array_foreach(RelationCounts *, known, &all->rels) {
        if ((*known)->oid == rel->oid)
            return *known;
    }
    MEM_SCOPE(all->run_mem) {
        new = new_rel(all, rel->oid, rel->name);
    }
    return new;
}

TriggerCount *trigger_counts_find(TriggerCounts *all, const Relation *rel,
                                  const RelationTriggers *triggers, Oid trigger)
{
    RelationCounts *counts;
    TriggerCount *list;

    if (all == NULL)
        return NULL;
    counts = find_rel(all, rel);
    list = trigger_counts_open(counts, triggers);
    for (unsigned i = 0; i < counts->count; i++) {
        if (list[i].trigger == trigger)
            return &list[i];
    }
    return NULL;
}

uint64_t trigger_count_begin(const TriggerCount *c)
{
    return c != NULL && c->is_timed ? clock_monotonic_ns() : 0;
}

void trigger_count_end(TriggerCount *c, uint64_t start_ns)
{
    if (c == NULL)
        return;
    c->calls++;
    if (c->is_timed)
        c->ns += clock_monotonic_ns() - start_ns;
}
