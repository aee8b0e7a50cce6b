/*
 * scram.h - SCRAM-SHA-256: the computations of both sides, and the verifier that a role has
 *
 * From the password and a salt comes SaltedPassword; from that ClientKey and ServerKey. A server
 * keeps StoredKey = H(ClientKey) and ServerKey, which prove a client and are proven to it without
 * the password. The text in pg_authid is
 *
 *     SCRAM-SHA-256$4096:BASE64SALT$BASE64STOREDKEY:BASE64SERVERKEY
 *
 * Messages are in common/proto/scram_exchange.h.
 *
 * Source: RFC 5802, RFC 7677; PostgreSQL 15 manual, "SASL Authentication".
 */
#ifndef CRYPT_SCRAM_H
#define CRYPT_SCRAM_H

#include "common/base/base.h"

#define SCRAM_KEY_SIZE   32
#define SCRAM_SALT_SIZE  16   /* of verifiers that we make */
#define SCRAM_ITERATIONS 4096 /* likewise */
#define SCRAM_SALT_MAX   1024 /* of those that we read */

typedef struct ScramKeys {
    uint8_t stored[SCRAM_KEY_SIZE];
    uint8_t server[SCRAM_KEY_SIZE];
} ScramKeys;

typedef struct ScramVerifier {
    uint32_t iterations;
    size_t salt_len;
    uint8_t salt[SCRAM_SALT_MAX];
    ScramKeys keys;
} ScramVerifier;

/* What a client computes from the password (as saslprep_password() gives it), slowly. */
typedef struct ScramSalted {
    uint8_t key[SCRAM_KEY_SIZE];
} ScramSalted;

ScramSalted scram_salt_password(const char *password, const uint8_t *salt, size_t salt_len,
                                uint32_t iterations);
ScramKeys scram_keys(const ScramSalted *salted);

/* A verifier for password, which is prepared here; salt is SCRAM_SALT_SIZE random bytes. */
ScramVerifier scram_verifier_make(const char *password, const uint8_t salt[SCRAM_SALT_SIZE]);

/* False when text is no such verifier (*out may then be half filled). */
bool scram_verifier_try_parse(const char *text, ScramVerifier *out);

/* Its text, in the current context. */
char *scram_verifier_text(const ScramVerifier *v);

/* Is password the one that v was made from? */
bool scram_verifier_check(const ScramVerifier *v, const char *password);

/*
 * The verifier that a user who has none is asked to prove himself against: it fits no password and
 * has the same salt each time. nonce is the cluster's secret (mock_authentication_nonce of
 * pg_control, 32 bytes).
 */
ScramVerifier scram_verifier_mock(const char *user, const uint8_t nonce[32]);

/* ---- Proofs over AuthMessage, the three messages that both sides have seen ---- */

void scram_client_proof(const ScramSalted *salted, const char *auth_message, size_t len,
                        uint8_t proof[SCRAM_KEY_SIZE]);
bool scram_check_client_proof(const ScramKeys *keys, const char *auth_message, size_t len,
                              const uint8_t proof[SCRAM_KEY_SIZE]);
void scram_server_signature(const ScramKeys *keys, const char *auth_message, size_t len,
                            uint8_t signature[SCRAM_KEY_SIZE]);

#endif
