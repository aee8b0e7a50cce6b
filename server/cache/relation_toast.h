/*
 * relation_toast.h - toast tables of relations, as access/toast wants them
 */
#ifndef CACHE_RELATION_TOAST_H
#define CACHE_RELATION_TOAST_H

#include "common/base/base.h"

#include "server/access/toast/toast.h"
#include "server/cache/relcache.h"
#include "server/lock/lock.h"

/* With its indexes, pinned and locked; in the current context. */
ToastRel *relation_toast_open(Oid toast_table, LockMode mode);
void relation_toast_close(ToastRel *toast); /* gives the lock back */

/* For toast_set_opener(): values that are read. */
extern const ToastOpener relation_toast_opener;

#endif
