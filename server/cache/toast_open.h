/*
 * toast_open.h - toast tables by OID, for who reads values that are out of line
 */
#ifndef CACHE_TOAST_OPEN_H
#define CACHE_TOAST_OPEN_H

#include "server/access/toast/toast.h"

/* For toast_set_opener(): under the lock that readers of a table take. */
extern const ToastOpener toast_opener;

#endif
