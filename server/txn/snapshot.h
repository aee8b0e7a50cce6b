/*
 * snapshot.h - which transactions are done, for who looks
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

/* One for the next statement: the transaction's first one again in REPEATABLE READ. */
const Snapshot *snapshot_take(void);
const Snapshot *snapshot_latest(void);
const Snapshot *snapshot_catalog(void);
void snapshot_forget_catalog(void); /* catalogs may have changed */

/* The stack of those that run statements; pushed ones are copies that stay. */
void snapshot_push(const Snapshot *s);
void snapshot_pop(void);
const Snapshot *snapshot_active(void);
bool snapshot_has_active(void);
void snapshot_advance_command(void); /* the active one sees one command more */

/* Kept for a portal or so, by the current owner. */
const Snapshot *snapshot_register(const Snapshot *s);
void snapshot_unregister(const Snapshot *s);

bool snapshot_shows_running(const Snapshot *s, Xid xid); /* was it running for the snapshot? */

void snapshot_at_end_of_transaction(bool is_commit);
void snapshot_at_end_of_subtransaction(unsigned level);

#endif
