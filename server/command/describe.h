/*
 * describe.h - what objects are called in messages: "table t", "column a of table s.t"
 */
#ifndef COMMAND_DESCRIBE_H
#define COMMAND_DESCRIBE_H

#include "common/base/base.h"

#include "server/command/object.h"

/*
 * In the current context. Names are quoted where needed, and have their schema where they would not
 * be found without. An object that is not there raises XX000, or gives NULL when is_missing_ok.
 */
char *object_describe(const ObjectAddress *object, bool is_missing_ok);

#endif
