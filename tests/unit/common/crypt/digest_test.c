/* digest_test.c - known answers of FIPS 180-4, RFC 6234 and RFC 4231, and digests in pieces. */
#include "common/base/base.h"

#include <pthread.h>
#include <string.h>

#include "common/crypt/digest.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define KIND_COUNT 5

static const char *text_of(DigestKind kind, const void *bytes, size_t len)
{
    char *text = mem_alloc(DIGEST_TEXT_MAX);
    Digest d;

    digest_init(&d, kind);
    digest_update(&d, bytes, len);
    digest_final_text(&d, text);
    return text;
}

static void known_answers_come_out(void)
{
    static const char long_text[] =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlm"
        "nopqrsmnopqrstnopqrstu";
    static const struct {
        DigestKind kind;
        const char *text;
        const char *expected;
    } rows[] = {
        {DIGEST_CRC32C, "15\n", "8a744722"},
        {DIGEST_CRC32C, "123456789", "839206e3"},
        {DIGEST_SHA224, "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {DIGEST_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {DIGEST_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {DIGEST_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {DIGEST_SHA384, "abc",
         "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca1"
         "34c825a7"},
        {DIGEST_SHA384, long_text,
         "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa"
         "91746039"},
        {DIGEST_SHA512, "abc",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
         "a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
        {DIGEST_SHA512, long_text,
         "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99de"
         "c4b5433ac7d329eeb6dd26545e96e55b874be909"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_STRING_EQUAL(text_of(rows[i].kind, rows[i].text, strlen(rows[i].text)),
                               rows[i].expected);
}

static void a_million_bytes_give_the_known_answer(void)
{
    char *text = mem_alloc(1000000);

    memset(text, 'a', 1000000);
    CU_ASSERT_STRING_EQUAL(text_of(DIGEST_SHA256, text, 1000000),
                           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    CU_ASSERT_STRING_EQUAL(text_of(DIGEST_SHA224, text, 1000000),
                           "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67");
}

static void pieces_give_what_the_whole_gives(void)
{
    Seed seed = seed_new("digest pieces");
    uint8_t *bytes = mem_alloc(5000);

    seed_fill(&seed, bytes, 5000);
    for (int k = 0; k < KIND_COUNT; k++)
        for (int i = 0; i < 20; i++) {
            size_t len = seed_below(&seed, 5000);
            uint8_t whole[DIGEST_SIZE_MAX], pieces[DIGEST_SIZE_MAX];
            Digest d, copy;
            ByteSink sink = digest_sink(&d);

            digest_bytes((DigestKind)k, bytes, len, whole);
            digest_init(&d, (DigestKind)k);
            for (size_t at = 0, piece; at < len; at += piece) {
                piece = size_min(1 + seed_below(&seed, 300), len - at);
                byte_sink_write(&sink, bytes + at, piece);
            }

            /* A copy goes its own way. */
            copy = d;
            digest_update(&copy, "x", 1);
            digest_final(&copy, pieces);
            CU_ASSERT_NOT_EQUAL(memcmp(whole, pieces, digest_size((DigestKind)k)), 0);
            digest_final(&d, pieces);
            CU_ASSERT_EQUAL(memcmp(whole, pieces, digest_size((DigestKind)k)), 0);
        }
}

/* RFC 4231: test cases 1, 2, 3, 6 and 7. */
static void hmac_gives_the_known_answers(void)
{
    static const char large_key[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const char large_both[] =
        "This is a test using a larger than block-size key and a larger than block-size data. The "
        "key needs to be hashed before being used by the HMAC algorithm.";
    uint8_t aa[131], bb[20], dd[50], out[DIGEST_SIZE_MAX];
    char text[DIGEST_TEXT_MAX];

    memset(aa, 0xAA, sizeof aa);
    memset(bb, 0x0B, sizeof bb);
    memset(dd, 0xDD, sizeof dd);
#define CHECK(kind, key, key_len, bytes, len, expected) \
 do {                                                   \
  digest_hmac(kind, key, key_len, bytes, len, out);     \
  hex_write(out, digest_size(kind), text);              \
  CU_ASSERT_STRING_EQUAL(text, expected);               \
 } while (0)
    CHECK(DIGEST_SHA224, bb, 20, "Hi There", 8,
          "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22");
    CHECK(DIGEST_SHA256, bb, 20, "Hi There", 8,
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(DIGEST_SHA384, bb, 20, "Hi There", 8,
          "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8"
          "b2fa9cb6");
    CHECK(DIGEST_SHA512, bb, 20, "Hi There", 8,
          "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274e"
          "aea3f4e4be9d914eeb61f1702e696c203a126854");
    CHECK(DIGEST_SHA256, "Jefe", 4, "what do ya want for nothing?", 28,
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(DIGEST_SHA256, aa, 20, dd, 50,
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(DIGEST_SHA256, aa, 131, large_key, strlen(large_key),
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(DIGEST_SHA512, aa, 131, large_key, strlen(large_key),
          "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd221"
          "5d6a1e5295e64f73f63f0aec8b915a985d786598");
    CHECK(DIGEST_SHA256, aa, 131, large_both, strlen(large_both),
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
#undef CHECK
    digest_hmac(DIGEST_SHA256, NULL, 0, "", 0, out);
    hex_write(out, 32, text);
    CU_ASSERT_STRING_EQUAL(text,
                           "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void names_are_read_in_any_case(void)
{
    DigestKind kind = DIGEST_CRC32C;

    for (int k = 0; k < KIND_COUNT; k++) {
        CU_ASSERT_TRUE(digest_try_parse(digest_name((DigestKind)k), &kind));
        CU_ASSERT_EQUAL((int)kind, k);
    }
    CU_ASSERT_TRUE(digest_try_parse("sha256", &kind));
    CU_ASSERT_EQUAL(kind, DIGEST_SHA256);
    CU_ASSERT_FALSE(digest_try_parse("md5", &kind));
    CU_ASSERT_FALSE(digest_try_parse("none", &kind));
    CU_ASSERT_FALSE(digest_try_parse("", &kind));
    CU_ASSERT_EQUAL(kind, DIGEST_SHA256);
}

static void *update_in_thread(void *arg)
{
    digest_update(arg, "b", 1);
    return NULL;
}

static void a_digest_may_go_on_in_another_thread(void)
{
    char text[DIGEST_TEXT_MAX];
    pthread_t thread;
    Digest d;

    digest_init(&d, DIGEST_SHA256);
    digest_update(&d, "a", 1);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, update_in_thread, &d), 0);
    pthread_join(thread, NULL);
    digest_update(&d, "c", 1);
    digest_final_text(&d, text);
    CU_ASSERT_STRING_EQUAL(text, text_of(DIGEST_SHA256, "abc", 3));
}

UNIT_SUITE(digest)
{
    UNIT_TEST(known_answers_come_out);
    UNIT_TEST(a_million_bytes_give_the_known_answer);
    UNIT_TEST(pieces_give_what_the_whole_gives);
    UNIT_TEST(hmac_gives_the_known_answers);
    UNIT_TEST(names_are_read_in_any_case);
    UNIT_TEST(a_digest_may_go_on_in_another_thread);
}
