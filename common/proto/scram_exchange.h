/*
 * scram_exchange.h - the messages of a SCRAM-SHA-256 login, on the side of the server
 *
 *     AWAIT_FIRST --client-first, server-first--> AWAIT_FINAL --client-final--> DONE
 *
 * scram_server_step() owns both moves. What is wrong with a message is raised (08P01 mostly); a
 * proof that is wrong is a result, told only after everything else was looked at, so that a client
 * cannot tell an unknown user from a wrong password.
 *
 * The user's name in the message counts for nothing: PostgreSQL takes that of the start-up packet.
 *
 * Source: RFC 5802, RFC 5929; PostgreSQL 15 manual, "SASL Authentication".
 */
#ifndef PROTO_SCRAM_EXCHANGE_H
#define PROTO_SCRAM_EXCHANGE_H

#include "common/base/base.h"

#include "common/crypt/scram.h"
#include "common/text/strbuf.h"

#define SCRAM_MECHANISM      "SCRAM-SHA-256"
#define SCRAM_MECHANISM_PLUS "SCRAM-SHA-256-PLUS"
#define SCRAM_NONCE_BYTES    18 /* that the server adds, before base64 */
#define SCRAM_BINDING_MAX    64

typedef enum ScramState { SCRAM_AWAIT_FIRST, SCRAM_AWAIT_FINAL, SCRAM_DONE } ScramState;

/* Set verifier and binding by scram_server_init(). */
typedef struct ScramServer {
    ScramState state;
    ScramVerifier verifier;
    bool is_doomed;   /* the verifier is a mock: no proof is right */
    bool uses_plus;   /* the client chose the mechanism with channel binding */
    bool offers_plus; /* binding is not empty: it was offered */
    size_t binding_len;
    uint8_t binding[SCRAM_BINDING_MAX]; /* tls-server-end-point */
    char binding_flag;                  /* n, y or p of client-first */
    StrBuf client_first_bare, server_first;
    size_t nonce_len; /* of both sides', at the head of server_first behind "r=" */
} ScramServer;

typedef enum ScramOutcome {
    SCRAM_CONTINUE, /* answer goes out as AuthenticationSASLContinue */
    SCRAM_PROVEN,   /* answer goes out as AuthenticationSASLFinal */
    SCRAM_REFUSED,  /* there is no answer */
} ScramOutcome;

/*
 * v NULL: the user has none, and mock is what he is asked to prove himself against. binding is the
 * hash of our certificate, or has the length 0 without TLS.
 */
void scram_server_init(ScramServer *s, const ScramVerifier *v, const ScramVerifier *mock,
                       const uint8_t *binding, size_t binding_len, bool uses_plus);

/* Take a message of the client; nonce is SCRAM_NONCE_BYTES random bytes, used by the first step. */
ScramOutcome scram_server_step(ScramServer *s, const char *message, size_t len,
                               const uint8_t nonce[SCRAM_NONCE_BYTES], StrBuf *answer);

#endif
