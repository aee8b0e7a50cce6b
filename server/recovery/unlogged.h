/*
 * unlogged.h - unlogged relations after a crash: what they held is worth nothing
 *
 * A relation that has an init fork is unlogged. Before redo all of its other forks are removed,
 * after redo the init fork is copied over the main one.
 */
#ifndef RECOVERY_UNLOGGED_H
#define RECOVERY_UNLOGGED_H

#include "common/base/base.h"

typedef enum UnloggedReset {
    UNLOGGED_REMOVE, /* before redo */
    UNLOGGED_INIT,   /* after it */
} UnloggedReset;

/* In all databases of all tablespaces. What is copied is synced before it returns. */
void unlogged_reset(UnloggedReset what);

#endif
