/*
 * txn.h - transactions: begin, commit, abort, savepoints
 *
 * Two machines in one: what the server does (a transaction runs, subtransactions nest), and what
 * the client sees (blocks, failed blocks), as the session drives it:
 *
 *     txn_start_command()  before each statement: opens a transaction when none runs
 *     txn_end_command()    after it: ends it unless a block is open
 *     txn_abort_current()  after an error
 */
#ifndef TXN_TXN_H
#define TXN_TXN_H

#include "common/base/base.h"

void txn_start_command(void);
void txn_end_command(void);
void txn_abort_current(void);

/* BEGIN, COMMIT and so on; they act at the next txn_end_command(). Warnings and errors are PostgreSQL's. */
void txn_begin_block(void);
bool txn_commit_block(bool chain); /* false: it will be a rollback */
void txn_abort_block(bool chain);
void txn_begin_implicit_block(void); /* several statements in one query string */
void txn_end_implicit_block(void);
void txn_savepoint(const char *name);
void txn_release(const char *name);
void txn_rollback_to(const char *name);
bool txn_prepare_block(const char *gid);
void txn_require_block(const char *what); /* 25P01 "... can only be used in transaction blocks" */
void txn_prevent_in_block(bool is_top, const char *what); /* 25001 */
char txn_block_status(void);                              /* 'I', 'T' or 'E' for ReadyForQuery */
bool txn_is_block(void);
bool txn_is_failed(void);

/* Inside, for code that needs a subtransaction of its own. */
void txn_begin_internal_sub(const char *name);
void txn_release_current_sub(void);
void txn_rollback_current_sub(void);

bool txn_is_running(void); /* is there one, in order, at all? */
Xid txn_xid(void);         /* of the current (sub)transaction: assigned now if needed */
Xid txn_xid_if_any(void);
Xid txn_top_xid(void);
Xid txn_top_xid_if_any(void);
bool txn_is_own_xid(Xid xid); /* ours, or of a subtransaction that is not rolled back */
unsigned txn_nest_level(void);
uint32_t txn_sub_id(void);

Cid txn_command(bool is_used);  /* is_used: something will be written with it */
void txn_advance_command(void); /* CommandCounterIncrement: later statements see what was done */

PgTime txn_start_time(void);
PgTime txn_statement_time(void);
void txn_set_statement_time(void);

typedef enum TxnIsolation {
    TXN_READ_UNCOMMITTED,
    TXN_READ_COMMITTED,
    TXN_REPEATABLE_READ,
    TXN_SERIALIZABLE
} TxnIsolation;
TxnIsolation txn_isolation(void);
bool txn_is_read_only(void);
void txn_forbid_write(const char *what); /* 25006 when it is read only */

/* ---- Upper modules take part ---- */

typedef enum TxnEvent { TXN_PRE_COMMIT, TXN_COMMIT, TXN_ABORT, TXN_PREPARE, TXN_CLEANUP } TxnEvent;

/* A table that main fills, called in its order (abort: the same order). */
typedef struct TxnHook {
    const char *name;
    void (*at_end)(TxnEvent event);                                              /* NULL: nothing */
    void (*at_sub_end)(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id); /* NULL */
} TxnHook;
void txn_set_hooks(const TxnHook *hooks);

/* What goes into the commit or abort record, asked for just before it is made. */
typedef struct TxnParts {
    void *rels; /* RelTag */
    uint32_t rel_count;
    void *messages; /* 16 bytes each */
    uint32_t message_count;
    bool drops_init_files;
    bool forces_sync;
} TxnParts;
void txn_set_parts_source(void (*source)(bool is_commit, TxnParts *out));

/* Files that go when it ends: at commit those dropped, at abort those made. */
void txn_drop_at_end(const void *rel_tag, int temp_backend, bool at_commit);

#endif
