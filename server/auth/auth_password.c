/* auth_password.c - passwords in clear text, by md5 and by SCRAM-SHA-256. */
#include "common/base/base.h"

#include "common/crypt/password.h"
#include "common/crypt/random.h"
#include "common/crypt/scram.h"
#include "common/crypt/secret.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/scram_exchange.h"
#include "common/text/str.h"
#include "server/auth/auth_int.h"
#include "server/net/net.h"

#define PASSWORD_MAX     65535 /* bytes of a message with one */
#define SASL_MESSAGE_MAX 1024
#define NO_RESPONSE      UINT32_MAX

static const char *read_password(void);
static AuthResult no_answer(void);
static const char *choose_mechanism(ByteReader *body, bool has_plus, bool *uses_plus);
static ScramOutcome take_scram_message(ScramServer *server, const ByteReader *body);

AuthResult auth_clear_text(const AuthRequest *request)
{
    const char *why = NULL;
    const char *password, *stored;

    auth_send_request(AUTH_CODE_CLEAR_TEXT, NULL, 0);
    password = read_password();
    if (password == NULL)
        return (AuthResult){.outcome = AUTH_LEFT};
    stored = auth_find_password(request, &why);
    if (stored == NULL) {
        ScramVerifier mock = scram_verifier_mock(request->user, request->mock_nonce);

        /* No password is right, but how long the answer takes does not tell that. */
        (void)scram_verifier_check(&mock, password);
        return (AuthResult){.outcome = AUTH_REFUSED, .why = why};
    }
    if (password_check(stored, request->user, password))
        return (AuthResult){.outcome = AUTH_PROVEN, .identity = request->user};
    return (AuthResult){.outcome = AUTH_REFUSED,
                        .why =
                            mem_printf("Password does not match for user \"%s\".", request->user)};
}

AuthResult auth_md5(const AuthRequest *request, const char *verifier, const char *why)
{
    uint8_t salt[PASSWORD_MD5_SALT];
    char expected[PASSWORD_MD5_LEN + 1];
    const char *answer;

    random_bytes(salt, sizeof salt);
    auth_send_request(AUTH_CODE_MD5, salt, sizeof salt);
    answer = read_password();
    if (answer == NULL)
        return (AuthResult){.outcome = AUTH_LEFT};
    if (verifier == NULL)
        return (AuthResult){.outcome = AUTH_REFUSED, .why = why};
    password_md5_answer(verifier, salt, expected);
    if (strlen(answer) == PASSWORD_MD5_LEN && secret_equal(answer, expected, PASSWORD_MD5_LEN))
        return (AuthResult){.outcome = AUTH_PROVEN, .identity = request->user};
    return (AuthResult){.outcome = AUTH_REFUSED,
                        .why =
                            mem_printf("Password does not match for user \"%s\".", request->user)};
}

/* What the client sent as one, in the current context; NULL: it has left. */
static const char *read_password(void)
{
    ByteReader body;
    const char *password;

    if (!auth_read_answer("password", PASSWORD_MAX, &body))
        return NULL;
    if (memchr(body.pos, '\0', byte_reader_left(&body)) != body.end - 1)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "invalid password packet size");
    password = mem_strdup(byte_reader_cstring(&body));
    if (*password == '\0')
        err_raise(SQLSTATE_INVALID_PASSWORD, .message = "empty password returned by client");
    return password;
}

AuthResult auth_scram(const AuthRequest *request, const char *verifier, const char *why)
{
    static const char plain[] = SCRAM_MECHANISM "\0";
    static const char both[] = SCRAM_MECHANISM_PLUS "\0" SCRAM_MECHANISM "\0";
    ScramVerifier mock = scram_verifier_mock(request->user, request->mock_nonce);
    ScramVerifier parsed;
    bool has_verifier = verifier != NULL && scram_verifier_try_parse(verifier, &parsed);
    uint8_t binding[SCRAM_BINDING_MAX];
    size_t binding_len = net_tls_server_hash(binding, sizeof binding);
    bool uses_plus;
    ScramServer server;
    ScramOutcome outcome;
    const char *first;
    ByteReader body;

    if (verifier != NULL && !has_verifier)
        why = mem_printf("User \"%s\" does not have a valid SCRAM secret.", request->user);
    auth_send_request(AUTH_CODE_SASL, binding_len > 0 ? both : plain,
                      binding_len > 0 ? sizeof both : sizeof plain);
    if (!auth_read_answer("SASL", SASL_MESSAGE_MAX, &body))
        return no_answer();
    first = choose_mechanism(&body, binding_len > 0, &uses_plus);
    scram_server_init(&server, has_verifier ? &parsed : NULL, &mock, binding, binding_len,
                      uses_plus);
    if (first == NULL) {
        /* The client says nothing yet: it is asked with nothing. */
        auth_send_request(AUTH_CODE_SASL_CONTINUE, NULL, 0);
        outcome = SCRAM_CONTINUE;
    } else {
        outcome = take_scram_message(&server, &body);
    }
    while (outcome == SCRAM_CONTINUE) {
        if (!auth_read_answer("SASL", SASL_MESSAGE_MAX, &body))
            return no_answer();
        outcome = take_scram_message(&server, &body);
    }
    if (outcome == SCRAM_PROVEN)
        return (AuthResult){.outcome = AUTH_PROVEN, .identity = request->user};
    return (AuthResult){.outcome = AUTH_REFUSED, .why = why};
}

/* A message that is too long is as good as a wrong proof; else the client has left. */
static AuthResult no_answer(void)
{
    return (AuthResult){.outcome = net_is_mid_message() ? AUTH_REFUSED : AUTH_LEFT};
}

/* Leaves in body what the client said first; NULL when that is nothing. */
static const char *choose_mechanism(ByteReader *body, bool has_plus, bool *uses_plus)
{
    const char *mechanism = net_get_raw_cstring(body);
    const uint8_t *first;
    uint32_t len;

    *uses_plus = has_plus && str_equal(mechanism, SCRAM_MECHANISM_PLUS);
    if (!*uses_plus && !str_equal(mechanism, SCRAM_MECHANISM))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "client selected an invalid SASL authentication mechanism");
    len = net_get_u32(body);
    if (len == NO_RESPONSE) {
        net_end_body(body);
        return NULL;
    }
    first = net_get_bytes(body, len);
    net_end_body(body);
    body->pos = first;
    return (const char *)first;
}

static ScramOutcome take_scram_message(ScramServer *server, const ByteReader *body)
{
    uint8_t nonce[SCRAM_NONCE_BYTES];
    ScramOutcome outcome;
    StrBuf answer;

    random_bytes(nonce, sizeof nonce);
    strbuf_init(&answer);
    outcome =
        scram_server_step(server, (const char *)body->pos, byte_reader_left(body), nonce, &answer);
    if (outcome != SCRAM_REFUSED)
        auth_send_request(outcome == SCRAM_PROVEN ? AUTH_CODE_SASL_FINAL : AUTH_CODE_SASL_CONTINUE,
                          answer.text, answer.len);
    return outcome;
}
