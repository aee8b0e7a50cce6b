/*
 * digest.h - SHA-2 digests, CRC-32C as one of them, and HMAC
 *
 * A Digest is a plain struct of the caller: it holds no memory and needs no clean-up. CRC-32C
 * stands among the kinds because backup manifests choose it like the others; its result are the
 * value's four bytes in little-endian order, as a manifest prints them.
 *
 * SHA-2 comes from OpenSSL's libcrypto, which is opened when a process needs it first: that raises
 * 0A000 where the library is missing. Nothing else here raises.
 */
#ifndef CRYPT_DIGEST_H
#define CRYPT_DIGEST_H

#include "common/base/base.h"
#include "common/base/bytes.h"

typedef enum DigestKind {
    DIGEST_CRC32C,
    DIGEST_SHA224,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
} DigestKind;

#define DIGEST_SIZE_MAX 64                        /* bytes */
#define DIGEST_TEXT_MAX (2 * DIGEST_SIZE_MAX + 1) /* as hexadecimal, with the NUL */

typedef struct Digest {
    DigestKind kind;
    uint64_t state[27]; /* the library's struct */
} Digest;

/* Bytes of the result: 4, 28, 32, 48, 64. */
size_t digest_size(DigestKind kind);

/* The name as in manifests: "CRC32C", "SHA256". */
const char *digest_name(DigestKind kind);

/* Read a name, in any case; false when it is none of them. */
bool digest_try_parse(const char *name, DigestKind *out);

void digest_init(Digest *d, DigestKind kind);
void digest_update(Digest *d, const void *bytes, size_t len);

/* Write the result, digest_size() bytes, to out. The digest must be initialised anew after it. */
void digest_final(Digest *d, uint8_t out[DIGEST_SIZE_MAX]);

/* As digest_final, as lower-case hexadecimal with a NUL. */
void digest_final_text(Digest *d, char out[DIGEST_TEXT_MAX]);

/* The digest of one piece. */
void digest_bytes(DigestKind kind, const void *bytes, size_t len, uint8_t out[DIGEST_SIZE_MAX]);

/* A sink that updates d, which must outlive it. */
ByteSink digest_sink(Digest *d);

/* HMAC (RFC 2104) over one piece with a SHA-2 kind; digest_size() bytes to out. */
void digest_hmac(DigestKind kind, const void *key, size_t key_len, const void *bytes, size_t len,
                 uint8_t out[DIGEST_SIZE_MAX]);

#endif
