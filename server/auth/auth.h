/*
 * auth.h - proving who a client is, by the method that a rule of pg_hba.conf names
 *
 * What is known of a role comes through a function that the catalogs fill in, as nothing of the
 * database is open yet. A client that names a role which does not exist, or has no password, goes
 * through the same exchange in the same time, and is told the same in the end; why is in the log
 * alone.
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "common/base/base.h"

#include "server/auth/hba.h"

#define AUTH_NONCE_SIZE 32

typedef struct AuthRole {
    const char *password; /* rolpassword; NULL: none */
    bool expires;
    PgTime valid_until; /* when it does */
} AuthRole;

/* Fills *out, in the current context; false when there is no such role. */
typedef bool (*AuthFindRole)(const char *user, AuthRole *out);

typedef struct AuthRequest {
    const char *user;
    const HbaRule *rule; /* that matched the connection, and does not reject it */
    AuthFindRole find_role;
    const uint8_t *mock_nonce; /* the cluster's, AUTH_NONCE_SIZE bytes of pg_control */
} AuthRequest;

/*
 * Run the exchange over net. True: proven, and AuthenticationOk is in the output buffer. False: the
 * client has left. Ends the process (28000, 28P01, 08P01) for one that has not proven it.
 */
bool auth_run(const AuthRequest *request);

/* Who was proven, for the log and pg_stat_activity: "" by trust. Lives as long as the process. */
const char *auth_identity(void);

#endif
