/*
 * sequence.h - sequences are made and changed
 */
#ifndef COMMAND_SEQUENCE_H
#define COMMAND_SEQUENCE_H

#include "common/base/base.h"

#include "server/node/node.h"

typedef struct SequenceMake {
    const char *name;
    Oid schema, owner;
    char persistence;
    const List *options; /* Option */
    Oid type;            /* 0: by the option AS, or bigint */
    bool is_identity;
    const char *text; /* that locations count in */
} SequenceMake;

/* Returns its number. An owner among the options is not looked at. */
Oid sequence_make(const SequenceMake *make);

/* Its first value comes next; after a rollback it goes on as before. The sequence is locked. */
void sequence_restart(Oid sequence);

/* Change its definition, and OWNED BY; the sequence is locked. text: where options are from. */
void sequence_alter(Oid sequence, const List *options, const char *text);

/* SET LOGGED and SET UNLOGGED: it goes on where it is. */
void sequence_set_persistence(Oid sequence, char persistence);

/* It goes with the column from now on. */
void sequence_set_owner(Oid sequence, Oid table, int column, bool is_identity);

#endif
