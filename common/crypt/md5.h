/*
 * md5.h - MD5, for what PostgreSQL still does with it: old password verifiers, and SQL's md5()
 *
 * Not among the kinds of digest.h, so that nobody chooses it for a manifest or a repository. The
 * function is libcrypto's, opened on first use; raises 0A000 where it is missing.
 */
#ifndef CRYPT_MD5_H
#define CRYPT_MD5_H

#include "common/base/base.h"

#define MD5_SIZE     16
#define MD5_TEXT_LEN 32

void md5_bytes(const void *bytes, size_t len, uint8_t out[MD5_SIZE]);

/* As lower-case hexadecimal with a NUL. */
void md5_text(const void *bytes, size_t len, char out[MD5_TEXT_LEN + 1]);

#endif
