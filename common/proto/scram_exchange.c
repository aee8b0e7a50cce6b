/* scram_exchange.c - the messages of a SCRAM-SHA-256 login; scram_exchange.h has the states. */
#include "common/base/base.h"

#include "common/proto/scram_exchange.h"

#include "common/crypt/secret.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/base64.h"
#include "common/text/str.h"

#define BINDING_TYPE "tls-server-end-point"

static void take_client_first(ScramServer *s, const char *message, const uint8_t *nonce);
static const char *take_binding_flag(ScramServer *s, const char *at);
static ScramOutcome take_client_final(ScramServer *s, const char *message, StrBuf *answer);
static void check_binding(const ScramServer *s, const char *value);
static void check_nonce(const ScramServer *s, const char *value);
static bool read_proof(const char *value, uint8_t proof[SCRAM_KEY_SIZE]);
static const char *take_attribute(const char **rest, char attribute);
static const char *take_any_attribute(const char **rest, char *attribute);
static const char *char_text(char c);
_Noreturn static void raise_malformed(const char *detail);

void scram_server_init(ScramServer *s, const ScramVerifier *v, const ScramVerifier *mock,
                       const uint8_t *binding, size_t binding_len, bool uses_plus)
{
    ASSERT(binding_len <= SCRAM_BINDING_MAX);
    *s = (ScramServer){.verifier = v != NULL ? *v : *mock,
                       .is_doomed = v == NULL,
                       .uses_plus = uses_plus,
                       .offers_plus = binding_len > 0,
                       .binding_len = binding_len};
    if (binding_len > 0)
        memcpy(s->binding, binding, binding_len);
    strbuf_init(&s->client_first_bare);
    strbuf_init(&s->server_first);
}

ScramOutcome scram_server_step(ScramServer *s, const char *message, size_t len,
                               const uint8_t nonce[SCRAM_NONCE_BYTES], StrBuf *answer)
{
    const char *text;

    if (len == 0)
        raise_malformed("The message is empty.");
    if (memchr(message, '\0', len) != NULL)
        raise_malformed("Message length does not match input length.");
    text = mem_strndup(message, len);
    if (s->state == SCRAM_AWAIT_FIRST) {
        take_client_first(s, text, nonce);
        strbuf_add(answer, s->server_first.text);
        s->state = SCRAM_AWAIT_FINAL;
        return SCRAM_CONTINUE;
    }
    ASSERT(s->state == SCRAM_AWAIT_FINAL);
    s->state = SCRAM_DONE;
    return take_client_final(s, text, answer);
}

/* client-first = flag "," [authzid] "," bare; bare = [m=] "n=" user "," "r=" nonce [extensions] */
static void take_client_first(ScramServer *s, const char *message, const uint8_t *nonce)
{
    const char *rest = take_binding_flag(s, message);
    char own_nonce[BASE64_TEXT_LEN(SCRAM_NONCE_BYTES) + 1];
    char *salt;
    const char *client_nonce;
    char attribute;

    if (*rest == 'a')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "client uses authorization identity, but it is not supported");
    if (*rest != ',')
        raise_malformed(
            err_fmt("Unexpected attribute \"%s\" in client-first-message.", char_text(*rest)));
    rest++;
    strbuf_add(&s->client_first_bare, rest);
    if (*rest == 'm')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "client requires an unsupported SCRAM extension");
    take_attribute(&rest, 'n');
    client_nonce = take_attribute(&rest, 'r');
    for (const char *p = client_nonce; *p != '\0'; p++)
        if (*p < 0x21 || *p > 0x7E)
            err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                      .message = "non-printable characters in SCRAM nonce");
    /* Extensions that nobody asked to understand are passed over. */
    while (*rest != '\0')
        take_any_attribute(&rest, &attribute);

    base64_write(nonce, SCRAM_NONCE_BYTES, own_nonce);
    salt = mem_alloc(BASE64_TEXT_LEN(s->verifier.salt_len) + 1);
    base64_write(s->verifier.salt, s->verifier.salt_len, salt);
    strbuf_add_fmt(&s->server_first, "r=%s%s,s=%s,i=%u", client_nonce, own_nonce, salt,
                   s->verifier.iterations);
    s->nonce_len = strlen(client_nonce) + strlen(own_nonce);
}

/* n: the client cannot bind; y: it could, but thinks we cannot; p=type: it does. */
static const char *take_binding_flag(ScramServer *s, const char *at)
{
    s->binding_flag = *at;
    switch (*at) {
    case 'n':
    case 'y':
        if (s->uses_plus)
            raise_malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does "
                            "not include channel binding data.");
        if (*at == 'y' && s->offers_plus)
            err_raise(SQLSTATE_INVALID_AUTHORIZATION,
                      .message = "SCRAM channel binding negotiation error",
                      .detail = "The client supports SCRAM channel binding but thinks the server "
                                "does not.  However, this server does support channel binding.");
        at++;
        if (*at != ',')
            raise_malformed(err_fmt("Comma expected, but found character \"%s\".", char_text(*at)));
        return at + 1;
    case 'p':
        if (!s->uses_plus)
            raise_malformed("The client selected SCRAM-SHA-256 without channel binding, but the "
                            "SCRAM message includes channel binding data.");
        {
            const char *type = take_attribute(&at, 'p');

            if (!str_equal(type, BINDING_TYPE))
                err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                          .message =
                              err_fmt("unsupported SCRAM channel-binding type \"%s\"", type));
        }
        return at;
    default:
        raise_malformed(err_fmt("Unexpected channel-binding flag \"%s\".", char_text(*at)));
    }
}

/* client-final = "c=" binding "," "r=" nonce [extensions] "," "p=" proof */
static ScramOutcome take_client_final(ScramServer *s, const char *message, StrBuf *answer)
{
    const char *rest = message;
    const char *binding = take_attribute(&rest, 'c');
    const char *value;
    const char *proof_start;
    char attribute;
    uint8_t proof[SCRAM_KEY_SIZE];
    uint8_t signature[SCRAM_KEY_SIZE];
    char signature_text[BASE64_TEXT_LEN(SCRAM_KEY_SIZE) + 1];
    StrBuf auth;

    check_binding(s, binding);
    check_nonce(s, take_attribute(&rest, 'r'));
    do {
        proof_start = rest;
        value = take_any_attribute(&rest, &attribute);
    } while (attribute != 'p');
    if (!read_proof(value, proof))
        raise_malformed("Malformed proof in client-final-message.");
    if (*rest != '\0')
        raise_malformed("Garbage found at the end of client-final-message.");

    strbuf_init(&auth);
    strbuf_add_fmt(&auth, "%s,%s,", s->client_first_bare.text, s->server_first.text);
    strbuf_add_bytes(&auth, message, (size_t)(proof_start - 1 - message));
    if (!scram_check_client_proof(&s->verifier.keys, auth.text, auth.len, proof) || s->is_doomed)
        return SCRAM_REFUSED;
    scram_server_signature(&s->verifier.keys, auth.text, auth.len, signature);
    base64_write(signature, sizeof signature, signature_text);
    strbuf_add_fmt(answer, "v=%s", signature_text);
    return SCRAM_PROVEN;
}

/* The client repeats its flag, with the hash of the certificate that it saw behind p. */
static void check_binding(const ScramServer *s, const char *value)
{
    StrBuf expected;
    char *text;

    strbuf_init(&expected);
    if (s->binding_flag == 'p') {
        strbuf_add(&expected, "p=" BINDING_TYPE ",,");
        strbuf_add_bytes(&expected, s->binding, s->binding_len);
    } else {
        strbuf_add_fmt(&expected, "%c,,", s->binding_flag);
    }
    text = mem_alloc(BASE64_TEXT_LEN(expected.len) + 1);
    base64_write(expected.text, expected.len, text);
    if (str_equal(value, text))
        return;
    if (s->binding_flag == 'p')
        err_raise(SQLSTATE_INVALID_AUTHORIZATION, .message = "SCRAM channel binding check failed");
    err_raise(SQLSTATE_PROTOCOL_VIOLATION,
              .message = "unexpected SCRAM channel-binding attribute in client-final-message");
}

static void check_nonce(const ScramServer *s, const char *value)
{
    if (strlen(value) != s->nonce_len ||
        !secret_equal(value, s->server_first.text + 2, s->nonce_len))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "invalid SCRAM response",
                  .detail = "Nonce does not match.");
}

static bool read_proof(const char *value, uint8_t proof[SCRAM_KEY_SIZE])
{
    uint8_t bytes[BASE64_BYTES_MAX(BASE64_TEXT_LEN(SCRAM_KEY_SIZE))];
    size_t len = strlen(value);
    size_t bytes_len;

    if (len != BASE64_TEXT_LEN(SCRAM_KEY_SIZE) || !base64_try_read(value, len, bytes, &bytes_len) ||
        bytes_len != SCRAM_KEY_SIZE)
        return false;
    memcpy(proof, bytes, SCRAM_KEY_SIZE);
    return true;
}

/* The value of the attribute that must stand next, copied; *rest moves behind its comma. */
static const char *take_attribute(const char **rest, char attribute)
{
    const char *at = *rest;
    size_t len;

    if (*at != attribute)
        raise_malformed(
            err_fmt("Expected attribute \"%c\" but found \"%s\".", attribute, char_text(*at)));
    if (at[1] != '=')
        raise_malformed(err_fmt("Expected character \"=\" for attribute \"%c\".", attribute));
    at += 2;
    len = strcspn(at, ",");
    *rest = at + len + (at[len] == ',');
    return mem_strndup(at, len);
}

/* As above, for whatever attribute stands next. */
static const char *take_any_attribute(const char **rest, char *attribute)
{
    char c = **rest;

    if (c == '\0')
        raise_malformed("Attribute expected, but found end of string.");
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
        raise_malformed(
            err_fmt("Attribute expected, but found invalid character \"%s\".", char_text(c)));
    *attribute = c;
    return take_attribute(rest, c);
}

/* A character for a message: itself when it is printable, else its value. */
static const char *char_text(char c)
{
    return c >= 0x21 && c <= 0x7E ? err_fmt("'%c'", c) : err_fmt("0x%02x", (unsigned char)c);
}

static void raise_malformed(const char *detail)
{
    err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "malformed SCRAM message", .detail = detail);
}
