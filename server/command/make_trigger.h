/*
 * make_trigger.h - rows of pg_trigger: made, and what depends on them
 */
#ifndef COMMAND_MAKE_TRIGGER_H
#define COMMAND_MAKE_TRIGGER_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

typedef struct TriggerMake {
    Oid oid;          /* trigger_new_oid(); 0: a new one is taken */
    const char *name; /* of an internal one, its number goes behind it */
    Oid relation, function;
    unsigned type;    /* TRIGGER_* of node.h */
    bool is_internal; /* a part of its constraint */
    bool is_deferrable, is_deferred;
    Oid constraint, constraint_relation, constraint_index;
    const List *args; /* String */
    const int16_t *columns;
    unsigned column_count;
    const Node *condition;        /* as it is stored; NULL: none */
    const List *condition_tables; /* RangeTblEntry: the old row's and the new one's */
    const char *old_rows, *new_rows;
    Oid replaces; /* the trigger of that name that is there; 0: none */
} TriggerMake;

Oid trigger_new_oid(void);

/* Returns its number. The relation is locked at least SHARE ROW EXCLUSIVE. */
Oid trigger_make(const TriggerMake *make);

/* 0: there is none of that name. */
Oid trigger_find(Oid relation, const char *name);

/* Its row alone; the relation is locked here. */
void trigger_remove(Oid trigger);

#endif
