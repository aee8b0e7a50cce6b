/* auth_int.h - what the methods share: how one ends, and messages of the client. */
#ifndef AUTH_AUTH_INT_H
#define AUTH_AUTH_INT_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "server/auth/auth.h"

typedef enum AuthOutcome { AUTH_PROVEN, AUTH_REFUSED, AUTH_LEFT } AuthOutcome;

/* How a method ended; why is for the log, NULL for nothing to say. */
typedef struct AuthResult {
    AuthOutcome outcome;
    const char *why;
    const char *identity; /* of AUTH_PROVEN */
} AuthResult;

/* The role's password, NULL for a role that cannot use one, with *why then. */
const char *auth_find_password(const AuthRequest *request, const char **why);

/* The body of the client's next answer, at most max bytes; false when it has left. */
bool auth_read_answer(const char *what, size_t max, ByteReader *body);

/* Send a request for an answer: its code and bytes. */
void auth_send_request(uint32_t code, const void *bytes, size_t len);

AuthResult auth_clear_text(const AuthRequest *request);
AuthResult auth_md5(const AuthRequest *request, const char *verifier, const char *why);
AuthResult auth_scram(const AuthRequest *request, const char *verifier, const char *why);
AuthResult auth_peer(const AuthRequest *request);
AuthResult auth_certificate(const AuthRequest *request);

#endif
