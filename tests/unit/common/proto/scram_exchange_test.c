/* scram_exchange_test.c - logins that go well, and each message that should not be taken. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/scram_exchange.h"
#include "common/text/base64.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

static const uint8_t salt[SCRAM_SALT_SIZE] = "0123456789abcde";
static const uint8_t nonce[SCRAM_NONCE_BYTES] = "nonce of a server";
static const uint8_t certificate[32] = "hash of a certificate";
static const uint8_t secret[32] = "secret of the cluster";

/* A client that says what it is told to. */
typedef struct Login {
    ScramServer server;
    const char *password;
    const char *gs2;  /* "n,,", "p=tls-server-end-point,," */
    const char *tail; /* between nonce and proof */
    StrBuf server_first;
    StrBuf server_final;
} Login;

static void begin(Login *l, const char *password, size_t binding_len, bool uses_plus)
{
    ScramVerifier v = scram_verifier_make("pencil", salt);

    *l = (Login){.password = password, .gs2 = "n,,", .tail = ""};
    strbuf_init(&l->server_first);
    strbuf_init(&l->server_final);
    scram_server_init(&l->server, &v, NULL, certificate, binding_len, uses_plus);
}

static ScramOutcome step(Login *l, const char *message, StrBuf *answer)
{
    return scram_server_step(&l->server, message, strlen(message), nonce, answer);
}

/* The last message of the client, with a right proof of its password. */
static char *client_final(Login *l, const char *binding, size_t binding_len)
{
    size_t nonce_len = strcspn(l->server_first.text, ",");
    char *start, *text;
    char *binding_text = mem_alloc(BASE64_TEXT_LEN(binding_len) + 1);
    char proof_text[BASE64_TEXT_LEN(SCRAM_KEY_SIZE) + 1];
    uint8_t proof[SCRAM_KEY_SIZE];
    ScramSalted salted = scram_salt_password(l->password, l->server.verifier.salt, SCRAM_SALT_SIZE,
                                             SCRAM_ITERATIONS);

    base64_write(binding, binding_len, binding_text);
    start = mem_printf("c=%s,%.*s%s", binding_text, (int)nonce_len, l->server_first.text, l->tail);
    text = mem_printf("%s,%s,%s", l->server.client_first_bare.text, l->server_first.text, start);
    scram_client_proof(&salted, text, strlen(text), proof);
    base64_write(proof, sizeof proof, proof_text);
    return mem_printf("%s,p=%s", start, proof_text);
}

static ScramOutcome run(Login *l)
{
    CU_ASSERT_EQUAL_FATAL(step(l, mem_printf("%sn=,r=abcdef", l->gs2), &l->server_first),
                          SCRAM_CONTINUE);
    CU_ASSERT_TRUE(str_starts_with(l->server_first.text, "r=abcdef"));
    CU_ASSERT_TRUE(str_ends_with(l->server_first.text, ",s=MDEyMzQ1Njc4OWFiY2RlAA==,i=4096"));
    CU_ASSERT_EQUAL(strcspn(l->server_first.text, ","), 2 + 6 + 24);
    return step(l, client_final(l, l->gs2, strlen(l->gs2)), &l->server_final);
}

static void the_right_password_is_proven_both_ways(void)
{
    Login l;

    begin(&l, "pencil", 0, false);
    CU_ASSERT_EQUAL(run(&l), SCRAM_PROVEN);
    CU_ASSERT_EQUAL(l.server_final.len, 2 + 44);
    CU_ASSERT_TRUE(str_starts_with(l.server_final.text, "v="));
    CU_ASSERT_EQUAL(l.server.state, SCRAM_DONE);
}

static void a_wrong_password_gets_no_answer(void)
{
    Login l;

    begin(&l, "pen", 0, false);
    CU_ASSERT_EQUAL(run(&l), SCRAM_REFUSED);
    CU_ASSERT_EQUAL(l.server_final.len, 0);
}

static void a_mock_refuses_every_proof(void)
{
    ScramVerifier mock = scram_verifier_mock("bob", secret);
    Login l;

    begin(&l, "pencil", 0, false);
    scram_server_init(&l.server, NULL, &mock, NULL, 0, false);
    CU_ASSERT_EQUAL(step(&l, "n,,n=,r=abcdef", &l.server_first), SCRAM_CONTINUE);
    CU_ASSERT_EQUAL(step(&l, client_final(&l, "n,,", 3), &l.server_final), SCRAM_REFUSED);

    /* Even if somebody found a proof that fits it. */
    mock = scram_verifier_make("pencil", salt);
    scram_server_init(&l.server, NULL, &mock, NULL, 0, false);
    strbuf_clear(&l.server_first);
    CU_ASSERT_EQUAL(step(&l, "n,,n=,r=abcdef", &l.server_first), SCRAM_CONTINUE);
    CU_ASSERT_EQUAL(step(&l, client_final(&l, "n,,", 3), &l.server_final), SCRAM_REFUSED);
}

static void a_client_that_cannot_bind_says_y_without_tls(void)
{
    Login l;

    begin(&l, "pencil", 0, false);
    l.gs2 = "y,,";
    CU_ASSERT_EQUAL(run(&l), SCRAM_PROVEN);
}

static void extensions_before_the_proof_count(void)
{
    Login l;

    begin(&l, "pencil", 0, false);
    l.tail = ",x=1,y=2";
    CU_ASSERT_EQUAL(run(&l), SCRAM_PROVEN);
}

static void a_channel_is_bound_by_the_certificate(void)
{
    static const char flag[] = "p=tls-server-end-point,,";
    char binding[sizeof flag - 1 + 32];
    Login l;

    memcpy(binding, flag, sizeof flag - 1);
    memcpy(binding + sizeof flag - 1, certificate, 32);
    begin(&l, "pencil", 32, true);
    CU_ASSERT_EQUAL(step(&l, "p=tls-server-end-point,,n=,r=abcdef", &l.server_first),
                    SCRAM_CONTINUE);
    CU_ASSERT_EQUAL(step(&l, client_final(&l, binding, sizeof binding), &l.server_final),
                    SCRAM_PROVEN);

    begin(&l, "pencil", 32, true);
    binding[40] ^= 1;
    CU_ASSERT_EQUAL(step(&l, "p=tls-server-end-point,,n=,r=abcdef", &l.server_first),
                    SCRAM_CONTINUE);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INVALID_AUTHORIZATION, "SCRAM channel binding check failed",
        step(&l, client_final(&l, binding, sizeof binding), &l.server_final));
}

static const struct {
    const char *message;
    bool has_tls, uses_plus;
    SqlState state;
    const char *text, *detail;
} firsts[] = {
    {"", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "The message is empty."},
    {"x,,n=,r=a", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Unexpected channel-binding flag \"'x'\"."},
    {"\x01,,n=,r=a", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Unexpected channel-binding flag \"0x01\"."},
    {"nn,n=,r=a", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Comma expected, but found character \"'n'\"."},
    {"n,a=x,n=,r=a", false, false, SQLSTATE_FEATURE_NOT_SUPPORTED,
     "client uses authorization identity, but it is not supported", NULL},
    {"n,b,n=,r=a", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Unexpected attribute \"'b'\" in client-first-message."},
    {"n,,m=x,n=,r=a", false, false, SQLSTATE_FEATURE_NOT_SUPPORTED,
     "client requires an unsupported SCRAM extension", NULL},
    {"n,,r=a", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Expected attribute \"n\" but found \"'r'\"."},
    {"n,,n,r=a", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Expected character \"=\" for attribute \"n\"."},
    {"n,,n=,r=a\x7f", false, false, SQLSTATE_PROTOCOL_VIOLATION,
     "non-printable characters in SCRAM nonce", NULL},
    {"n,,n=,r=a,1", false, false, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "Attribute expected, but found invalid character \"'1'\"."},
    {"n,,n=,r=a", true, true, SQLSTATE_PROTOCOL_VIOLATION, "malformed SCRAM message",
     "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel "
     "binding data."},
    {"y,,n=,r=a", true, false, SQLSTATE_INVALID_AUTHORIZATION,
     "SCRAM channel binding negotiation error",
     "The client supports SCRAM channel binding but thinks the server does not.  However, this "
     "server does support channel binding."},
    {"p=tls-server-end-point,,n=,r=a", true, false, SQLSTATE_PROTOCOL_VIOLATION,
     "malformed SCRAM message",
     "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes "
     "channel binding data."},
    {"p=tls-unique,,n=,r=a", true, true, SQLSTATE_PROTOCOL_VIOLATION,
     "unsupported SCRAM channel-binding type \"tls-unique\"", NULL},
};

static void check_first(size_t i)
{
    Login l;

    begin(&l, "pencil", firsts[i].has_tls ? 32 : 0, firsts[i].uses_plus);
    ERR_TRY() {
        step(&l, firsts[i].message, &l.server_first);
        CU_FAIL("taken");
    }
    ERR_CATCH() {
        const ErrReport *r = err_caught();

        CU_ASSERT_EQUAL(r->sqlstate, firsts[i].state);
        CU_ASSERT_STRING_EQUAL(r->message, firsts[i].text);
        CU_ASSERT_STRING_EQUAL(r->detail == NULL ? "" : r->detail,
                               firsts[i].detail == NULL ? "" : firsts[i].detail);
    }
    ERR_END();
}

static void first_messages_that_are_wrong_are_refused(void)
{
    for (size_t i = 0; i < ARRAY_LEN(firsts); i++)
        check_first(i);
}

static const struct {
    const char *tail; /* behind the nonce */
    const char *text, *detail;
} finals[] = {
    {"", "malformed SCRAM message", "Attribute expected, but found end of string."},
    {",p=abc", "malformed SCRAM message", "Malformed proof in client-final-message."},
    {",p="
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
     ",x=1",
     "malformed SCRAM message", "Garbage found at the end of client-final-message."},
    {"x,p=", "invalid SCRAM response", "Nonce does not match."},
};

static void check_final(size_t i)
{
    Login l;

    begin(&l, "pencil", 0, false);
    step(&l, "n,,n=,r=a", &l.server_first);
    ERR_TRY() {
        step(&l,
             mem_printf("c=biws,%.*s%s", (int)strcspn(l.server_first.text, ","),
                        l.server_first.text, finals[i].tail),
             &l.server_final);
        CU_FAIL("taken");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_PROTOCOL_VIOLATION);
        CU_ASSERT_STRING_EQUAL(err_caught()->message, finals[i].text);
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, finals[i].detail);
    }
    ERR_END();
}

static void last_messages_that_are_wrong_are_refused(void)
{
    Login l;

    for (size_t i = 0; i < ARRAY_LEN(finals); i++)
        check_final(i);
    begin(&l, "pencil", 0, false);
    step(&l, "n,,n=,r=a", &l.server_first);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected SCRAM channel-binding attribute in client-final-message",
                               step(&l, client_final(&l, "y,,", 3), &l.server_final));
    begin(&l, "pencil", 0, false);
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION,
                       scram_server_step(&l.server, "n,\0,", 4, nonce, &l.server_first));
}

UNIT_SUITE(scram_exchange)
{
    UNIT_TEST(the_right_password_is_proven_both_ways);
    UNIT_TEST(a_wrong_password_gets_no_answer);
    UNIT_TEST(a_mock_refuses_every_proof);
    UNIT_TEST(a_client_that_cannot_bind_says_y_without_tls);
    UNIT_TEST(extensions_before_the_proof_count);
    UNIT_TEST(a_channel_is_bound_by_the_certificate);
    UNIT_TEST(first_messages_that_are_wrong_are_refused);
    UNIT_TEST(last_messages_that_are_wrong_are_refused);
}
