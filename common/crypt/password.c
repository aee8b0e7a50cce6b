/* password.c - verifiers of passwords; password.h has their forms. */
#include "common/base/base.h"

#include "common/crypt/password.h"

#include "common/crypt/md5.h"
#include "common/crypt/scram.h"
#include "common/crypt/secret.h"
#include "common/mem/mem.h"
#include "common/text/str.h"

STATIC_ASSERT(PASSWORD_MD5_LEN == 3 + MD5_TEXT_LEN);

static void md5_of_pair(const void *a, size_t a_len, const void *b, size_t b_len,
                        char out[PASSWORD_MD5_LEN + 1]);

PasswordKind password_kind(const char *stored)
{
    ScramVerifier v;

    if (str_starts_with(stored, "md5") && strlen(stored) == PASSWORD_MD5_LEN &&
        strspn(stored + 3, "0123456789abcdef") == MD5_TEXT_LEN)
        return PASSWORD_MD5;
    return scram_verifier_try_parse(stored, &v) ? PASSWORD_SCRAM : PASSWORD_PLAIN;
}

void password_md5_make(const char *password, const char *user, char out[PASSWORD_MD5_LEN + 1])
{
    md5_of_pair(password, strlen(password), user, strlen(user), out);
}

void password_md5_answer(const char *verifier, const uint8_t salt[PASSWORD_MD5_SALT],
                         char out[PASSWORD_MD5_LEN + 1])
{
    ASSERT(password_kind(verifier) == PASSWORD_MD5);
    md5_of_pair(verifier + 3, MD5_TEXT_LEN, salt, PASSWORD_MD5_SALT, out);
}

bool password_check(const char *stored, const char *user, const char *password)
{
    char md5[PASSWORD_MD5_LEN + 1];
    ScramVerifier v;

    switch (password_kind(stored)) {
    case PASSWORD_MD5:
        password_md5_make(password, user, md5);
        return secret_equal(md5, stored, PASSWORD_MD5_LEN);
    case PASSWORD_SCRAM:
        return scram_verifier_try_parse(stored, &v) && scram_verifier_check(&v, password);
    case PASSWORD_PLAIN:
        break;
    }
    return false;
}

/* "md5" and the digits of MD5(a || b). */
static void md5_of_pair(const void *a, size_t a_len, const void *b, size_t b_len,
                        char out[PASSWORD_MD5_LEN + 1])
{
    uint8_t *bytes = mem_alloc(size_add(a_len, b_len) + 1);

    memcpy(bytes, a, a_len);
    memcpy(bytes + a_len, b, b_len);
    memcpy(out, "md5", 3);
    md5_text(bytes, a_len + b_len, out + 3);
    secret_wipe(bytes, a_len + b_len);
    mem_free(bytes);
}
