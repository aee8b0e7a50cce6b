/*
 * depend_lock.h - objects stay while others come to need them
 *
 * Whoever drops an object has it locked alone and looks for what needs it. So who notes a need of
 * it has it locked too, until the end of the transaction, and looks whether it is still there.
 */
#ifndef COMMAND_DEPEND_LOCK_H
#define COMMAND_DEPEND_LOCK_H

#include "common/base/base.h"

#include "server/command/object.h"

/* Not for what is pinned. Raises 42704 when it is gone. */
void depend_lock(const ObjectAddress *object);

#endif
