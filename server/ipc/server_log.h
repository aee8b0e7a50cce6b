/*
 * server_log.h - the server's log: which reports go there, and in what form
 *
 * The sink of all server processes (err_set_sink). A report whose level log_min_messages lets
 * through is written to standard error in one write, with log_line_prefix before it, as PostgreSQL
 * does. A client's session also gets it, through the function that the session sets.
 */
#ifndef IPC_SERVER_LOG_H
#define IPC_SERVER_LOG_H

#include "common/base/base.h"

#include "common/err/err.h"

/* What a line says of the session; all NULL or 0 where there is none. Kept, not copied. */
typedef struct LogSession {
    const char *user, *database, *application, *remote_host;
    unsigned remote_port;
    const char *command;   /* tag of what runs: "idle", "SELECT" */
    const char *statement; /* that runs, for STATEMENT lines; NULL: none */
    PgTime start_time;
    uint64_t line_count;
} LogSession;

/* Install the sink. In each process that is not forked from one that did. */
void server_log_init(void);

/* Of this process. */
LogSession *server_log_session(void);

/* Ask for the identity of the transaction in lines (%v, %x); set by main, may be NULL. */
typedef struct LogTransaction {
    int slot; /* of the virtual id; -1: none */
    uint32_t local;
    Xid xid;
} LogTransaction;
void server_log_set_transaction_source(void (*source)(LogTransaction *out));

/* Also given every report; decides itself what its client is to see. Must not raise. */
void server_log_set_client(void (*send)(const ErrReport *report));

/* The text of a report as it would be written, for tests; in the current memory context. */
char *server_log_format(const ErrReport *report);

/* Is the first level more important than the second, in the order of the log? */
bool server_log_is_wanted(ErrLevel level, int log_messages);

/* "LOG", "ERROR", ... */
const char *server_log_level_text(ErrLevel level);

#endif
