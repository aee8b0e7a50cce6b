/*
 * auth_name.c - methods that prove a name of somewhere else: the system's, or a certificate's
 *
 * Which users that name may be is said by a map of pg_ident.conf; without one it is the user's own.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/socket.h"
#include "common/os/user.h"
#include "server/auth/auth_int.h"
#include "server/auth/ident.h"
#include "server/net/net.h"

AuthResult auth_peer(const AuthRequest *request)
{
    const char *name;
    uint32_t uid, gid;

    if (!os_socket_peer_user(net_socket(), &uid, &gid))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "peer authentication is not supported on this platform");
    name = os_user_name(uid);
    if (name == NULL) {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_INVALID_AUTHORIZATION,
                .message = err_fmt("could not look up local user ID %u: user does not exist", uid));
        return (AuthResult){.outcome = AUTH_REFUSED};
    }
    if (!ident_match(request->rule->map, name, request->user, IDENT_CASE_COUNTS))
        return (AuthResult){.outcome = AUTH_REFUSED};
    return (AuthResult){.outcome = AUTH_PROVEN, .identity = name};
}

/* The library has verified the certificate; here it is held against the user. */
AuthResult auth_certificate(const AuthRequest *request)
{
    const HbaRule *rule = request->rule;
    const char *name = rule->is_cert_by_dn ? net_tls_client_dn() : net_tls_client_cn();

    if (*name == '\0') {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_INVALID_AUTHORIZATION,
                .message = err_fmt("certificate authentication failed for user \"%s\": client "
                                   "certificate contains no user name",
                                   request->user));
        return (AuthResult){.outcome = AUTH_REFUSED};
    }
    if (!ident_match(rule->map, name, request->user, IDENT_CASE_COUNTS)) {
        if (rule->client_cert == HBA_CERT_FULL && rule->method != HBA_CERT)
            err_log(ERR_LOG, .sqlstate = SQLSTATE_INVALID_AUTHORIZATION,
                    .message = err_fmt("certificate validation (clientcert=verify-full) failed for "
                                       "user \"%s\": %s mismatch",
                                       request->user, rule->is_cert_by_dn ? "DN" : "CN"));
        return (AuthResult){.outcome = AUTH_REFUSED};
    }
    return (AuthResult){.outcome = AUTH_PROVEN, .identity = net_tls_client_dn()};
}
