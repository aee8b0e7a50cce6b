/*
 * lock_tag.h - what a heavyweight lock is on, as a key of 16 bytes
 *
 * The bytes are PostgreSQL's: they stand in the state of prepared transactions.
 *
 *     kind               a            b          c        d (16 bits)
 *     relation, extend   database     relation
 *     frozenid           database
 *     page               database     relation   block
 *     tuple              database     relation   block    offset
 *     transaction        xid
 *     virtual xid        backend      local id
 *     speculative token  xid          token
 *     object             database     class      object   sub-object
 *     user               anything     anything   anything anything
 *     advisory           database     high half  low half 1; or key 1, key 2, 2
 *
 * The database of what all databases share is 0.
 */
#ifndef LOCK_LOCK_TAG_H
#define LOCK_LOCK_TAG_H

#include "common/base/base.h"

#include <string.h>

#include "common/format/tid.h"
#include "server/txn/proc_array.h"

/* server/lock/lock_kind.def: ROW(kind, name). */
typedef enum LockKind {
#define ROW(kind, name) LOCK_KIND_##kind,
#include "server/lock/lock_kind.def"
#undef ROW
    LOCK_KIND_COUNT,
} LockKind;

/* User locks are those of pg_advisory_lock() and the like, which outlive a failed transaction. */
typedef enum LockMethod { LOCK_METHOD_DEFAULT = 1, LOCK_METHOD_USER = 2 } LockMethod;

typedef struct LockTag {
    uint32_t a, b, c;
    uint16_t d;
    uint8_t kind;   /* LockKind */
    uint8_t method; /* LockMethod */
} LockTag;
STATIC_ASSERT(sizeof(LockTag) == 16);

#define LOCK_TAG(lock_kind, ...) \
 ((LockTag){.kind = LOCK_KIND_##lock_kind, .method = LOCK_METHOD_DEFAULT, __VA_ARGS__})

static inline LockTag lock_tag_relation(Oid database, Oid relation)
{
    return LOCK_TAG(RELATION, .a = database, .b = relation);
}

static inline LockTag lock_tag_extension(Oid database, Oid relation)
{
    return LOCK_TAG(EXTEND, .a = database, .b = relation);
}

/* Held by whoever advances datfrozenxid of a database. */
static inline LockTag lock_tag_frozen_ids(Oid database)
{
    return LOCK_TAG(FROZENID, .a = database);
}

static inline LockTag lock_tag_page(Oid database, Oid relation, BlockNo block)
{
    return LOCK_TAG(PAGE, .a = database, .b = relation, .c = block);
}

static inline LockTag lock_tag_tuple(Oid database, Oid relation, BlockNo block, OffsetNo offset)
{
    return LOCK_TAG(TUPLE, .a = database, .b = relation, .c = block, .d = offset);
}

static inline LockTag lock_tag_xid(Xid xid)
{
    return LOCK_TAG(TRANSACTION, .a = xid);
}

/* Backends count from 1 for users. */
static inline LockTag lock_tag_vxid(VirtualXid vxid)
{
    return LOCK_TAG(VIRTUAL_XID, .a = (uint32_t)vxid.slot + 1, .b = vxid.local);
}

static inline LockTag lock_tag_speculative(Xid xid, uint32_t token)
{
    return LOCK_TAG(SPECULATIVE_TOKEN, .a = xid, .b = token);
}

static inline LockTag lock_tag_object(Oid database, Oid class_id, Oid object, uint16_t sub_object)
{
    return LOCK_TAG(OBJECT, .a = database, .b = class_id, .c = object, .d = sub_object);
}

static inline LockTag lock_tag_advisory(Oid database, int64_t key)
{
    return (LockTag){.a = database,
                     .b = (uint32_t)((uint64_t)key >> 32),
                     .c = (uint32_t)key,
                     .d = 1,
                     .kind = LOCK_KIND_ADVISORY,
                     .method = LOCK_METHOD_USER};
}

static inline LockTag lock_tag_advisory_pair(Oid database, int32_t key1, int32_t key2)
{
    return (LockTag){.a = database,
                     .b = (uint32_t)key1,
                     .c = (uint32_t)key2,
                     .d = 2,
                     .kind = LOCK_KIND_ADVISORY,
                     .method = LOCK_METHOD_USER};
}

static inline bool lock_tag_equal(const LockTag *x, const LockTag *y)
{
    uint64_t a[2], b[2];

    memcpy(a, x, sizeof a);
    memcpy(b, y, sizeof b);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
}

#define LOCK_TAG_TEXT_SIZE 100

/* "relation 16385 of database 5" and the like, as messages have it; returns text. */
const char *lock_tag_describe(const LockTag *tag, char text[LOCK_TAG_TEXT_SIZE]);

const char *lock_kind_name(LockKind kind); /* "relation": locktype in pg_locks */

#endif
