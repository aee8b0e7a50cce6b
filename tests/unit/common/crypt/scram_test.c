/* scram_test.c - RFC 7677's vectors, and verifiers that a PostgreSQL 15.20 made. */
#include "common/base/base.h"

#include "common/crypt/scram.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/base64.h"
#include "tests/unit/unit.h"

/* RFC 7677, section 3. */
#define RFC_AUTH                                                                           \
 "n=user,r=rOprNGfwEbeRWgbNEkqO,"                                                          \
 "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096," \
 "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define RFC_PROOF     "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define RFC_SIGNATURE "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static ScramSalted rfc_salted(void)
{
    uint8_t salt[18];
    size_t len;

    CU_ASSERT_TRUE(base64_try_read("W22ZaJ0SNY7soEsUEjb6gQ==", 24, salt, &len));
    return scram_salt_password("pencil", salt, len, 4096);
}

static void the_proofs_of_the_rfc_are_made_and_checked(void)
{
    ScramSalted salted = rfc_salted();
    ScramKeys keys = scram_keys(&salted);
    uint8_t value[SCRAM_KEY_SIZE];
    char text[BASE64_TEXT_LEN(SCRAM_KEY_SIZE) + 1];

    scram_client_proof(&salted, RFC_AUTH, strlen(RFC_AUTH), value);
    base64_write(value, sizeof value, text);
    CU_ASSERT_STRING_EQUAL(text, RFC_PROOF);
    CU_ASSERT_TRUE(scram_check_client_proof(&keys, RFC_AUTH, strlen(RFC_AUTH), value));
    CU_ASSERT_FALSE(scram_check_client_proof(&keys, RFC_AUTH, strlen(RFC_AUTH) - 1, value));
    value[31] ^= 1;
    CU_ASSERT_FALSE(scram_check_client_proof(&keys, RFC_AUTH, strlen(RFC_AUTH), value));
    scram_server_signature(&keys, RFC_AUTH, strlen(RFC_AUTH), value);
    base64_write(value, sizeof value, text);
    CU_ASSERT_STRING_EQUAL(text, RFC_SIGNATURE);
}

/* From pg_authid; the last three are passwords that SASLprep refuses: their bytes were hashed. */
static const struct {
    const char *password, *verifier;
} made[] = {
    {"secret", "SCRAM-SHA-256$4096:gbDEgqAG3kMWP8to7P83AA==$JR4OiOSjr+UwPfjQhfPNIyJYz5I5gz+"
               "eWnyaT0Us8nk=:0gYLdL9BlfNSglNgItSu7QzumuKDHpO1ndXVz+EDnis="},
    {"p\xc3\xa4ss w\xc3\xb6rd",
     "SCRAM-SHA-256$4096:09q6OmRaXrid4d0fzmvI1Q==$m6jlaYs2iop3iIuiwFWiw7ocZsi+ENd5t4/"
     "4y17sDpk=:BUm2dFpWpH3ep/ZLvXQzKjFHX/brDwUJwvVUBux7k9A="},
    /* A soft hyphen goes. */
    {"I\xc2\xadX", "SCRAM-SHA-256$4096:HGABvRi4C4VQXPGEgaM/IA==$xx8YQTqzayOvEF3FAh+cx+Ac7Av7/"
                   "xxmgVDx2PoZ6ck=:GN8oIoTh3AQ0wJ4WnR3f4PYD8ZrZ2znc0K2PrdX+zOU="},
    /* A no-break space is a space, the sign for nine becomes IX. */
    {"a\xc2\xa0"
     "b\xe2\x85\xa8",
     "SCRAM-SHA-256$4096:oPzcFuSHvcOQjqz+erebeg==$G6sTrGgEVzq4AFF7msR/YA7ZlSe+ntwN+"
     "sThy0T2cxo=:Sv/kTuMjHO5bD1G1iMC9AvF9r5w8BOtchebr7Y5FubQ="},
    /* Arabic letters at both ends are fine, at one alone they are not. */
    {"\xd8\xa7"
     "1\xd8\xa8",
     "SCRAM-SHA-256$4096:AB4pyph9w/8GB3TPDhXyoQ==$twpKW8t1rPNCXSO5Pmdw2d9BTIpGu2E5fADlmrAjmUk=:"
     "XzTQQBKTKtIfWgiGdzY2h91Yc1+pO6B4hceNwpnUJo0="},
    {"a\xe2\x84\xa4\xef\xac\x81\xc2\xbc",
     "SCRAM-SHA-256$4096:HadZKPUAqmBKswyPaKjmtA==$i7Jnti841f0KeQbSw8L0ez4p8c7/"
     "vlT3HRC1UwzImcs=:1ss4GHZ71psK6fSZu4tzvC9bls4GcwOA+YUI6NB/yhY="},
    /* Refused: a control character, one that Unicode 3.2 had not, nothing but a soft hyphen. */
    {"a\xc2\x80\xc2\xaa",
     "SCRAM-SHA-256$4096:L7v+KHSUceyYaXQHQbuIEQ==$iELy4SyWEeilGDoLaAW2I9+sWuhNRkEzm1q4UdDAZbY=:"
     "22th6ReEu2MpcAoMeX07tNNQiIdFmglpvQEC5HY8E+s="},
    {"\xc8\xa1xy", "SCRAM-SHA-256$4096:fYIyTLn9WnRVbF8rTqg0yg==$MCdJUNJxKS19HYl68X4MlQwyDXi1KMDeM"
                   "aOgxdxc+Hg=:mDzY89bvzPXfkHtO6qlmwcFbjVZBDFVDY2OFeZLxAZs="},
    {"\xd8\xa7"
     "1",
     "SCRAM-SHA-256$4096:X7NF9WY0RfJc0ion4IR1Fg==$xOcATZiGjV7nkz5Q"
     "tgsl2ISpgqr/6+/oXM9vaPpWXJw=:AO2VUPPSDvH6S7u/uNlAQgJdxWYT/Md4Tku+eptal7Y="},
    {"\xc2\xad", "SCRAM-SHA-256$4096:Q+WWIaaJzCdMpKM51xNZuA==$gpWjVPeFSmWRo5HdwkVCSK8KUyValUNp1/"
                 "dzv42Dk84=:YcMecCsZiOy0CwB932Q3Mqh13VLe4Z2UXoMlxiCp7wo="},
};

static void verifiers_of_a_server_fit_their_passwords(void)
{
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        ScramVerifier v, again;

        CU_ASSERT_TRUE_FATAL(scram_verifier_try_parse(made[i].verifier, &v));
        if (!scram_verifier_check(&v, made[i].password))
            err_raise(SQLSTATE_CHECK_FAILED, .message = err_fmt("password %zu does not fit", i));
        CU_ASSERT_FALSE(scram_verifier_check(&v, "other"));
        CU_ASSERT_STRING_EQUAL(scram_verifier_text(&v), made[i].verifier);

        again = scram_verifier_make(made[i].password, v.salt);
        CU_ASSERT_STRING_EQUAL(scram_verifier_text(&again), made[i].verifier);
    }
}

static void what_is_no_verifier_is_refused(void)
{
    const char *whole = made[0].verifier;
    char *text;
    ScramVerifier v;

    for (size_t len = 0; len < strlen(whole); len++)
        CU_ASSERT_FALSE(scram_verifier_try_parse(mem_strndup(whole, len), &v));
    for (size_t i = 0; i < strlen(whole); i++) {
        text = mem_strdup(whole);
        text[i] = '!';
        CU_ASSERT_FALSE(scram_verifier_try_parse(text, &v));
    }
    CU_ASSERT_FALSE(scram_verifier_try_parse(mem_printf("%sx", whole), &v));
    text = mem_strdup(whole);
    memcpy(strchr(text, '4'), "0000", 4);
    CU_ASSERT_FALSE(scram_verifier_try_parse(text, &v));
}

static void a_mock_has_one_salt_for_a_user(void)
{
    static const uint8_t nonce[32] = {1, 2, 3};
    static const uint8_t other_nonce[32] = {3, 2, 1};
    ScramVerifier a = scram_verifier_mock("bob", nonce);
    ScramVerifier b = scram_verifier_mock("bob", nonce);
    ScramVerifier c = scram_verifier_mock("eve", nonce);
    ScramVerifier d = scram_verifier_mock("bob", other_nonce);

    CU_ASSERT_EQUAL(a.iterations, 4096);
    CU_ASSERT_EQUAL(a.salt_len, SCRAM_SALT_SIZE);
    CU_ASSERT_EQUAL(memcmp(a.salt, b.salt, SCRAM_SALT_SIZE), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(a.salt, c.salt, SCRAM_SALT_SIZE), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(a.salt, d.salt, SCRAM_SALT_SIZE), 0);
}

UNIT_SUITE(scram)
{
    UNIT_TEST(the_proofs_of_the_rfc_are_made_and_checked);
    UNIT_TEST(verifiers_of_a_server_fit_their_passwords);
    UNIT_TEST(what_is_no_verifier_is_refused);
    UNIT_TEST(a_mock_has_one_salt_for_a_user);
}
