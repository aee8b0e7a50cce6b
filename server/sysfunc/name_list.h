/*
 * name_list.h - names in texts: a.b."C d"
 */
#ifndef SYSFUNC_NAME_LIST_H
#define SYSFUNC_NAME_LIST_H

#include "common/base/base.h"

#include "server/node/node.h"

/*
 * A list of String in the current context: folded to lower case unless quoted, cut to what a name
 * may have. Raises 42602 "invalid name syntax".
 */
List *name_list_of_text(const char *text);

/* The relation that the text names; raises 42P01 when there is none. */
Oid name_list_relation(const char *text);

#endif
