/* session_int.h - what the files of session share: its state, statements, portals, rows. */
#ifndef SESSION_SESSION_INT_H
#define SESSION_SESSION_INT_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/mem/mem.h"
#include "server/session/session.h"

typedef struct SessionLocal {
    const SessionEngine *engine;
    MemContext *mem;         /* as long as the session */
    MemContext *message_mem; /* reset for each message */
    uint32_t cancel_key;
    const char *query;

    Portal *simple_portal; /* of the statement of a Query that runs; NULL: none */

    bool is_let_in;      /* errors do not end the session any more */
    bool is_reading;     /* waits for the next message: there is nothing to cancel */
    bool is_extended;    /* the message is one of the extended protocol */
    bool skips_to_sync;  /* after an error in the extended protocol */
    bool owes_ready;     /* ReadyForQuery comes before the next message is read */
    bool is_started;     /* between txn_start_command() and txn_end_command() */
    bool is_over;        /* the client has left */
    void (*owed)(void);  /* what came while half of a message was read; NULL: nothing */
} SessionLocal;

extern SessionLocal session;

/* ---- session.c: the transaction around statements ---- */

/* The text that is worked on, for the log and pg_stat_activity; "" for none. It is kept. */
void session_set_query(const char *text);
void session_prepare_last_words(void); /* for a client that is let in */

void session_start_command(void);
void session_end_command(void);

/* Between statements of one transaction: what was done is seen, the time limit starts anew. */
void session_advance_command(void);

/* Raise 25P02 in a failed block unless raw (NULL: an empty text) may run there. */
void session_check_block(const RawStatement *raw);

/* ---- Messages ---- */

void session_simple_query(ByteReader *body);
void session_parse(ByteReader *body);
void session_bind(ByteReader *body);
void session_describe(ByteReader *body);
void session_execute(ByteReader *body);
void session_close(ByteReader *body);
void session_function_call(ByteReader *body);

/* ---- prepared.c ---- */

struct PreparedStatement {
    const char *name; /* the key; "" for the unnamed one, which is not in the table */
    MemContext *mem;
    const char *text;
    RawStatement raw;
    bool is_empty;
    bool is_from_sql; /* PREPARE, for pg_prepared_statements */
    PgTime made_at;
    Prepared *prepared; /* NULL for an empty one */
    Array param_types;  /* Oid */
    unsigned pins;      /* portals that run it */
    bool is_dropped;    /* goes with the last pin */
};

void prepared_init(void);
PreparedStatement *prepared_new(const char *name); /* not to be found before prepared_keep() */
void prepared_keep(PreparedStatement *p);          /* 42P05 when there is one of that name */
void prepared_drop(PreparedStatement *p);
PreparedStatement *prepared_find_any(const char *name); /* "" too; raises 26000 */
void prepared_close_unnamed(void);

/* ---- portal.c ---- */

typedef enum PortalState {
    PORTAL_READY,
    PORTAL_ACTIVE, /* it runs */
    PORTAL_DONE,   /* no more rows; one that gives none cannot be run again */
    PORTAL_FAILED,
} PortalState;

struct Portal {
    const char *name;
    MemContext *mem;
    PortalState state;
    const char *text;
    RawStatement raw;
    bool is_empty;
    bool is_started;         /* was run before */
    uint32_t sub_id;         /* of the subtransaction that opened it; 0: it is held */
    bool is_hold, is_binary; /* of a cursor: stays when its transaction commits; its rows' form */
    PreparedStatement *from; /* pinned; NULL before it is opened */
    Run *run;                /* NULL: not open */
    const TupleDesc *desc;   /* NULL: no rows */
    int16_t *formats;        /* of each column of desc */
    PgTime made_at;
};

void portal_init(void);
Portal *portal_new(const char *name); /* 42P03 when a named one exists; replaces the unnamed one */
void portal_open(Portal *p, PreparedStatement *from, const ParamValue *params, size_t count,
                 int cursor_options);

/* In the midst of an error: whatever its state is, and nothing may raise. */
void portal_drop(Portal *p);

/* Formats as a client gives them: none (text), one for all, or one for each column (08P01). */
void portal_set_formats(Portal *p, const int16_t *formats, size_t count);

/* Run it, with what was begun marked as failed when that raises. */
void portal_run(Portal *p, uint64_t max_rows, RowReceiver *receiver, RunResult *result);

/* ---- rows.c ---- */

void rows_send_description(Prepared *prepared, const TupleDesc *desc, const int16_t *formats);

/* A receiver that sends DataRow messages, preceded by a RowDescription when asked. */
RowReceiver *rows_receiver(Portal *p, bool sends_description, MemContext *mem);

/* CommandComplete. */
void rows_send_tag(const RunResult *result);

/* ---- conflict.c: recovery of a standby needs what this session holds ---- */

void session_init_conflicts(void);

#endif
