/*
 * extension.h - extensions: those that are there; none can be added
 */
#ifndef COMMAND_EXTENSION_H
#define COMMAND_EXTENSION_H

#include "common/base/base.h"

/* 0: there is none, which is_missing_ok allows; else that raises 42704. */
Oid extension_find(const char *name, bool is_missing_ok);

#endif
