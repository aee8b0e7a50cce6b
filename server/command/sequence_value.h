/*
 * sequence_value.h - values of sequences
 *
 * A session takes as many values at once as CACHE says, and hands them out without a look at the
 * sequence. Values that were taken are not given back, whatever becomes of the transaction.
 */
#ifndef COMMAND_SEQUENCE_VALUE_H
#define COMMAND_SEQUENCE_VALUE_H

#include "common/base/base.h"

#include "server/cache/relcache.h"

/*
 * The next one. checks_rights: 42501 unless the user may; an identity column's is used by whoever
 * may insert. Raises 2200H at the end of a sequence that does not begin anew.
 */
int64_t sequence_next(Oid sequence, bool checks_rights);

/* The one that this session has got last; 55000 when it has not got any. */
int64_t sequence_current(Oid sequence);
int64_t sequence_last(void); /* of any sequence */

/* is_called: the value was handed out. Raises 22003 out of bounds. */
void sequence_set(Oid sequence, int64_t value, bool is_called);

/* What this session has taken is forgotten: of one that was changed, or (0) of all. */
void sequence_forget(Oid sequence);

/* For who takes or sets values: ROW EXCLUSIVE, until the top-level transaction ends. */
void sequence_lock(Oid sequence);

/* A page that was made for it, with those values, in a file that is empty. */
typedef struct SequenceState {
    int64_t last_value, log_count;
    bool is_called;
} SequenceState;
void sequence_write_new(Relation *rel, const SequenceState *state);
void sequence_read(Relation *rel, SequenceState *state);

#endif
