/* startup_test.c - start-up packets as clients send them, and as they should not. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/proto/startup.h"
#include "tests/unit/unit.h"

/* A body: the version, then the bytes of a literal with its own NUL as the last one. */
#define BODY(version, text) body_of(version, text, sizeof(text))

typedef struct Body {
    uint8_t *bytes;
    size_t len;
} Body;

static Body body_of(uint32_t version, const char *text, size_t len)
{
    Body b = {.bytes = mem_alloc(len + 4), .len = len + 4};

    store_be32(b.bytes, version);
    memcpy(b.bytes + 4, text, len);
    return b;
}

static StartupPacket parse(Body b)
{
    StartupPacket packet;

    startup_parse(b.bytes, b.len, false, false, &packet);
    return packet;
}

static void a_session_names_user_and_settings(void)
{
    StartupPacket p = parse(BODY(PROTO_LATEST, "user\0bob\0database\0shop\0options\0-c a=b\0"
                                               "application_name\0caf\xc3\xa9\0DateStyle\0ISO\0"));
    const StartupSetting *settings = p.settings.items;

    CU_ASSERT_EQUAL(p.kind, STARTUP_SESSION);
    CU_ASSERT_STRING_EQUAL(p.user, "bob");
    CU_ASSERT_STRING_EQUAL(p.database, "shop");
    CU_ASSERT_STRING_EQUAL(p.options, "-c a=b");
    CU_ASSERT_EQUAL(p.replication, STARTUP_NO_REPLICATION);
    CU_ASSERT_EQUAL_FATAL(p.settings.count, 2);
    CU_ASSERT_STRING_EQUAL(settings[0].name, "application_name");
    CU_ASSERT_STRING_EQUAL(settings[0].value, "caf??");
    CU_ASSERT_STRING_EQUAL(settings[1].value, "ISO");
    CU_ASSERT_FALSE(startup_needs_negotiation(&p));
}

static void the_database_is_that_of_the_user_unless_named(void)
{
    CU_ASSERT_STRING_EQUAL(parse(BODY(PROTO_LATEST, "user\0bob\0")).database, "bob");
    CU_ASSERT_STRING_EQUAL(parse(BODY(PROTO_LATEST, "database\0\0user\0bob\0")).database, "bob");
    CU_ASSERT_STRING_EQUAL(
        parse(BODY(PROTO_LATEST, "user\0bob\0database\0shop\0replication\0true\0")).database, "");
}

static void names_are_cut_to_what_a_name_holds(void)
{
    char text[200];
    StartupPacket p;

    memset(text, 'x', sizeof text);
    memcpy(text, "user", 5);
    text[198] = text[199] = '\0';
    p = parse(body_of(PROTO_LATEST, text, sizeof text));
    CU_ASSERT_EQUAL(strlen(p.user), 63);
    CU_ASSERT_EQUAL(strlen(p.database), 63);
}

static void replication_is_a_boolean_or_database(void)
{
    StartupPacket p;

    CU_ASSERT_EQUAL(parse(BODY(PROTO_LATEST, "replication\0database\0")).replication,
                    STARTUP_LOGICAL);
    CU_ASSERT_EQUAL(parse(BODY(PROTO_LATEST, "replication\0on\0")).replication, STARTUP_PHYSICAL);
    CU_ASSERT_EQUAL(parse(BODY(PROTO_LATEST, "replication\0"
                                             "0\0"))
                        .replication,
                    STARTUP_NO_REPLICATION);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "invalid value for parameter \"replication\": \"maybe\"",
                               p = parse(BODY(PROTO_LATEST, "replication\0maybe\0")));
    (void)p;
}

static void a_layout_that_does_not_end_right_is_refused(void)
{
    static const char *const text =
        "invalid startup packet layout: expected terminator as last byte";

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, text,
                               parse(body_of(PROTO_LATEST, "user\0bob\0", 9)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, text,
                               parse(body_of(PROTO_LATEST, "user\0bob", 8)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, text,
                               parse(body_of(PROTO_LATEST, "user", 4)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, text,
                               parse(body_of(PROTO_LATEST, "user\0bob\0\0x", 11)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, text,
                               parse(body_of(PROTO_LATEST, "", 0)));
}

static void other_versions_are_refused_or_negotiated(void)
{
    StartupPacket p = parse(BODY(PROTO_VERSION(3, 2), "user\0bob\0_pq_.x\0y\0"));

    CU_ASSERT_TRUE(startup_needs_negotiation(&p));
    CU_ASSERT_EQUAL_FATAL(p.unknown_options.count, 1);
    CU_ASSERT_STRING_EQUAL(*(const char **)p.unknown_options.items, "_pq_.x");
    CU_ASSERT_EQUAL(p.settings.count, 0);
    p = parse(BODY(PROTO_LATEST, "_pq_.x\0y\0"));
    CU_ASSERT_TRUE(startup_needs_negotiation(&p));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "unsupported frontend protocol 4.0: server supports 3.0 to 3.0",
                               parse(BODY(PROTO_VERSION(4, 0), "user\0bob\0")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "unsupported frontend protocol 2.0: server supports 3.0 to 3.0",
                               parse(BODY(PROTO_VERSION(2, 0), "")));
}

static void requests_are_told_apart_once_each(void)
{
    Body tls = body_of(STARTUP_CODE_TLS, "", 0);
    Body gss = body_of(STARTUP_CODE_GSS, "", 0);
    StartupPacket p;

    CU_ASSERT_EQUAL(parse(tls).kind, STARTUP_TLS);
    CU_ASSERT_EQUAL(parse(gss).kind, STARTUP_GSS);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_FEATURE_NOT_SUPPORTED,
        "unsupported frontend protocol 1234.5679: server supports 3.0 to 3.0",
        startup_parse(tls.bytes, tls.len, true, false, &p));
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED,
                       startup_parse(gss.bytes, gss.len, false, true, &p));
}

static void a_cancel_request_has_process_and_key(void)
{
    StartupPacket p = parse(body_of(STARTUP_CODE_CANCEL, "\0\0\1\2\xff\0\0\1", 8));

    CU_ASSERT_EQUAL(p.kind, STARTUP_CANCEL);
    CU_ASSERT_EQUAL(p.cancel_pid, 0x102);
    CU_ASSERT_EQUAL(p.cancel_key, 0xFF000001);
    CU_ASSERT_EQUAL(parse(body_of(STARTUP_CODE_CANCEL, "\0\0\1\2", 4)).kind, STARTUP_NONSENSE);
    CU_ASSERT_EQUAL(parse(body_of(STARTUP_CODE_CANCEL, "\0\0\1\2\0\0\0\1x", 9)).kind,
                    STARTUP_NONSENSE);
}

static void lengths_have_bounds(void)
{
    CU_ASSERT_FALSE(startup_length_is_fine(0));
    CU_ASSERT_FALSE(startup_length_is_fine(7));
    CU_ASSERT_TRUE(startup_length_is_fine(8));
    CU_ASSERT_TRUE(startup_length_is_fine(10004));
    CU_ASSERT_FALSE(startup_length_is_fine(10005));
    CU_ASSERT_FALSE(startup_length_is_fine(0xFFFFFFFF));
}

static void options_are_split_at_blanks(void)
{
    Array words;
    char **word;

    array_init(&words, sizeof(char *));
    startup_split_options("  -c a=b\\ c --d=e\\\\\t\\", &words);
    word = words.items;
    CU_ASSERT_EQUAL_FATAL(words.count, 4);
    CU_ASSERT_STRING_EQUAL(word[0], "-c");
    CU_ASSERT_STRING_EQUAL(word[1], "a=b c");
    CU_ASSERT_STRING_EQUAL(word[2], "--d=e\\");
    CU_ASSERT_STRING_EQUAL(word[3], "");
}

UNIT_SUITE(startup)
{
    UNIT_TEST(a_session_names_user_and_settings);
    UNIT_TEST(the_database_is_that_of_the_user_unless_named);
    UNIT_TEST(names_are_cut_to_what_a_name_holds);
    UNIT_TEST(replication_is_a_boolean_or_database);
    UNIT_TEST(a_layout_that_does_not_end_right_is_refused);
    UNIT_TEST(other_versions_are_refused_or_negotiated);
    UNIT_TEST(requests_are_told_apart_once_each);
    UNIT_TEST(a_cancel_request_has_process_and_key);
    UNIT_TEST(lengths_have_bounds);
    UNIT_TEST(options_are_split_at_blanks);
}
