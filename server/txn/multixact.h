/*
 * multixact.h - sets of transactions that hold a row's lock (pg_multixact)
 */
#ifndef TXN_MULTIXACT_H
#define TXN_MULTIXACT_H

#include "common/base/base.h"

#include "common/format/slru.h"

#define MULTIXACT_FIRST UINT32_C(1)

size_t multixact_shmem_size(void);
void multixact_shmem_init(void *place);

void multixact_bootstrap(void); /* the first pages, on disk; in a new cluster */
void multixact_start(void);     /* before recovery: the next one of the checkpoint is known */
void multixact_trim(void);      /* at its end: zero what is behind the next one; limits hold */
void multixact_checkpoint(void);

typedef struct MultiLimits {
    MultiXid next;
    MultiOffset next_offset;
    MultiXid oldest;
    Oid oldest_database;
} MultiLimits;

void multixact_get_limits(MultiLimits *out);
void multixact_set_next(MultiXid next, MultiOffset next_offset);
void multixact_advance_next(MultiXid at_least, MultiOffset offset_at_least);
void multixact_set_oldest(MultiXid oldest, Oid oldest_database); /* sets the limits for warnings */
void multixact_advance_oldest(MultiXid oldest, Oid oldest_database);

/*
 * A new one, or one of this transaction's with the same members. At most one member updates. Call
 * multixact_set_oldest_member() in the transaction before. 54000 near wraparound.
 */
MultiXid multixact_create(const MultiMember *members, size_t count);

/* multi with one member more, without those that matter no more; multi itself when it has it. */
MultiXid multixact_expand(MultiXid multi, Xid xid, MultiStatus status);

/* In the current memory context; the count, 0 for one that is only a lock and long gone. */
size_t multixact_members(MultiXid multi, MultiMember **out, bool from_upgrade, bool is_lock_only);
bool multixact_is_running(MultiXid multi, bool is_lock_only);

void multixact_set_oldest_member(void);  /* before this transaction may become a member */
void multixact_set_oldest_visible(void); /* before it reads members */
void multixact_at_end_of_transaction(void);

/* A prepared transaction (by number) takes over what this one holds back, and ends. */
MultiXid multixact_own_oldest_member(void);
void multixact_set_prepared_oldest(unsigned number, MultiXid oldest);

MultiXid multixact_oldest_needed(void);
void multixact_truncate(MultiXid oldest, Oid oldest_database);

/* A record of MULTIXACT; bytes are its main data. */
void multixact_redo(uint8_t opcode, const uint8_t *bytes, size_t len);

static inline bool multixact_precedes(MultiXid a, MultiXid b)
{
    return (int32_t)(a - b) < 0;
}

static inline MultiXid multixact_after(MultiXid multi)
{
    return multi == UINT32_MAX ? MULTIXACT_FIRST : multi + 1;
}

static inline MultiXid multixact_before(MultiXid multi)
{
    return multi <= MULTIXACT_FIRST ? UINT32_MAX : multi - 1;
}

/* Does a member with that status change the row, or only hold a lock? */
static inline bool multixact_is_update(MultiStatus status)
{
    return status > MULTI_FOR_UPDATE;
}

#endif
