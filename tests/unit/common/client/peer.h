/* peer.h - a client and a server that plays a script: what the suites of this folder share */
#ifndef CLIENT_PEER_H
#define CLIENT_PEER_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "tests/lib/fake_server.h"

/* Connect to a new server with that script, for replication: nothing is sent at first. */
Client *peer_connect(const FakeScript *script, FakeServer **server);

/* The client leaves; the server must have seen what its script says. */
void peer_end(Client *c, FakeServer *server);

/* An empty text. */
StrBuf *peer_buffer(void);

/* A whole answer of one row. */
StrBuf *peer_answer(const char *names, const char *values, const char *tag);

#endif
