/*
 * txn.h - transactions: begin, commit, abort, savepoints
 *
 * Two machines in one: what the server does (a transaction runs, subtransactions nest), and what
 * the client sees (blocks, failed blocks), as the session drives it:
 *
 *     txn_start_command()  before each statement: opens a transaction when none runs
 *     txn_end_command()    after it: ends it unless a block is open
 *     txn_abort_current()  after an error
 *
 * Warnings and errors, with their SQLSTATEs, are PostgreSQL's.
 */
#ifndef TXN_TXN_H
#define TXN_TXN_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/config/guc.h"

void txn_start_command(void);
void txn_end_command(void);
void txn_abort_current(void);
void txn_abort_all(void); /* whatever runs, for the end of the process */

/* ---- BEGIN, COMMIT and so on; they act at the next txn_end_command() ---- */

void txn_begin_block(void);
bool txn_commit_block(bool chain); /* false: it will be a rollback */
void txn_abort_block(bool chain);
void txn_begin_implicit_block(void); /* several statements in one query string */
void txn_end_implicit_block(void);
void txn_savepoint(const char *name);
void txn_release(const char *name);
void txn_rollback_to(const char *name);
bool txn_prepare_block(const char *gid);

/* is_top: the statement is the client's, not one of a function. what: its name in capitals. */
void txn_require_block(bool is_top, const char *what);    /* 25P01 "... can only be used in ..." */
void txn_warn_no_block(bool is_top, const char *what);    /* the same as a warning */
void txn_prevent_in_block(bool is_top, const char *what); /* 25001 */

/*
 * After txn_prevent_in_block(): the statement must be committed before the next one of a pipeline.
 */
bool txn_needs_immediate_commit(void);

/*
 * The client goes on in the transaction with messages to come: what must be alone in one is refused
 * from now on by txn_prevent_in_block().
 */
void txn_note_pipeline(void);

char txn_block_status(void); /* 'I', 'T' or 'E' for ReadyForQuery */
bool txn_is_block(void);     /* also an implicit one */
bool txn_is_failed(void);    /* all but an end is refused: 25P02 is the session's to raise */

/* ---- Inside, for code that needs a subtransaction of its own ---- */

void txn_begin_internal_sub(const char *name); /* name may be NULL */
void txn_release_current_sub(void);
void txn_rollback_current_sub(void);

bool txn_is_running(void); /* is there one, in order, at all? */
Xid txn_xid(void);         /* of the current (sub)transaction: assigned now if needed */
Xid txn_xid_if_any(void);
Xid txn_top_xid(void);
Xid txn_top_xid_if_any(void);
FullXid txn_top_full_xid_if_any(void);
bool txn_is_own_xid(Xid xid);  /* ours, or of a subtransaction that is not rolled back */
Owner *txn_top_owner(void);    /* of what stays when subtransactions are rolled back */
unsigned txn_nest_level(void); /* 1 for a top-level transaction, 0 for none */
uint32_t txn_sub_id(void);     /* 1 for the top, then counted; 0 for none */

Cid txn_command(bool is_used);  /* is_used: something will be written with it */
void txn_advance_command(void); /* later statements see what was done */

/* Memory that lives as long as the current (sub)transaction, and as the top-level one. */
MemContext *txn_mem(void);
MemContext *txn_top_mem(void);

PgTime txn_start_time(void);
PgTime txn_statement_time(void);
void txn_set_statement_time(void);
void txn_set_times(PgTime start, PgTime statement); /* of a leader, in whom works for it */
PgTime txn_end_time(void); /* of the commit or abort under way: now, when it is first asked for */

/* ---- Characteristics ---- */

typedef enum TxnIsolation {
    TXN_READ_UNCOMMITTED,
    TXN_READ_COMMITTED,
    TXN_REPEATABLE_READ,
    TXN_SERIALIZABLE
} TxnIsolation;

TxnIsolation txn_isolation(void);
bool txn_is_read_only(void);
bool txn_is_deferrable(void);
void txn_forbid_write(const char *what);       /* 25006 when it is read only */
void txn_forbid_in_recovery(const char *what); /* 25006 */

/* SET TRANSACTION: raise 25001 when it is too late or not in the right place. */
void txn_set_isolation(TxnIsolation isolation);
void txn_set_read_only(bool is_read_only);
void txn_set_deferrable(bool is_deferrable);

/*
 * The same by way of the settings transaction_isolation, transaction_read_only and
 * transaction_deferrable, as hooks for guc_set_hooks(). Outside of a transaction nothing is set.
 */
bool txn_check_isolation(GucValue *value, GucSource source, GucRefusal *why);
void txn_assign_isolation(GucValue value);
const char *txn_show_isolation(void);
bool txn_check_read_only(GucValue *value, GucSource source, GucRefusal *why);
void txn_assign_read_only(GucValue value);
const char *txn_show_read_only(void);
bool txn_check_deferrable(GucValue *value, GucSource source, GucRefusal *why);
void txn_assign_deferrable(GucValue value);
const char *txn_show_deferrable(void);

/* ---- Upper modules take part ---- */

/*
 * In this order for a top-level transaction:
 *   START       it has begun
 *   PRE_PREPARE before PRE_COMMIT, for a transaction that is to be prepared; as that
 *   PRE_COMMIT  may raise, and then it aborts; may write
 *   COMMIT      it is committed and new snapshots see it; locks are still held. Must not raise, as
 *               all that follow
 *   PREPARE     in place of COMMIT, for a prepared transaction: modules add what they keep to its
 *               state (twophase_add). May raise
 *   PREPARED    what it holds is that of the prepared transaction now
 *   ABORT       it is aborted; locks are still held. In a failed block it goes on with nothing
 *   CLEANUP     all is given back, memory goes next
 */
typedef enum TxnEvent {
    TXN_START,
    TXN_PRE_PREPARE,
    TXN_PRE_COMMIT,
    TXN_COMMIT,
    TXN_PREPARE,
    TXN_PREPARED,
    TXN_ABORT,
    TXN_CLEANUP
} TxnEvent;

/* A table that main fills, called in its order; ends with a NULL name. NULL members: nothing. */
typedef struct TxnHook {
    const char *name;
    void (*on_event)(TxnEvent event);
    void (*on_sub_event)(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id);
    void (*on_command)(void); /* txn_advance_command() made what was done visible */
} TxnHook;
void txn_set_hooks(const TxnHook *hooks);

/* What goes into the commit or abort record, asked for just before it is made. */
typedef struct TxnParts {
    const void *messages; /* invalidations, 16 bytes each; none at abort */
    uint32_t message_count;
    const void *stats; /* dropped statistics, 12 bytes each */
    uint32_t stats_count;
    bool drops_init_files;
    bool forces_sync;         /* wait for the disk whatever synchronous_commit says */
    bool has_exclusive_locks; /* AccessExclusive ones, which standbys have too */
} TxnParts;
void txn_set_parts_source(void (*source)(bool is_commit, bool is_sub, TxnParts *out));

/* From where a commit was replicated; id 0: from nowhere. */
void txn_set_origin(uint16_t id, Lsn lsn, PgTime time);

/*
 * The commit of this transaction waits for the disk, whatever the setting says: files were made or
 * removed that cannot come back.
 */
void txn_force_sync(void);

/* The database of this session, for records. */
void txn_set_database(Oid database, Oid tablespace);

/* Called with the end of a commit record that was flushed, to wait for standbys. */
void txn_set_commit_wait(void (*wait)(Lsn lsn));

/* The heavyweight lock on an xid, for those who wait for its end; give: of one that committed. */
void txn_set_xid_lock(void (*take)(Xid xid), void (*give)(Xid xid));

/* ---- Files that go when it ends: at commit those dropped, at abort those made ---- */

#define TXN_PERMANENT (-1) /* temp_backend of what is not temporary */

void txn_drop_at_end(const RelTag *rel, int temp_backend, bool at_commit);

/* Not any more: the file is to stay, whatever was said for that end. */
void txn_keep_at_end(const RelTag *rel, bool at_commit);

/* Removes the buffers and files of relations, all forks; set by main. */
void txn_set_dropper(void (*drop)(const RelTag *rels, size_t count, int temp_backend));

#endif
