/* key_of_index.h - ALTER TABLE ... ADD CONSTRAINT ... USING INDEX */
#ifndef COMMAND_KEY_OF_INDEX_H
#define COMMAND_KEY_OF_INDEX_H

#include "common/base/base.h"

#include "server/command/alter_column.h"

/* The index becomes that of the key; columns of a primary one get NOT NULL. */
void key_make_of_index(Relation *table, const Constraint *key, const char *text, RowRules *rules);

#endif
