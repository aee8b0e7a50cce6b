/*
 * multixact_int.h - between multixact.c, multixact_limit.c and multixact_cache.c
 */
#ifndef TXN_MULTIXACT_INT_H
#define TXN_MULTIXACT_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "server/ipc/lwlock.h"
#include "server/storage/slru/slru.h"
#include "server/txn/multixact.h"

/* Limits for the numbers, and the first member that may not be given out. */
typedef struct MultiBounds {
    MultiXid vacuum, warn, stop, wrap;
    MultiOffset oldest_offset, offset_stop;
    bool is_offset_known; /* both of the last line */
} MultiBounds;

typedef struct MultiShared {
    LwLock generation, truncation;
    MultiXid next; /* guarded by the generation lock, as all up to bounds */
    MultiOffset next_offset;
    MultiXid oldest;
    Oid oldest_database;
    bool is_started; /* limits are known: recovery is over */
    MultiBounds bounds;
    /*
     * By entry of proc_array: the oldest multixact that the transaction may be a member of, and the
     * oldest that it may read members of; 0 none. Written by its process, with the generation lock
     * held.
     */
    struct {
        _Atomic MultiXid oldest_member, oldest_visible;
    } entries[];
} MultiShared;

extern MultiShared *multi_shared;
extern Slru *multi_offsets, *multi_members;

unsigned multixact_entry_count(void);

/* multixact_limit.c: with the generation lock held exclusively, which may be given up. */
void multixact_check_number(void);
void multixact_check_members(size_t count);

/* Pages that begin with the next numbers; logged. */
void multixact_extend_offsets(MultiXid multi);
void multixact_extend_members(MultiOffset first, size_t count);

/* The number of its first member; false when its page is not on disk. */
bool multixact_find_start(MultiXid multi, MultiOffset *out);

/* Write what a CREATE_ID record says: multixact.c. */
void multixact_write(MultiXid multi, MultiOffset offset, const MultiMember *members, size_t count);

/* ---- multixact_cache.c: those of this transaction ---- */

MultiXid multixact_cache_find(const MultiMember *sorted, size_t count);     /* 0: none */
bool multixact_cache_get(MultiXid multi, MultiMember **out, size_t *count); /* a copy */
void multixact_cache_put(MultiXid multi, const MultiMember *sorted, size_t count);
void multixact_cache_forget(void);

#endif
