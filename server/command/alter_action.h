/*
 * alter_action.h - what is known of each action of ALTER TABLE and its kin before it is done
 */
#ifndef COMMAND_ALTER_ACTION_H
#define COMMAND_ALTER_ACTION_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/lock/lock.h"
#include "server/node/node.h"

/* In the order in which they are done. */
typedef enum AlterPass {
    PASS_DROP,
    PASS_TYPE,
    PASS_ADD_COLUMN,
    PASS_REWRITE, /* rows as the columns are now, and what stands on them made again */
    PASS_COLUMN,  /* NOT NULL, defaults, statistics */
    PASS_ADD_KEY,
    PASS_ADD_CONSTRAINT,
    PASS_MISC,
    PASS_COUNT,
    PASS_NONE, /* not written */
} AlterPass;

AlterPass alter_action_pass(const AlterTableCmd *action);

/* The strongest lock that one of these actions needs. */
LockMode alter_actions_lock(const List *actions);

/* 42809 for a kind of relation that has no such action. */
void alter_action_require_kind(const AlterTableCmd *action, const Relation *rel);

#endif
