/*
 * trigger_count.h - how often a run has called each trigger, and how long that took
 *
 *     TriggerCounts *all = trigger_counts_new(run_mem, true);      once, with the tree
 *     RelationCounts *t = trigger_counts_add(all, oid, name);      for each table that it changes
 *     trigger_counts_begin(all);                                   in each run
 *     TriggerCount *c = trigger_counts_open(t, triggers);          when it opens the table
 *     start = trigger_count_begin(&c[i]); ...; trigger_count_end(&c[i], start);
 *
 * Tables whose triggers wait for the end of the statement are found by their OID: where a plan
 * changes one in two places, what waits is counted at the first. Those that only triggers of
 * foreign keys have changed come behind those of the plan.
 */
#ifndef EXECUTOR_TRIGGER_COUNT_H
#define EXECUTOR_TRIGGER_COUNT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"

typedef struct TriggerCount {
    Oid trigger, constraint; /* constraint 0: it is of none */
    const char *name;
    bool is_timed;
    uint64_t calls, ns;
} TriggerCount;

typedef struct TriggerCounts TriggerCounts;

/* Of one table. */
typedef struct RelationCounts {
    TriggerCounts *all;
    Oid oid;
    const char *name;
    TriggerCount *list; /* as RelationTriggers has them; NULL: it has not been opened */
    unsigned count;
} RelationCounts;

struct TriggerCounts {
    MemContext *run_mem;
    bool is_timed;
    size_t plan_count; /* of rels: those that the plan changes */
    Array rels;        /* RelationCounts * */
};

/* What a run counts is in run_mem, the rest in the current context. */
TriggerCounts *trigger_counts_new(MemContext *run_mem, bool is_timed);
RelationCounts *trigger_counts_add(TriggerCounts *all, Oid oid, const char *name);
void trigger_counts_begin(TriggerCounts *all);

/* An item for each of the triggers, at its place. */
TriggerCount *trigger_counts_open(RelationCounts *rel, const RelationTriggers *triggers);

/* Of a trigger that has waited; all may be NULL: so is the answer. */
TriggerCount *trigger_counts_find(TriggerCounts *all, const Relation *rel,
                                  const RelationTriggers *triggers, Oid trigger);

/* About a call; c may be NULL. begin() returns what end() wants. */
uint64_t trigger_count_begin(const TriggerCount *c);
void trigger_count_end(TriggerCount *c, uint64_t start_ns);

#endif
