/*
 * rule.h - rules of relations, as pg_rewrite has them
 */
#ifndef COMMAND_RULE_H
#define COMMAND_RULE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

typedef struct RuleMake {
    const Relation *table; /* locked so that nobody else uses it */
    const char *name;
    RuleEvent event;
    bool is_instead, is_replace;
    const Node *condition; /* analyzed; NULL: none */
    List *actions;         /* of Query */
} RuleMake;

/* Make the rule, or replace the one of that name; raises 42710 when it is there and must not. */
void rule_make(const RuleMake *make);

Oid rule_find(Oid relation, const char *name); /* 0: there is none */

/* Its row, and what sessions know of the relation. */
void rule_remove(Oid rule);

#endif
