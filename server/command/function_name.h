/*
 * function_name.h - functions, procedures and aggregates as commands name them
 */
#ifndef COMMAND_FUNCTION_NAME_H
#define COMMAND_FUNCTION_NAME_H

#include "common/base/base.h"

#include "server/node/node.h"

/*
 * Of what kind says: OBJECT_FUNCTION (all but procedures), OBJECT_PROCEDURE, OBJECT_AGGREGATE,
 * OBJECT_ROUTINE. Without arguments the name alone must tell. Raises 42883, 42725, 42809; 0 for one
 * that is not there when is_missing_ok.
 */
Oid function_of_name(ObjectKind kind, const ObjectWithArgs *name, bool is_missing_ok);

#endif
