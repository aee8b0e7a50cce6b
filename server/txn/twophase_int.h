/*
 * twophase_int.h - between txn_level.c, twophase.c and twophase_state.c
 */
#ifndef TXN_TWOPHASE_INT_H
#define TXN_TWOPHASE_INT_H

#include "common/base/base.h"

#include "server/txn/twophase.h"

/* ---- twophase.c, for txn_level.c ---- */

void twophase_begin(const char *gid, Xid xid); /* takes a place, and the GID; may raise */
void twophase_prepare(void);                   /* record, flush: from here on it is prepared */
void twophase_unlock(void);
void twophase_at_abort(void); /* gives back what twophase_begin() took, or the one being finished */

/* ---- twophase_state.c: states as bytes, in the current context ---- */

/* With the CRC behind it, as in a file. */
typedef struct TwophaseState {
    uint8_t *bytes;
    size_t len;
} TwophaseState;

void twophase_state_begin(const char *gid, Xid xid, PgTime prepared_at, Oid owner);
TwophaseState twophase_state_end(void);
void twophase_state_read(const TwophaseState *state, Xid xid, TwophaseHeader *out);

/* The state from its record, which is the first of that xid from lsn on; or from its file. */
TwophaseState twophase_state_from_log(Xid xid, Lsn lsn);
TwophaseState twophase_state_from_file(Xid xid);
void twophase_state_write_file(Xid xid, const TwophaseState *state);
void twophase_state_remove_file(Xid xid);

#endif
