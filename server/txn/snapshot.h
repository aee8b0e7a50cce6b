/*
 * snapshot.h - which transactions are done, for who looks
 *
 * A snapshot that is pushed or registered is a copy that stays as it is; what snapshot_take() and
 * its like return is in memory of this module and is good until the next call.
 */
#ifndef TXN_SNAPSHOT_H
#define TXN_SNAPSHOT_H

#include "common/base/base.h"

typedef enum SnapshotKind {
    SNAPSHOT_MVCC,
    SNAPSHOT_SELF, /* what is committed now, and our own */
    SNAPSHOT_ANY,
    SNAPSHOT_DIRTY, /* also what runs: tells who */
    SNAPSHOT_TOAST,
    SNAPSHOT_NON_VACUUMABLE,
} SnapshotKind;

typedef struct Snapshot {
    SnapshotKind kind;
    Xid xmin;  /* all before are done */
    Xid xmax;  /* this and all later are not; DIRTY: out, who holds a lock on the row */
    Xid *xids; /* those between that run, unsorted */
    uint32_t xid_count;
    Xid *subxids;
    uint32_t subxid_count;
    bool is_overflowed;   /* subxids are not all there: look into subtrans */
    bool was_in_recovery; /* all are in subxids */
    Cid command;          /* our own changes before that command are seen */
    uint32_t token;       /* DIRTY: out, of a speculative insert */
    Xid dirty_xmin;       /* DIRTY: out, who inserts the row */
    uint32_t active_count, registered_count;
    bool is_copied;
    uint64_t completion_count; /* when it was taken: the same snapshot again while it is equal */
} Snapshot;

/*
 * One for the next statement: the transaction's first one again in REPEATABLE READ. SERIALIZABLE
 * raises 0A000: conflicts between transactions are not looked for.
 */
const Snapshot *snapshot_take(void);
const Snapshot *snapshot_latest(void); /* as of now, whatever the isolation level is */
const Snapshot *snapshot_catalog(void);
void snapshot_forget_catalog(void); /* catalogs may have changed */
bool snapshot_is_first_taken(
    void); /* has this transaction taken one? Too late to change its level */

/* The two that hold no state; every process may share them. */
extern const Snapshot snapshot_self;
extern const Snapshot snapshot_any;

/* The stack of those that run statements; pushed ones are copies that stay. */
void snapshot_push(const Snapshot *s);
void snapshot_push_latest(void); /* a new one, for what has to see all that is committed now */
void snapshot_pop(void);
const Snapshot *snapshot_active(void);
bool snapshot_has_active(void);
void snapshot_advance_command(void); /* the active one sees one command more */

/* txn tells the ones that are in use which command comes next. */
void snapshot_set_command(Cid command);

/* A copy that stays until the transaction ends. */
const Snapshot *snapshot_keep(const Snapshot *s);

struct VirtualXid;

/*
 * The transaction's first snapshot is s, which that other transaction has exported; false when it
 * does not run any more, so that nothing holds back what s may see.
 */
bool snapshot_take_over(const Snapshot *s, struct VirtualXid source);

/* Kept for a portal or so, by the current owner. */
const Snapshot *snapshot_register(const Snapshot *s);
const Snapshot *snapshot_register_advanced(const Snapshot *s); /* that sees our commands till now */
void snapshot_unregister(const Snapshot *s);

bool snapshot_shows_running(const Snapshot *s, Xid xid); /* was it running for the snapshot? */

/* A commit that finds one on the stack warns. */
void snapshot_at_end_of_transaction(bool is_commit);
void snapshot_at_end_of_subtransaction(unsigned level, bool is_commit);

/* Give the memory of this module back, when no transaction runs: for the end of a process. */
void snapshot_end(void);

#endif
