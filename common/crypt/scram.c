/* scram.c - SCRAM-SHA-256: keys, proofs and verifiers; scram.h says what they are. */
#include "common/base/base.h"

#include "common/crypt/scram.h"

#include "common/crypt/digest.h"
#include "common/crypt/saslprep.h"
#include "common/crypt/secret.h"
#include "common/mem/mem.h"
#include "common/text/base64.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define PREFIX     "SCRAM-SHA-256$"
#define HMAC_BLOCK 64

/* HMAC-SHA-256 with its key absorbed: copied for each message, which halves the work. */
typedef struct KeyedHmac {
    Digest inner, outer;
} KeyedHmac;

static KeyedHmac hmac_key(const void *key, size_t len);
static void hmac_finish(const KeyedHmac *keyed, Digest *inner, uint8_t out[DIGEST_SIZE_MAX]);
static void hmac(const uint8_t key[SCRAM_KEY_SIZE], const void *bytes, size_t len,
                 uint8_t out[SCRAM_KEY_SIZE]);
static void xor_key(uint8_t *to, const uint8_t *with);
static const char *next_part(const char **rest, char end, size_t *len);
static bool read_key(const char *text, size_t len, uint8_t key[SCRAM_KEY_SIZE]);

/* PBKDF2 with one block of output, which is RFC 5802's Hi(). */
ScramSalted scram_salt_password(const char *password, const uint8_t *salt, size_t salt_len,
                                uint32_t iterations)
{
    static const uint8_t first_block[4] = {0, 0, 0, 1};
    KeyedHmac keyed = hmac_key(password, strlen(password));
    uint8_t u[DIGEST_SIZE_MAX];
    ScramSalted salted;
    Digest d = keyed.inner;

    digest_update(&d, salt, salt_len);
    digest_update(&d, first_block, sizeof first_block);
    hmac_finish(&keyed, &d, u);
    memcpy(salted.key, u, SCRAM_KEY_SIZE);
    for (uint32_t i = 1; i < iterations; i++) {
        d = keyed.inner;
        digest_update(&d, u, SCRAM_KEY_SIZE);
        hmac_finish(&keyed, &d, u);
        xor_key(salted.key, u);
    }
    return salted;
}

ScramKeys scram_keys(const ScramSalted *salted)
{
    uint8_t client[SCRAM_KEY_SIZE];
    uint8_t stored[DIGEST_SIZE_MAX];
    ScramKeys keys;

    hmac(salted->key, "Client Key", 10, client);
    digest_bytes(DIGEST_SHA256, client, sizeof client, stored);
    memcpy(keys.stored, stored, SCRAM_KEY_SIZE);
    hmac(salted->key, "Server Key", 10, keys.server);
    return keys;
}

ScramVerifier scram_verifier_make(const char *password, const uint8_t salt[SCRAM_SALT_SIZE])
{
    ScramVerifier v = {.iterations = SCRAM_ITERATIONS, .salt_len = SCRAM_SALT_SIZE};
    ScramSalted salted =
        scram_salt_password(saslprep_password(password), salt, SCRAM_SALT_SIZE, SCRAM_ITERATIONS);

    memcpy(v.salt, salt, SCRAM_SALT_SIZE);
    v.keys = scram_keys(&salted);
    return v;
}

bool scram_verifier_try_parse(const char *text, ScramVerifier *out)
{
    const char *rest = text + strlen(PREFIX);
    const char *iterations, *salt, *stored, *server;
    size_t iterations_len, salt_len, stored_len, server_len;
    char number[11];

    if (!str_starts_with(text, PREFIX))
        return false;
    iterations = next_part(&rest, ':', &iterations_len);
    salt = next_part(&rest, '$', &salt_len);
    stored = next_part(&rest, ':', &stored_len);
    server = next_part(&rest, '\0', &server_len);
    if (server == NULL || iterations_len >= sizeof number ||
        salt_len > BASE64_TEXT_LEN(SCRAM_SALT_MAX - 2))
        return false;
    memcpy(number, iterations, iterations_len);
    number[iterations_len] = '\0';
    return num_try_parse_u32(number, &out->iterations) && out->iterations > 0 &&
           base64_try_read(salt, salt_len, out->salt, &out->salt_len) &&
           read_key(stored, stored_len, out->keys.stored) &&
           read_key(server, server_len, out->keys.server);
}

char *scram_verifier_text(const ScramVerifier *v)
{
    char *salt = mem_alloc(BASE64_TEXT_LEN(v->salt_len) + 1);
    char stored[BASE64_TEXT_LEN(SCRAM_KEY_SIZE) + 1];
    char server[BASE64_TEXT_LEN(SCRAM_KEY_SIZE) + 1];
    char *text;

    base64_write(v->salt, v->salt_len, salt);
    base64_write(v->keys.stored, SCRAM_KEY_SIZE, stored);
    base64_write(v->keys.server, SCRAM_KEY_SIZE, server);
    text = mem_printf(PREFIX "%u:%s$%s:%s", v->iterations, salt, stored, server);
    mem_free(salt);
    return text;
}

bool scram_verifier_check(const ScramVerifier *v, const char *password)
{
    ScramSalted salted =
        scram_salt_password(saslprep_password(password), v->salt, v->salt_len, v->iterations);
    ScramKeys keys = scram_keys(&salted);

    return secret_equal(keys.server, v->keys.server, SCRAM_KEY_SIZE);
}

ScramVerifier scram_verifier_mock(const char *user, const uint8_t nonce[32])
{
    ScramVerifier v = {.iterations = SCRAM_ITERATIONS, .salt_len = SCRAM_SALT_SIZE};
    uint8_t salt[DIGEST_SIZE_MAX];
    Digest d;

    digest_init(&d, DIGEST_SHA256);
    digest_update(&d, user, strlen(user));
    digest_update(&d, nonce, 32);
    digest_final(&d, salt);
    memcpy(v.salt, salt, SCRAM_SALT_SIZE);
    return v;
}

/* ClientProof = ClientKey XOR HMAC(StoredKey, AuthMessage) */
void scram_client_proof(const ScramSalted *salted, const char *auth_message, size_t len,
                        uint8_t proof[SCRAM_KEY_SIZE])
{
    ScramKeys keys = scram_keys(salted);
    uint8_t signature[SCRAM_KEY_SIZE];

    hmac(keys.stored, auth_message, len, signature);
    hmac(salted->key, "Client Key", 10, proof);
    xor_key(proof, signature);
}

bool scram_check_client_proof(const ScramKeys *keys, const char *auth_message, size_t len,
                              const uint8_t proof[SCRAM_KEY_SIZE])
{
    uint8_t client[SCRAM_KEY_SIZE];
    uint8_t stored[DIGEST_SIZE_MAX];

    hmac(keys->stored, auth_message, len, client);
    xor_key(client, proof);
    digest_bytes(DIGEST_SHA256, client, sizeof client, stored);
    return secret_equal(stored, keys->stored, SCRAM_KEY_SIZE);
}

void scram_server_signature(const ScramKeys *keys, const char *auth_message, size_t len,
                            uint8_t signature[SCRAM_KEY_SIZE])
{
    hmac(keys->server, auth_message, len, signature);
}

static KeyedHmac hmac_key(const void *key, size_t len)
{
    uint8_t block[DIGEST_SIZE_MAX > HMAC_BLOCK ? DIGEST_SIZE_MAX : HMAC_BLOCK] = {0};
    KeyedHmac keyed;

    if (len > HMAC_BLOCK)
        digest_bytes(DIGEST_SHA256, key, len, block);
    else
        memcpy(block, key, len);
    for (size_t i = 0; i < HMAC_BLOCK; i++)
        block[i] ^= 0x36;
    digest_init(&keyed.inner, DIGEST_SHA256);
    digest_update(&keyed.inner, block, HMAC_BLOCK);
    for (size_t i = 0; i < HMAC_BLOCK; i++)
        block[i] ^= 0x36 ^ 0x5C;
    digest_init(&keyed.outer, DIGEST_SHA256);
    digest_update(&keyed.outer, block, HMAC_BLOCK);
    return keyed;
}

static void hmac_finish(const KeyedHmac *keyed, Digest *inner, uint8_t out[DIGEST_SIZE_MAX])
{
    Digest outer = keyed->outer;

    digest_final(inner, out);
    digest_update(&outer, out, SCRAM_KEY_SIZE);
    digest_final(&outer, out);
}

static void hmac(const uint8_t key[SCRAM_KEY_SIZE], const void *bytes, size_t len,
                 uint8_t out[SCRAM_KEY_SIZE])
{
    uint8_t value[DIGEST_SIZE_MAX];

    digest_hmac(DIGEST_SHA256, key, SCRAM_KEY_SIZE, bytes, len, value);
    memcpy(out, value, SCRAM_KEY_SIZE);
}

static void xor_key(uint8_t *to, const uint8_t *with)
{
    for (size_t i = 0; i < SCRAM_KEY_SIZE; i++)
        to[i] ^= with[i];
}

/* The piece up to end; NULL, for this and all later ones, when it does not come. */
static const char *next_part(const char **rest, char end, size_t *len)
{
    const char *start = *rest;
    const char *at = start == NULL ? NULL : strchr(start, end);

    *len = at == NULL ? 0 : (size_t)(at - start);
    *rest = at == NULL ? NULL : at + 1;
    return at == NULL ? NULL : start;
}

static bool read_key(const char *text, size_t len, uint8_t key[SCRAM_KEY_SIZE])
{
    uint8_t bytes[BASE64_BYTES_MAX(BASE64_TEXT_LEN(SCRAM_KEY_SIZE))];
    size_t bytes_len;

    if (len != BASE64_TEXT_LEN(SCRAM_KEY_SIZE) || !base64_try_read(text, len, bytes, &bytes_len) ||
        bytes_len != SCRAM_KEY_SIZE)
        return false;
    memcpy(key, bytes, SCRAM_KEY_SIZE);
    return true;
}
