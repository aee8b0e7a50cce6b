/*
 * inval.h - keeping caches right: what this transaction changes, and what others have changed
 *
 * Who changes a row of a catalog notes it here. When the command ends, our own caches forget what
 * it changed; when the transaction commits, its commit record has the messages for standbys, and
 * all other processes get them. Who takes a lock calls inval_accept() before it looks at what the
 * lock is for: what was committed before the lock was given is known from then on.
 *
 * Promises
 *   1. Messages are PostgreSQL's, in its order.
 *   2. They are sent after the transaction is seen as committed, and before its locks are given
 *      back.
 *   3. inval_accept() with nothing to accept costs one read of shared memory.
 */
#ifndef CACHE_INVAL_H
#define CACHE_INVAL_H

#include "common/base/base.h"

#include "common/format/twophase_file.h"
#include "server/access/common/relation.h"
#include "server/cache/inval_message.h"
#include "server/catalog/catalog.h"
#include "server/txn/txn.h"

/* ---- What this transaction changes ---- */

/*
 * A row of a catalog was inserted (old NULL), deleted (fresh NULL) or updated. Nothing is noted for
 * relations that are no catalogs.
 */
void inval_note_row(const Relation *catalog, const HeapTuple *old, const HeapTuple *fresh);

void inval_note_relation(Oid oid, bool is_shared); /* though no row of its has changed */
void inval_note_all_relations(void);
void inval_note_catalog(const Relation *catalog); /* all rows: it was written anew */

/*
 * A row that is changed in place: whoever has changed the page tells others at once, whatever the
 * transaction does later, since nobody's snapshot hides it. prepare may raise, send may not.
 */
typedef struct InvalInPlace InvalInPlace;
InvalInPlace *inval_prepare_in_place(const Relation *catalog, const HeapTuple *tuple);
void inval_send_in_place(InvalInPlace *prepared);

/* Told at once, too: files that were cut or removed, a relation map that was written. */
void inval_send_files(const RelTag *tag, int temp_backend);
void inval_send_relmap(Oid database); /* 0: the shared one */

/* ---- What others change ---- */

/* Act on what has come. May raise when open relations have to be read anew. */
void inval_accept(void);

/* As if everything had changed. */
void inval_reset_all(void);

/* Counts messages that were acted on: who has seen the same number has missed nothing. */
uint64_t inval_count(void);

/*
 * Be told. hash: of the row's keys (cache_hash.h); 0: any row may have changed. Relations: oid 0 is
 * any. Functions must not raise, nor look into caches. Registered for the life of the process.
 */
typedef void (*InvalRowFunction)(Datum arg, CacheId id, uint32_t hash);
typedef void (*InvalRelationFunction)(Datum arg, Oid oid);
void inval_on_row(CacheId id, InvalRowFunction fn, Datum arg);
void inval_on_relation(InvalRelationFunction fn, Datum arg);

/* ---- The transaction and others that tables of main name ---- */

void inval_at_command_end(void);
void inval_at_event(TxnEvent event);
void inval_at_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id);

/* messages, message_count and drops_init_files of a commit record. */
void inval_collect(bool is_commit, bool is_sub, TxnParts *out);

/* A prepared transaction has committed. */
void inval_send_prepared(const TwophaseHeader *state);

/*
 * Recovery: send what a commit record, or one of STANDBY INVALIDATIONS, says. PostgreSQL's files of
 * cached catalogs (pg_internal.init) are none of it: this server makes none, and PostgreSQL removes
 * those it finds when it starts.
 */
void inval_redo(const void *messages, size_t count);

/* The handler of PROC_SIGNAL_CATCH_UP: accept, unless in a transaction, which will do so itself. */
void inval_catch_up(void);

void inval_end(void); /* forget what was noted and registered */

#endif
