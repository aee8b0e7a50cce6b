/*
 * session.h - one client's session: the loop over its messages, in the protocol's order
 *
 * A backend's life: net_init(), session_init(), net_read_startup(), authentication, proc_attach(),
 * the database; then session_run().
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/proto/startup.h"
#include "common/text/encoding.h"
#include "server/config/guc.h"
#include "server/session/engine.h"
#include "server/txn/txn.h"

/*
 * What signals and timers do from now on: cancel statements, end the connection, in PostgreSQL's
 * words. Before a client is let in they end the process.
 */
void session_init(void);

/* From now on the client has authentication_timeout to prove who it is: TIMER_STATEMENT. */
void session_limit_authentication(void);

/*
 * Take the settings of the start-up packet, those in its options first; ends the process where one
 * is refused. After authentication, in the encoding of the database.
 */
void session_take_settings(const StartupPacket *packet, bool is_superuser);

/* Then what is stored for the role, the database, both, and all. In a transaction. */
void session_take_stored_settings(Oid database, Oid role);

/*
 * Greet the client (ParameterStatus, BackendKeyData) and serve it until it leaves. What cuts it off
 * ends the process by err_fatal().
 */
void session_run(const SessionEngine *engine, uint32_t cancel_key);

/* Part of the table of txn_set_hooks(): portals end with the (sub)transaction that opened them. */
void session_on_txn_event(TxnEvent event);
void session_on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id);

/* Part of what err_set_sink() is given: send the client what it wants to hear of. */
void session_send_report(const ErrReport *report);

/* Is it the client's own message that is worked on (not: waited for)? */
bool session_is_busy(void);
const char *session_query_text(void); /* of the statement that runs; "" for none */

/* ---- The encoding of the client: check and assign of the setting client_encoding ---- */

/* That of the database, once it is open, and before the settings of the client are taken. */
void session_set_server_encoding(Encoding encoding);
bool session_check_client_encoding(GucValue *value, GucSource source, GucRefusal *why);
void session_assign_client_encoding(GucValue value);

/* ---- What commands do with the session's statements and cursors (PREPARE, DECLARE, CLOSE) ---- */

typedef struct Portal Portal;
typedef struct PreparedStatement PreparedStatement;

PreparedStatement *prepared_find(const char *name); /* raises 26000 */
Prepared *prepared_engine(const PreparedStatement *p);
void prepared_pin(PreparedStatement *p); /* it stays, though it may be closed meanwhile */
void prepared_unpin(PreparedStatement *p);

/*
 * PREPARE in pieces: one that goes with the message unless it is finished, its memory, the types of
 * its parameters (Oid) to be filled in; then text and tree, in its memory. Raises 42P05.
 */
PreparedStatement *prepared_begin(const char *name);
MemContext *prepared_mem(const PreparedStatement *p);
Array *prepared_param_types(PreparedStatement *p);
void prepared_finish(PreparedStatement *p, const char *text, const RawStatement *raw);
bool prepared_try_close(const char *name);
void prepared_close_all(void);
Portal *portal_find(const char *name);     /* raises 34000 */
Portal *portal_try_find(const char *name); /* or NULL */
void portal_close(Portal *portal);
void portal_close_all(void); /* but those that run */

/* DECLARE: what the query of p, one of prepared_begin(), means; text lives as long as p. */
void portal_analyze(PreparedStatement *p, const char *text, const RawStatement *raw);

/* The portal of an analyzed query; options CURSOR_* of node. */
void portal_declare(const char *name, PreparedStatement *p, int options);

/* Those of a name, and the unnamed one of the protocol; not that of a simple query. */
typedef struct PortalRow {
    const char *name, *text;
    bool is_hold, is_binary;
    Run *run; /* NULL: not open */
    PgTime made_at;
} PortalRow;
void portal_list(Array *rows); /* made by this call */

/* All that have a name, for pg_prepared_statements. */
typedef struct PreparedRow {
    const char *name, *text;
    PgTime made_at;
    const Array *param_types; /* Oid */
    bool is_from_sql;
    const Prepared *prepared; /* NULL for an empty one */
} PreparedRow;
void prepared_list(Array *rows); /* made by this call */
Run *portal_open_run(const Portal *portal); /* NULL: it is not open */
uint64_t portal_fetch(Portal *portal, const FetchRequest *request, RowReceiver *receiver);
const TupleDesc *portal_columns(const Portal *portal); /* NULL: it gives no rows */
bool portal_is_binary(const Portal *portal);           /* by its options */

#endif
