/*
 * multixact.h - sets of transactions that hold a row's lock (pg_multixact)
 */
#ifndef TXN_MULTIXACT_H
#define TXN_MULTIXACT_H

#include "common/base/base.h"

#include "common/format/slru.h"

size_t multixact_shmem_size(void);
void multixact_shmem_init(void *place);

void multixact_bootstrap(void);
void multixact_start(void);
void multixact_trim(void);
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
void multixact_set_oldest(MultiXid oldest, Oid oldest_database);

MultiXid multixact_create(const MultiMember *members, size_t count);
MultiXid multixact_expand(MultiXid multi, Xid xid, MultiStatus status);

/* In the current memory context; the count, 0 for one that is only a lock and long gone. */
size_t multixact_members(MultiXid multi, MultiMember **out, bool from_upgrade, bool is_lock_only);
bool multixact_is_running(MultiXid multi, bool is_lock_only);

void multixact_set_oldest_member(void);  /* before this transaction may become a member */
void multixact_set_oldest_visible(void); /* before it reads members */
void multixact_at_end_of_transaction(void);
MultiXid multixact_oldest_needed(void);
void multixact_truncate(MultiXid oldest, Oid oldest_database);

void multixact_redo(uint8_t opcode, const uint8_t *bytes, size_t len);

#endif
