/*
 * relcache.h - relations by OID, kept in this process
 *
 * access/common/relation.h has the struct. Locks are the caller's business: relation_open() of
 * upper rooms takes them before it pins.
 *
 * Promises
 *   1. A Relation that is pinned stays where it is; when its catalog rows change it is filled anew
 *      in place, and what it pointed to before stays readable until the transaction ends.
 *   2. Mapped catalogs can be opened before any catalog can be read: relation_pin() of them needs
 *      the relation maps alone.
 */
#ifndef CACHE_RELCACHE_H
#define CACHE_RELCACHE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/txn/txn.h"

/* A pin of the current owner. NULL when there is no such relation. In a transaction. */
Relation *relation_pin(Oid oid);
void relation_unpin(Relation *rel);
void relation_pin_again(Relation *rel);

/* The same for a relation that must be there: XX000 "could not open relation with OID 1". */
Relation *relation_pin_existing(Oid oid);

/* Its pages, for heap/ and btree/: with the files open. */
void relation_open_files(Relation *rel);

static inline HeapRel *relation_heap(Relation *rel)
{
    if (UNLIKELY(rel->smgr == NULL))
        relation_open_files(rel);
    return &rel->heap;
}

static inline BtreeIndex *relation_btree(Relation *rel)
{
    if (UNLIKELY(rel->smgr == NULL))
        relation_open_files(rel);
    return &rel->index->btree;
}

/* ---- What is read when it is asked for; good as long as the rest of the Relation ---- */

/* Indexes that are not being dropped, by OID, valid or not. */
const RelationIndexes *relation_indexes(Relation *rel);
const RelationColumns *relation_columns(Relation *rel);

/* None where pg_class says that there are none. */
const RelationTriggers *relation_triggers(Relation *rel);

/* Constraints, defaults and values of columns that were added are rel->desc->extra. */

/* ---- Relations of this transaction ---- */

/* What is known of a relation that is being made; rows of catalogs follow. */
typedef struct RelationSpec {
    Oid oid;
    const char *name;
    Oid schema;
    char kind, persistence;
    Oid access_method; /* 0: none */
    Oid owner, row_type;
    Oid tablespace; /* 0: the database's */
    RelFileNo file; /* 0: it has none, or is mapped */
    bool is_shared, is_mapped;
    const TupleDesc *desc; /* copied */
} RelationSpec;

/* Pinned, and kept until the transaction ends though no catalog has it. */
Relation *relation_pin_new(const RelationSpec *spec);

/* It has got another file in this (sub)transaction: after its row, or the map, was changed. */
void relation_note_new_file(Relation *rel);

/* It was dropped in this (sub)transaction; comes back if that is rolled back. */
void relation_note_dropped(Oid oid);

/* ---- Invalidation: inval.c alone ---- */

void relcache_forget(Oid oid);
void relcache_forget_all(void);

/* For the table of transaction hooks. */
void relcache_at_event(TxnEvent event);
void relcache_at_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id);

typedef struct RelcacheCounters {
    uint64_t hits, builds, rebuilds, drops;
    size_t entries;
} RelcacheCounters;
void relcache_counters(RelcacheCounters *out);

#endif
