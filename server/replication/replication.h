/*
 * replication.h - the commands of a connection for replication, and who runs them
 *
 * They have a small grammar of their own (scan.c, parse.c): key words in capitals, names, texts,
 * numbers, positions of the log. command.def has a row for each with the function that runs it. A
 * handler answers by answer.h, or by messages of its own; dispatch tells the end (CommandComplete)
 * after it, the session sends ReadyForQuery. What a handler raises is answered as with SQL.
 */
#ifndef REPLICATION_REPLICATION_H
#define REPLICATION_REPLICATION_H

#include "common/base/base.h"

#include "common/ds/array.h"

/* What stands behind the name of an option. */
typedef enum ReplicationValue {
    REPLICATION_NO_VALUE,
    REPLICATION_WORD,   /* a name, or a key word in small letters */
    REPLICATION_TEXT,   /* in single quotes */
    REPLICATION_NUMBER, /* digits, of any size that fits */
} ReplicationValue;

/* Names are in small letters unless they were written in double quotes. */
typedef struct ReplicationOption {
    const char *name;
    ReplicationValue kind;
    const char *text; /* of any value, as it was written; NULL: none */
    uint32_t number;  /* of a NUMBER */
} ReplicationOption;

/* A command as it was read; members that it has no use for are zero. Lives as long as it runs. */
typedef struct ReplicationCall {
    const char *text; /* all of it */
    const struct ReplicationCommand *command;
    const char *name;   /* of a slot, or of a setting; NULL: none */
    const char *plugin; /* of a logical slot */
    bool is_logical, is_temporary, waits;
    Lsn start;
    TimelineId tli; /* 0: not said */
    Array options;  /* ReplicationOption: of BASE_BACKUP, of slots in either grammar */
} ReplicationCall;

typedef struct ReplicationCommand {
    const char *word;     /* as it is written */
    const char *tag;      /* of CommandComplete */
    bool is_out_of_block; /* refused in a transaction block: 25001 */
    void (*run)(ReplicationCall *call);
} ReplicationCommand;

/* ---- For the session ---- */

bool replication_is_session(void); /* is this the process of such a connection? */
bool replication_is_over(void);    /* a command has ended it: nothing more is said */

/*
 * Run text. False: it is none of our commands but SQL, which a connection that has a database may
 * send; on another one that is an error.
 */
bool replication_run(const char *text);

/* After an error of such a connection: what a stream had in use is given back. */
void replication_clean_up(void);

/* ---- For handlers ---- */

/* The value of an option as a switch: none is true. Raises 42601 "x requires a Boolean value". */
bool replication_option_bool(const ReplicationOption *option);

/* As text; raises 42601 "x requires a parameter" when it has none. */
const char *replication_option_text(const ReplicationOption *option);

/* Raises 42601 unless it is a number. */
int64_t replication_option_number(const ReplicationOption *option);

#endif
