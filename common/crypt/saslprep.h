/*
 * saslprep.h - SASLprep (RFC 4013): one form for each password, however it was typed
 *
 * PostgreSQL prepares a password before hashing it when it is valid UTF-8 and the profile allows
 * it, and takes its bytes as they are otherwise. ASCII is its own form; anything else needs ICU,
 * which is opened on first use (0A000 where it is missing).
 */
#ifndef CRYPT_SASLPREP_H
#define CRYPT_SASLPREP_H

#include "common/base/base.h"

/* The form to hash, in the current context; password itself when it is that already. */
const char *saslprep_password(const char *password);

#endif
