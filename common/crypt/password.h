/*
 * password.h - what pg_authid.rolpassword holds: a SCRAM verifier, an md5 verifier, or neither
 *
 * An md5 verifier is "md5" and MD5(password || user) in hexadecimal. On the wire it is hashed once
 * more with a salt of four bytes, see password_md5_answer().
 */
#ifndef CRYPT_PASSWORD_H
#define CRYPT_PASSWORD_H

#include "common/base/base.h"

typedef enum PasswordKind {
    PASSWORD_PLAIN, /* none of the verifiers: a password as it was typed */
    PASSWORD_MD5,
    PASSWORD_SCRAM,
} PasswordKind;

#define PASSWORD_MD5_LEN   35 /* "md5" and the digits */
#define PASSWORD_MD5_SALT  4
#define PASSWORD_NONCE_LEN 32 /* the cluster's mock_authentication_nonce */

/* Of what kind is a stored text? */
PasswordKind password_kind(const char *stored);

/* The md5 verifier of a password, with a NUL. */
void password_md5_make(const char *password, const char *user, char out[PASSWORD_MD5_LEN + 1]);

/* What a client answers to AuthenticationMD5Password, from the verifier. */
void password_md5_answer(const char *verifier, const uint8_t salt[PASSWORD_MD5_SALT],
                         char out[PASSWORD_MD5_LEN + 1]);

/* Is a password in clear text the one that the verifier (not a plain one) was made from? */
bool password_check(const char *stored, const char *user, const char *password);

#endif
