/*
 * rule.h - rules of relations, as pg_rewrite has them
 */
#ifndef COMMAND_RULE_H
#define COMMAND_RULE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/node.h"

typedef struct RuleMake {
    const Relation *table; /* locked so that nobody else uses it */
    const char *name;
    RuleEvent event;
    bool is_instead, is_replace;
    const Node *condition; /* analyzed; NULL: none */
    List *actions;         /* of Query */
} RuleMake;

/* Raises unless it may be a rule. */
void rule_check(const RuleMake *make);

/* Raises unless the relation may have rules, and is the current role's. */
void rule_check_table(Oid table, const PgClass *row);

/* Raises when only the rule of a view may have the name. */
void rule_check_name(const Relation *table, const char *name);

/* Make the rule, or replace the one of that name; raises 42710 when it is there and must not. */
void rule_make(const RuleMake *make);

/* pg_rewrite.ev_enabled */
typedef enum RuleEnabled {
    RULE_DISABLED = 'D',
    RULE_FIRES_ALWAYS = 'A',
    RULE_FIRES_ON_ORIGIN = 'O',
    RULE_FIRES_ON_REPLICA = 'R',
} RuleEnabled;

/* ALTER TABLE ... ENABLE and DISABLE RULE; raises 42704 when there is none of that name. */
void rule_set_enabled(const Relation *table, const char *name, RuleEnabled enabled);

void rule_rename(const RenameStmt *stmt);

Oid rule_find(Oid relation, const char *name); /* 0: there is none */

/* Its row, and what sessions know of the relation. */
void rule_remove(Oid rule);

#endif
