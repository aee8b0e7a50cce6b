/*
 * startup_fuzz.c - any bytes as what comes before a client is let in
 *
 * The first byte chooses: a start-up packet, the options in one, a verifier, or a SCRAM message to
 * a server in either state.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/proto/scram_exchange.h"
#include "common/proto/startup.h"
#include "tests/fuzz/target.h"

static void parse_packet(const uint8_t *data, size_t size)
{
    StartupPacket packet;

    startup_parse(data, size, false, false, &packet);
    if (strlen(packet.user) > STARTUP_NAME_MAX || strlen(packet.database) > STARTUP_NAME_MAX)
        abort();
    if (packet.kind == STARTUP_CANCEL && size != STARTUP_CANCEL_BODY)
        abort();
}

static void split(const uint8_t *data, size_t size)
{
    Array words;
    size_t len = 0;

    array_init(&words, sizeof(char *));
    startup_split_options(mem_strndup((const char *)data, size), &words);
    array_foreach(char *, word, &words)
        len += strlen(*word);
    if (len > size)
        abort();
}

static void parse_verifier(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size);
    ScramVerifier v, again;

    if (!scram_verifier_try_parse(text, &v))
        return;
    if (!scram_verifier_try_parse(scram_verifier_text(&v), &again) ||
        v.salt_len != again.salt_len || memcmp(&v.keys, &again.keys, sizeof v.keys) != 0)
        abort();
}

static void exchange(const uint8_t *data, size_t size, bool is_final)
{
    static const uint8_t nonce[SCRAM_NONCE_BYTES];
    static const uint8_t secret[32];
    ScramVerifier mock = scram_verifier_mock("bob", secret);
    ScramServer server;
    StrBuf answer;

    strbuf_init(&answer);
    scram_server_init(&server, NULL, &mock, secret, 32, size > 0 && data[0] == 'p');
    if (is_final)
        scram_server_step(&server, "n,,n=,r=a", 9, nonce, &answer);
    if (scram_server_step(&server, (const char *)data, size, nonce, &answer) == SCRAM_PROVEN)
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    switch (data[0] % 5) {
    case 0:
        parse_packet(data + 1, size - 1);
        break;
    case 1:
        split(data + 1, size - 1);
        break;
    case 2:
        parse_verifier(data + 1, size - 1);
        break;
    default:
        exchange(data + 1, size - 1, data[0] % 5 == 3);
    }
}
