/*
 * txn_int.h - the stack of (sub)transactions, as the files of txn share it
 */
#ifndef TXN_TXN_INT_H
#define TXN_TXN_INT_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/txn/txn_record.h"

typedef enum LevelState {
    LEVEL_RUNNING,
    LEVEL_COMMITTING, /* after what may fail in good order */
    LEVEL_PREPARING,
    LEVEL_ABORTED, /* has given all back; waits for its cleanup */
} LevelState;

typedef struct Level {
    struct Level *parent; /* NULL: top-level */
    LevelState state;
    unsigned nest_level;
    uint32_t sub_id;
    char *name;    /* of a savepoint; NULL */
    FullXid xid;   /* 0 none */
    Xid *children; /* that committed, ascending */
    size_t child_count, child_room;
    MemContext *mem; /* of what is made in it; the level itself is in the top's */
    Owner *owner;
    unsigned guc_level;
    bool was_read_only; /* of the parent, to go back to */
    bool was_deferrable;
    bool is_top_told; /* logical decoding knows which its top-level transaction is */
} Level;

typedef struct TxnState {
    Level *current; /* NULL: no transaction runs */
    Level *top;
    MemContext *mem_before; /* the current one before the transaction */
    uint32_t last_sub_id;
    Cid command;
    bool is_command_used;
    TxnIsolation isolation;
    bool is_read_only, is_deferrable;
    bool needs_immediate_commit;
    bool is_pipelined; /* statements of several messages share it */
    PgTime statement_time, start_time, end_time; /* end_time 0: not asked for yet */
    Xid unreported[PROC_SUBXIDS_MAX];            /* subtransactions that standbys do not know of */
    unsigned unreported_count;
    Oid database, tablespace;
    bool forces_sync; /* this transaction waits for the disk */
    uint16_t origin_id;
    Lsn origin_lsn;
    PgTime origin_time;
} TxnState;

extern TxnState txn;

/* ---- txn_level.c: what the server does ---- */

void level_start_top(void);
void level_push_sub(const char *name);
void level_commit_top(void);
void level_commit_sub(void);
void level_prepare_top(const char *gid);
void level_abort(void);   /* the current one, whichever it is; it stays, ABORTED */
void level_cleanup(void); /* the current one, ABORTED, is gone */

void txn_run_hooks(TxnEvent event);
void txn_run_command_hooks(void);

/* ---- txn_record.c ---- */

Xid txn_record_commit(void); /* the newest xid of the tree; 0: none */
Xid txn_record_abort(void);  /* of the current level */
/* What the record of a commit (or abort) is to say of the current level, but for a prepared one. */
void txn_collect(bool is_commit, CommitInfo *info);

/* ---- txn_drop.c ---- */

/* Permanent relations that go when the current level ends so; in the level's memory. */
size_t drop_list(bool at_commit, const RelTag **out);
void drop_run(bool is_commit); /* at the end of a level: remove, or hand on to the parent */
void drop_forget(void);        /* prepared: they are in its state */
void drop_files(const RelTag *rels, size_t count, int temp_backend);

#endif
