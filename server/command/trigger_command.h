/* trigger_command.h - triggers as statements name them, for those that are of other objects too */
#ifndef COMMAND_TRIGGER_COMMAND_H
#define COMMAND_TRIGGER_COMMAND_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

/* The trigger with that name, or all, or all that are not the server's own. enabled: O, R, A, D. */
void trigger_set_enabled(Relation *rel, const char *name, char enabled, bool is_user_only);

void trigger_rename(const RenameStmt *stmt);

#endif
