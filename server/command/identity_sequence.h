/*
 * identity_sequence.h - the sequence of an identity column is made
 */
#ifndef COMMAND_IDENTITY_SEQUENCE_H
#define COMMAND_IDENTITY_SEQUENCE_H

#include "common/base/base.h"

#include "server/node/node.h"

typedef struct IdentitySequence {
    const char *table, *column;
    Oid schema, owner; /* the table's */
    char persistence;
    Oid type;            /* the column's; 0: bigint, whatever that is (LIKE copies limits alone) */
    const List *options; /* Option; SEQUENCE NAME may be among them */
    const char *text;    /* that locations count in */
} IdentitySequence;

/*
 * Returns its number. The name is that of SEQUENCE NAME, else one is chosen; the column is not its
 * owner yet. Raises 22023 for a column that counts nothing.
 */
Oid identity_sequence_make(const IdentitySequence *what);

#endif
