/* net_int.h - what the files of net share: the connection's state, moving bytes, TLS's calls. */
#ifndef NET_NET_INT_H
#define NET_NET_INT_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/ipc/wait_event.h"
#include "server/net/net.h"

#define NET_IN_SIZE    8192
#define NET_OUT_SIZE   8192 /* at first; sent when it holds as much */
#define NET_NO_MESSAGE SIZE_MAX

typedef struct NetLocal {
    MemContext *mem; /* all of the connection's; NULL: there is none */
    int fd;
    OsPeer peer;
    bool is_open;
    bool is_lost;
    bool speaks_version_2; /* errors go out in the form of that protocol */
    bool is_mid_message;
    bool has_waited;    /* for more of the message */
    struct NetTls *tls; /* NULL: in clear */

    uint8_t in[NET_IN_SIZE];
    size_t in_pos, in_end;
    uint8_t *large; /* the body of a message that does not fit into in */
    size_t large_size;

    uint8_t *out;
    size_t out_size;
    size_t out_sent, out_used; /* what is between is to be sent */
    size_t message;            /* where the message begins that is being written */
    unsigned send_wants;       /* what to wait for, when not all could be sent */
    volatile bool is_sending;  /* just now, or part of a message is sent */

    Encoding client, server;
} NetLocal;

extern NetLocal net;

/* Wait for the socket, handling what comes up meanwhile. */
void net_wait(unsigned latch_events, WaitEvent wait_event);

/* Read what there is into in, waiting for a byte at least; false at the end of the connection. */
bool net_fill(void);

/* Move bytes in clear or through TLS, without waiting. *wants are the events to wait for. */
OsIo net_receive(void *bytes, size_t size, size_t *len, unsigned *wants, const char **why);
OsIo net_send(const void *bytes, size_t size, size_t *len, unsigned *wants, const char **why);

/* As net_end(), but nothing is sent now. */

/* The client is gone, as told while sending: why is for the log. */
void net_note_lost(const char *why);

/* ---- net_tls.c ---- */

/* Shake hands; false when that fails, which was logged. */
bool net_tls_accept(void);
OsIo net_tls_receive(void *bytes, size_t size, size_t *len, unsigned *wants, const char **why);
OsIo net_tls_send(const void *bytes, size_t size, size_t *len, unsigned *wants, const char **why);
bool net_tls_has_pending(void);
void net_tls_close(void);

#endif
