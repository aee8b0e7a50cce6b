/*
 * random.h - random bytes from the kernel, fit for keys and nonces
 *
 * Raises SQLSTATE_SYSTEM_ERROR when the kernel gives none; there is no second source.
 */
#ifndef CRYPT_RANDOM_H
#define CRYPT_RANDOM_H

#include "common/base/base.h"

void random_bytes(void *out, size_t len);
uint64_t random_u64(void);

#endif
