/*
 * repl_parse.h - the grammar of replication commands: words (scan.c), and what they make (parse.c)
 */
#ifndef REPLICATION_REPL_PARSE_H
#define REPLICATION_REPL_PARSE_H

#include "common/base/base.h"

#include "server/replication/replication.h"

/* ---- scan.c ---- */

typedef enum ReplToken {
    REPL_END,
    REPL_KEYWORD, /* one of those of the grammar, in capitals */
    REPL_NAME,    /* folded, or as it was in double quotes; cut to the length of a name */
    REPL_TEXT,
    REPL_NUMBER,
    REPL_LSN,
    REPL_SIGN, /* one character that stands for itself */
} ReplToken;

typedef struct ReplScan {
    const char *next;
    ReplToken token;  /* the current one */
    const char *text; /* of it; in the current context */
    uint32_t number;
    Lsn lsn;
    char sign;
} ReplScan;

void repl_scan_begin(ReplScan *scan, const char *text); /* on its first token */
void repl_scan_next(ReplScan *scan);
bool repl_scan_is(const ReplScan *scan, const char *keyword);
bool repl_scan_is_sign(const ReplScan *scan, char sign);
bool repl_scan_is_in_word(char c); /* of a name, behind its first character */
_Noreturn void repl_scan_raise(void); /* 42601 */

/* ---- parse.c ---- */

/* Does text begin with the word of a command? Its row, or NULL. */
const ReplicationCommand *repl_find_command(const char *text);

/* The rest of it; raises 42601. */
void repl_parse(const ReplicationCommand *command, const char *text, ReplicationCall *out);

#endif
