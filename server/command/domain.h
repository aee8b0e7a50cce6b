/*
 * domain.h - conditions of domains, for CREATE DOMAIN and ALTER DOMAIN
 */
#ifndef COMMAND_DOMAIN_H
#define COMMAND_DOMAIN_H

#include "common/base/base.h"

#include "server/catalog/catalog_struct.h"
#include "server/node/node.h"

/* Raises for what is no check, or cannot be one of a domain. */
void domain_require_check(const Constraint *constraint);

/* What it says, as it is stored. Raises 42710 for a name that is there. */
Node *domain_add_check(const PgType *domain, const Constraint *constraint, const char *text);

#endif
