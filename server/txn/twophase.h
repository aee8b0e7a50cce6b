/*
 * twophase.h - prepared transactions: PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED
 *
 * A prepared transaction has no process. What it will need to end is its state: the record PREPARE
 * of the log has it, and a checkpoint that would leave that record behind writes it to a file
 * (common/format/twophase_file.h).
 */
#ifndef TXN_TWOPHASE_H
#define TXN_TWOPHASE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/twophase_file.h"
#include "common/walrec/record.h"

size_t twophase_shmem_size(void);
void twophase_shmem_init(void *place);

/*
 * End the prepared transaction with that GID. Raises 42704 when there is none, 55000 when another
 * process is at it, 42501 when role is neither its owner nor a superuser, 0A000 from another
 * database.
 */
void twophase_finish(const char *gid, bool is_commit, Oid role, bool is_superuser);

typedef struct TwophaseRow {
    Xid xid;
    char gid[TWOPHASE_GID_MAX];
    PgTime prepared_at;
    Oid owner, database;
    unsigned number; /* of its entry in proc_array */
} TwophaseRow;

void twophase_list(Array *rows); /* for pg_prepared_xacts; TwophaseRow, the array is made here */

/* ---- What modules keep of a transaction ---- */

/* Numbers and data are PostgreSQL's. */
typedef enum TwophaseKind {
    TWOPHASE_END = 0,
    TWOPHASE_LOCK = 1,
    TWOPHASE_STATS = 2,
    TWOPHASE_MULTIXACT = 3,
    TWOPHASE_PREDICATE_LOCK = 4,
    TWOPHASE_KIND_COUNT,
} TwophaseKind;

/* While TXN_PREPARE is told: add a record to the state. */
void twophase_add(TwophaseKind kind, uint16_t info, const void *bytes, size_t len);

/* While TXN_PREPARED is told: the number of its entry in proc_array. */
unsigned twophase_own_number(void);

/* For each record of a state; number is that of the entry in proc_array. NULL: nothing. */
typedef struct TwophaseHandler {
    void (*at_commit)(unsigned number, Xid xid, uint16_t info, const uint8_t *bytes, size_t len);
    void (*at_abort)(unsigned number, Xid xid, uint16_t info, const uint8_t *bytes, size_t len);
    void (*at_recovery)(unsigned number, Xid xid, uint16_t info, const uint8_t *bytes, size_t len);
} TwophaseHandler;
void twophase_set_handler(TwophaseKind kind, const TwophaseHandler *handler);

/* Called when one has committed, to send its invalidations before its locks go; set by main. */
void twophase_set_invalidator(void (*send)(const TwophaseHeader *state));

/* ---- Checkpoints and recovery ---- */

void twophase_checkpoint(Lsn redo); /* states whose records lie before it go to files */

void twophase_restore(void); /* before redo: those that have files */
void twophase_redo_prepare(const WalRecord *record);
void twophase_redo_end(Xid xid); /* after its status was set */
Xid twophase_oldest(void);       /* after redo; the next xid when there is none */
void twophase_recover(void);     /* parents are known from here on; they run */

#endif
