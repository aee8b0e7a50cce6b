/*
 * auth.c - the exchange that proves who a client is: which method, and how it ends
 *
 * Whatever goes wrong ends the connection. What is raised inside of a method becomes fatal here, so
 * that methods use functions that know nothing of connections.
 */
#include "common/base/base.h"

#include "server/auth/auth.h"

#include "common/crypt/password.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/auth/auth_int.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/net/net.h"

static struct {
    const char *identity;
} auth = {.identity = ""};

static void run_method(const AuthRequest *request, AuthResult *result);
static void check_certificate_is_there(const HbaRule *rule);
static AuthResult by_password(const AuthRequest *request);
_Noreturn static void refuse(const AuthRequest *request, const char *why);
static const char *rule_text(const HbaRule *rule);

bool auth_run(const AuthRequest *request)
{
    AuthResult result = {.outcome = AUTH_REFUSED};

    ERR_TRY() {
        run_method(request, &result);
    }
    ERR_CATCH() {
        ErrReport fatal = *err_caught();

        fatal.level = ERR_FATAL;
        err_end_process(&fatal);
    }
    ERR_END();
    if (result.outcome == AUTH_LEFT)
        return false;
    if (result.outcome == AUTH_REFUSED)
        refuse(request, result.why);
    if (result.identity != NULL)
        auth.identity = mem_strdup_in(mem_root(), result.identity);
    if (setting.log_connections && *auth.identity != '\0')
        err_log(ERR_LOG, .sqlstate = SQLSTATE_SUCCESSFUL_COMPLETION,
                .message = err_fmt("connection authenticated: identity=\"%s\" method=%s (%s:%d)",
                                   auth.identity, hba_method_text(request->rule->method),
                                   request->rule->file, request->rule->line));
    auth_send_request(AUTH_CODE_OK, NULL, 0);
    return true;
}

const char *auth_identity(void)
{
    return auth.identity;
}

static void run_method(const AuthRequest *request, AuthResult *result)
{
    const HbaRule *rule = request->rule;

    if (rule->client_cert != HBA_CERT_OFF)
        check_certificate_is_there(rule);
    *result = (AuthResult){.outcome = AUTH_PROVEN};
    switch (rule->method) {
    case HBA_TRUST:
    case HBA_CERT:
        break;
    case HBA_PASSWORD:
        *result = auth_clear_text(request);
        break;
    case HBA_MD5:
    case HBA_SCRAM:
        *result = by_password(request);
        break;
    case HBA_PEER:
        *result = auth_peer(request);
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("authentication method \"%s\" is not supported",
                                     hba_method_text(rule->method)));
    }
    if (result->outcome == AUTH_PROVEN &&
        (rule->method == HBA_CERT || rule->client_cert == HBA_CERT_FULL))
        *result = auth_certificate(request);
}

static void check_certificate_is_there(const HbaRule *rule)
{
    (void)rule;
    if (!net_tls_has_client_certificate())
        err_raise(SQLSTATE_INVALID_AUTHORIZATION,
                  .message = "connection requires a valid client certificate");
}

/*
 * md5 serves those who have a SCRAM verifier too, by SCRAM. Who has none at all is asked by the
 * method that a new password would have, so that the question tells nothing.
 */
static AuthResult by_password(const AuthRequest *request)
{
    const char *why = NULL;
    const char *verifier = auth_find_password(request, &why);
    PasswordKind kind = verifier != NULL ? password_kind(verifier)
                        : setting.password_encryption == PASSWORD_ENCRYPTION_MD5 ? PASSWORD_MD5
                                                                                 : PASSWORD_SCRAM;

    if (request->rule->method == HBA_MD5 && kind == PASSWORD_MD5)
        return auth_md5(request, verifier, why);
    return auth_scram(request, verifier, why);
}

const char *auth_find_password(const AuthRequest *request, const char **why)
{
    AuthRole role = {.password = NULL};

    if (!request->find_role(request->user, &role)) {
        *why = mem_printf("Role \"%s\" does not exist.", request->user);
        return NULL;
    }
    if (role.password == NULL) {
        *why = mem_printf("User \"%s\" has no password assigned.", request->user);
        return NULL;
    }
    if (role.expires && role.valid_until < clock_now()) {
        *why = mem_printf("User \"%s\" has an expired password.", request->user);
        return NULL;
    }
    return role.password;
}

bool auth_read_answer(const char *what, size_t max, ByteReader *body)
{
    int type;

    net_flush();
    type = net_read_message(body, max);
    if (type == 0)
        return false;
    if (type != MESSAGE_PASSWORD)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("expected %s response, got message type %d", what, type));
    return true;
}

void auth_send_request(uint32_t code, const void *bytes, size_t len)
{
    net_begin(MESSAGE_AUTHENTICATION);
    net_put_u32(code);
    net_put_bytes(bytes, len);
    net_end();
}

static void refuse(const AuthRequest *request, const char *why)
{
    static const char *const words[] = {
        [HBA_TRUST] = "\"trust\"", [HBA_PASSWORD] = "password", [HBA_MD5] = "password",
        [HBA_SCRAM] = "password",  [HBA_PEER] = "Peer",         [HBA_CERT] = "certificate",
    };
    HbaMethod method = request->rule->method;
    bool is_password = method == HBA_PASSWORD || method == HBA_MD5 || method == HBA_SCRAM;
    const char *detail = rule_text(request->rule);

    if (why != NULL)
        detail = mem_printf("%s\n%s", why, detail);
    err_fatal(is_password ? SQLSTATE_INVALID_PASSWORD : SQLSTATE_INVALID_AUTHORIZATION,
              .message = mem_printf("%s authentication failed for user \"%s\"", words[method],
                                    request->user),
              .detail_log = detail);
}

static const char *rule_text(const HbaRule *rule)
{
    return mem_printf("Connection matched pg_hba.conf line %d: \"%s\"", rule->line, rule->text);
}
