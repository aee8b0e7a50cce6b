/*
 * clog_int.h - between clog.c and clog_group.c
 */
#ifndef TXN_CLOG_INT_H
#define TXN_CLOG_INT_H

#include "common/base/base.h"

#include "common/format/slru.h"
#include "server/storage/slru/slru.h"

/* What is set on one page: a transaction, if it is there, and those of its children that are. */
typedef struct ClogChange {
    uint32_t page;
    Xid xid; /* 0: children only */
    const Xid *children;
    size_t child_count;
    XactStatus status;
    Lsn lsn;
} ClogChange;

Slru *clog_slru(void);

/* What xact_status.c has at hand is of another cluster. */
void xact_status_forget(void);

/* With the folder's lock held exclusively. */
void clog_apply(const ClogChange *change);

#define CLOG_GROUP_CHILDREN 8 /* what has more takes the lock itself */

size_t clog_group_size(void);
void clog_group_init(void *place);

/*
 * Leave the change to whoever has the lock, or apply it together with those that others left. False
 * when it is not for groups: the caller then applies it.
 */
bool clog_group_set(const ClogChange *change);

#endif
