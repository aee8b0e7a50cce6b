/*
 * parameter_right.h - who may set a setting that is superusers': GRANT SET ON PARAMETER
 */
#ifndef COMMAND_PARAMETER_RIGHT_H
#define COMMAND_PARAMETER_RIGHT_H

#include "common/base/base.h"

#include "server/object/rights.h"

/* wanted: RIGHT_SET, RIGHT_ALTER_SYSTEM. By any form of the name; superusers have all. */
bool parameter_has_right(const char *name, Oid role, Rights wanted);
bool parameter_has_any_right(const char *name, Oid role, Rights wanted);

#endif
