/*
 * rename_type.h - other names for types, domains and conditions of domains
 */
#ifndef COMMAND_RENAME_TYPE_H
#define COMMAND_RENAME_TYPE_H

#include "common/base/base.h"

#include "server/node/node.h"

void type_rename_by_name(const RenameStmt *stmt);
void domain_rename_constraint(const RenameStmt *stmt);

#endif
