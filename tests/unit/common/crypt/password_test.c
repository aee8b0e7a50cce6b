/* password_test.c - verifiers told apart, md5 as a PostgreSQL 15.20 makes it, secrets compared. */
#include "common/base/base.h"

#include "common/crypt/md5.h"
#include "common/crypt/password.h"
#include "common/crypt/secret.h"
#include "tests/unit/unit.h"

#define OF_SERVER "md52aea419619857e8a27f0f7aa641db0c6" /* role md5user, password secret */
#define SCRAM_OF_SERVER                                                        \
 "SCRAM-SHA-256$4096:gbDEgqAG3kMWP8to7P83AA==$JR4OiOSjr+UwPfjQhfPNIyJYz5I5gz+" \
 "eWnyaT0Us8nk=:0gYLdL9BlfNSglNgItSu7QzumuKDHpO1ndXVz+EDnis="

static void md5_has_the_values_of_its_rfc(void)
{
    char text[MD5_TEXT_LEN + 1];

    md5_text("", 0, text);
    CU_ASSERT_STRING_EQUAL(text, "d41d8cd98f00b204e9800998ecf8427e");
    md5_text("abc", 3, text);
    CU_ASSERT_STRING_EQUAL(text, "900150983cd24fb0d6963f7d28e17f72");
}

static void an_md5_verifier_is_made_and_answered(void)
{
    char text[PASSWORD_MD5_LEN + 1];

    password_md5_make("secret", "md5user", text);
    CU_ASSERT_STRING_EQUAL(text, OF_SERVER);
    /* By md5sum of the digits and "salt". */
    password_md5_answer(OF_SERVER, (const uint8_t *)"salt", text);
    CU_ASSERT_STRING_EQUAL(text, "md540c6989f1efe107ee2c71b3807d09a56");
}

static void verifiers_are_told_apart(void)
{
    CU_ASSERT_EQUAL(password_kind(OF_SERVER), PASSWORD_MD5);
    CU_ASSERT_EQUAL(password_kind(SCRAM_OF_SERVER), PASSWORD_SCRAM);
    CU_ASSERT_EQUAL(password_kind("secret"), PASSWORD_PLAIN);
    CU_ASSERT_EQUAL(password_kind(""), PASSWORD_PLAIN);
    CU_ASSERT_EQUAL(password_kind(OF_SERVER "0"), PASSWORD_PLAIN);
    CU_ASSERT_EQUAL(password_kind("md52AEA419619857e8a27f0f7aa641db0c6"), PASSWORD_PLAIN);
}

static void clear_text_fits_its_verifier_alone(void)
{
    CU_ASSERT_TRUE(password_check(OF_SERVER, "md5user", "secret"));
    CU_ASSERT_FALSE(password_check(OF_SERVER, "other", "secret"));
    CU_ASSERT_FALSE(password_check(OF_SERVER, "md5user", "Secret"));
    CU_ASSERT_TRUE(password_check(SCRAM_OF_SERVER, "whoever", "secret"));
    CU_ASSERT_FALSE(password_check(SCRAM_OF_SERVER, "whoever", "secret "));
    CU_ASSERT_FALSE(password_check("secret", "md5user", "secret"));
}

static void secrets_are_compared_and_wiped(void)
{
    char a[] = "same", b[] = "same";

    CU_ASSERT_TRUE(secret_equal(a, b, 4));
    b[3] = 'f';
    CU_ASSERT_FALSE(secret_equal(a, b, 4));
    CU_ASSERT_TRUE(secret_equal(a, b, 3));
    CU_ASSERT_TRUE(secret_equal(a, "", 0));
    secret_wipe(a, 4);
    CU_ASSERT_EQUAL(memcmp(a, "\0\0\0\0", 4), 0);
}

UNIT_SUITE(password)
{
    UNIT_TEST(md5_has_the_values_of_its_rfc);
    UNIT_TEST(an_md5_verifier_is_made_and_answered);
    UNIT_TEST(verifiers_are_told_apart);
    UNIT_TEST(clear_text_fits_its_verifier_alone);
    UNIT_TEST(secrets_are_compared_and_wiped);
}
