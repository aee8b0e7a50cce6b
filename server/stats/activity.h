/*
 * activity.h - what each process is doing, for all to see: pg_stat_activity, pg_stat_progress_*
 *
 * Each process writes its own row, at no more cost than the writing; others copy it, and copy again
 * when it changed meanwhile. What it waits for is in its slot (ipc/proc.h).
 */
#ifndef STATS_ACTIVITY_H
#define STATS_ACTIVITY_H

#include "common/base/base.h"

#include "server/ipc/proc.h"

/* PostgreSQL's order. */
typedef enum ActivityState {
    ACTIVITY_UNDEFINED,
    ACTIVITY_IDLE,
    ACTIVITY_ACTIVE,
    ACTIVITY_IDLE_IN_TRANSACTION,
    ACTIVITY_FASTPATH,
    ACTIVITY_IDLE_IN_FAILED_TRANSACTION,
    ACTIVITY_DISABLED,
} ActivityState;

/* PostgreSQL's numbers, and its parameters by place (commands/progress.h). */
typedef enum ProgressCommand {
    PROGRESS_NONE,
    PROGRESS_VACUUM,
    PROGRESS_ANALYZE,
    PROGRESS_CLUSTER,
    PROGRESS_CREATE_INDEX,
    PROGRESS_BASE_BACKUP,
    PROGRESS_COPY,
} ProgressCommand;
#define PROGRESS_PARAMS 20

#define ACTIVITY_NAME_SIZE 64

typedef struct ActivityTls {
    bool is_on;
    int bits;
    char version[ACTIVITY_NAME_SIZE], cipher[ACTIVITY_NAME_SIZE];
    char client_dn[ACTIVITY_NAME_SIZE], serial[ACTIVITY_NAME_SIZE], issuer[ACTIVITY_NAME_SIZE];
} ActivityTls;

typedef struct ActivityRow {
    int slot, pid; /* pid 0: nobody */
    ProcKind kind;
    Oid database, role;
    PgTime started_at, transaction_at, query_at, state_at; /* 0: none */
    ActivityState state;
    bool has_client;
    char host[ACTIVITY_NAME_SIZE]; /* the address; empty: a Unix socket */
    uint16_t port;
    char application[ACTIVITY_NAME_SIZE];
    ActivityTls tls;
    ProgressCommand command;
    Oid command_target;
    int64_t params[PROGRESS_PARAMS];
    const char *query; /* in a copy: in the current context */
} ActivityRow;

size_t activity_shmem_size(void);
void activity_shmem_init(void *place);

/* After proc_attach(): this process has a row, until it detaches. */
void activity_begin(void);

/* Who it is for, from then on; tls NULL: none. */
void activity_set_client(const char *host, uint16_t port, const ActivityTls *tls);
void activity_set_application(const char *name);

/* query NULL: stays what it was. at: when that began. */
void activity_report(ActivityState state, const char *query, PgTime at);
void activity_set_transaction(PgTime started_at); /* 0: none runs */

/* ---- Progress of a command ---- */

void command_progress_begin(ProgressCommand command, Oid target);
void command_progress_set(unsigned param, int64_t value);
void command_progress_add(unsigned param, int64_t value);
bool command_progress_is_shown(void); /* of some command that has begun */
void command_progress_end(void); /* also at the end of a transaction, however it ends */

/* ---- Reading ---- */

/* The row of a slot; false: nobody has it. */
bool activity_read(int slot, ActivityRow *out);

/*
 * For the supervisor: the query that a process was at, or had been at last, when it crashed;
 * printable ASCII, as nobody knows its encoding. NULL: none is known.
 */
const char *activity_query_of_crashed(int pid);

/* All of one moment, kept until the end of the transaction or activity_clear_fetched(). */
const ActivityRow *activity_fetch(size_t *count);
void activity_clear_fetched(void);

#endif
