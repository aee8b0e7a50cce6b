/* client_int.h - what the sources of this folder share: the connection, libpq's functions. */
#ifndef CLIENT_CLIENT_INT_H
#define CLIENT_CLIENT_INT_H

#include "common/base/base.h"

#include <libpq-fe.h>

#include "common/client/client.h"
#include "common/err/err.h"
#include "common/mem/mem.h"

struct Client {
    PGconn *conn;
    MemContext *mem;
    MemCallback *on_reset;
    char *copy_bytes;  /* libpq's buffer of the last copy message */
    PGresult *pending; /* the result that ended a copy, for client_next_result */
};

typedef struct ClientLibrary {
#define ROW(result, name, params) result(*name) params;
#include "common/client/pq.def"
#undef ROW
} ClientLibrary;

/* Filled by the first client_connect of the process. */
extern ClientLibrary client_pq;

/* Wait until the socket is ready, wait_ms passed, or we are told to stop, which raises. */
void client_wait(const Client *c, short events, int wait_ms);

/* What libpq says of the connection: its first line; the others in *detail, NULL for none. */
const char *client_lost_text(const Client *c, const char **detail);

/* Raise what libpq says of the connection: "what: first line", the other lines as detail. */
_Noreturn void client_raise_lost(const Client *c, SqlState state, const char *what);

#endif
