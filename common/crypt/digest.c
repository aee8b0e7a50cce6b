/*
 * digest.c - SHA-2 by libcrypto's plain functions, CRC-32C by ours
 *
 * `walarchive push` runs once for each WAL segment, so what a process pays before its first digest
 * counts as much as speed. CPU time of a process that makes one SHA-256, median of 300, AMD EPYC
 * (Zen 5), OpenSSL 3.0.22:
 *
 *     none at all, libcrypto not linked                 0.49 ms
 *     SHA256_*, linked                                  1.14 ms
 *     SHA256_*, opened on first use                     1.13 ms
 *     EVP, linked, without openssl.cnf                  1.60 ms
 *     EVP, linked, as it comes                          1.98 ms
 *
 * Relocating the library is 0.65 ms whichever way it comes, EVP's fetch of a provider 0.5 ms, the
 * configuration file 0.4 ms. So it is opened on first use, which costs nothing over linking and
 * spares all runs without a digest, and the plain functions are called: deprecated since 3.0, but
 * the same assembler code without providers. SHA-256 runs at 2.1 GB/s, SHA-512 at 1.2 GB/s.
 */
#include "common/base/base.h"

#include "common/crypt/digest.h"

#include <openssl/sha.h>
#include <strings.h>

#include "common/crypt/crc32c.h"
#include "common/os/dynlib.h"
#include "common/text/hex.h"

typedef struct KindRow {
    const char *name;
    const char *init, *update, *final; /* functions of libcrypto; NULL: ours */
    uint8_t size;                      /* bytes of the result */
    uint8_t block_size;                /* bytes that HMAC pads its key to */
} KindRow;

static const KindRow kinds[] = {
    [DIGEST_CRC32C] = {"CRC32C", NULL, NULL, NULL, 4, 0},
    [DIGEST_SHA224] = {"SHA224", "SHA224_Init", "SHA224_Update", "SHA224_Final", 28, 64},
    [DIGEST_SHA256] = {"SHA256", "SHA256_Init", "SHA256_Update", "SHA256_Final", 32, 64},
    [DIGEST_SHA384] = {"SHA384", "SHA384_Init", "SHA384_Update", "SHA384_Final", 48, 128},
    [DIGEST_SHA512] = {"SHA512", "SHA512_Init", "SHA512_Update", "SHA512_Final", 64, 128},
};

#define KIND_COUNT     ARRAY_LEN(kinds)
#define BLOCK_SIZE_MAX 128

/* The library's functions of a kind; its structs differ by kind, so they are untyped here. */
typedef struct ShaFunctions {
    int (*init)(void *state);
    int (*update)(void *state, const void *bytes, size_t len);
    int (*final)(uint8_t *out, void *state);
} ShaFunctions;

/* Each thread loads its own, so that none sees a half-filled table. */
static _Thread_local struct {
    bool is_loaded;
    ShaFunctions functions[KIND_COUNT];
} sha;

STATIC_ASSERT(sizeof(SHA256_CTX) <= sizeof((Digest *)0)->state);
STATIC_ASSERT(sizeof(SHA512_CTX) <= sizeof((Digest *)0)->state);

static const ShaFunctions *functions_of(DigestKind kind);
static void load_functions(void);

size_t digest_size(DigestKind kind)
{
    return kinds[kind].size;
}

const char *digest_name(DigestKind kind)
{
    return kinds[kind].name;
}

bool digest_try_parse(const char *name, DigestKind *out)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcasecmp(name, kinds[i].name) == 0) {
            *out = (DigestKind)i;
            return true;
        }
    return false;
}

void digest_init(Digest *d, DigestKind kind)
{
    d->kind = kind;
    if (kind == DIGEST_CRC32C) {
        d->state[0] = crc32c_init();
        return;
    }
    functions_of(kind)->init(d->state);
}

void digest_update(Digest *d, const void *bytes, size_t len)
{
    if (d->kind == DIGEST_CRC32C)
        d->state[0] = crc32c_update((uint32_t)d->state[0], bytes, len);
    else
        functions_of(d->kind)->update(d->state, bytes, len);
}

void digest_final(Digest *d, uint8_t out[DIGEST_SIZE_MAX])
{
    if (d->kind == DIGEST_CRC32C)
        store_u32(out, crc32c_final((uint32_t)d->state[0]));
    else
        functions_of(d->kind)->final(out, d->state);
}

void digest_final_text(Digest *d, char out[DIGEST_TEXT_MAX])
{
    uint8_t bytes[DIGEST_SIZE_MAX];

    digest_final(d, bytes);
    hex_write(bytes, digest_size(d->kind), out);
}

void digest_bytes(DigestKind kind, const void *bytes, size_t len, uint8_t out[DIGEST_SIZE_MAX])
{
    Digest d;

    digest_init(&d, kind);
    digest_update(&d, bytes, len);
    digest_final(&d, out);
}

static void sink_update(void *arg, const void *bytes, size_t len)
{
    digest_update(arg, bytes, len);
}

ByteSink digest_sink(Digest *d)
{
    return (ByteSink){.write = sink_update, .arg = d};
}

void digest_hmac(DigestKind kind, const void *key, size_t key_len, const void *bytes, size_t len,
                 uint8_t out[DIGEST_SIZE_MAX])
{
    size_t block_size = kinds[kind].block_size;
    uint8_t block[BLOCK_SIZE_MAX] = {0};
    Digest d;

    ASSERT(kind != DIGEST_CRC32C);
    if (key_len > block_size)
        digest_bytes(kind, key, key_len, block);
    else if (key_len > 0)
        memcpy(block, key, key_len);

    for (size_t i = 0; i < block_size; i++)
        block[i] ^= 0x36;
    digest_init(&d, kind);
    digest_update(&d, block, block_size);
    digest_update(&d, bytes, len);
    digest_final(&d, out);

    for (size_t i = 0; i < block_size; i++)
        block[i] ^= 0x36 ^ 0x5C;
    digest_init(&d, kind);
    digest_update(&d, block, block_size);
    digest_update(&d, out, digest_size(kind));
    digest_final(&d, out);
}

/* A digest may go on in another thread than it began in, so each call looks. */
static const ShaFunctions *functions_of(DigestKind kind)
{
    if (UNLIKELY(!sha.is_loaded))
        load_functions();
    return &sha.functions[kind];
}

static void load_functions(void)
{
    DynlibSymbol symbols[3 * KIND_COUNT];
    size_t count = 0;

    for (size_t i = 0; i < KIND_COUNT; i++) {
        ShaFunctions *functions = &sha.functions[i];

        if (kinds[i].init == NULL)
            continue;
        symbols[count++] = (DynlibSymbol){kinds[i].init, (void **)&functions->init};
        symbols[count++] = (DynlibSymbol){kinds[i].update, (void **)&functions->update};
        symbols[count++] = (DynlibSymbol){kinds[i].final, (void **)&functions->final};
    }
    dynlib_load("libcrypto.so.3", "libssl3", symbols, count);
    sha.is_loaded = true;
}
