/* spec_test.c - compression specifications: what PostgreSQL takes and says, row by row. */
#include "common/base/base.h"

#include "common/compress/spec.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

/* Accepted texts and what they mean. */
static const struct {
    const char *text;
    CompressSpec spec;
} good[] = {
    {"none", {.method = COMPRESS_NONE}},
    {"none:0", {.method = COMPRESS_NONE}},
    {"gzip", {.method = COMPRESS_GZIP, .level = -1}},
    {"gzip:-1", {.method = COMPRESS_GZIP, .level = -1}},
    {"gzip:1", {.method = COMPRESS_GZIP, .level = 1}},
    {"gzip:9", {.method = COMPRESS_GZIP, .level = 9}},
    {"gzip:+9", {.method = COMPRESS_GZIP, .level = 9}},
    {"gzip: 3", {.method = COMPRESS_GZIP, .level = 3}},
    {"gzip:level=5", {.method = COMPRESS_GZIP, .level = 5}},
    {"gzip:level= 3", {.method = COMPRESS_GZIP, .level = 3}},
    {"gzip:level=3,level=5", {.method = COMPRESS_GZIP, .level = 5}},
    {"lz4", {.method = COMPRESS_LZ4}},
    {"lz4:0", {.method = COMPRESS_LZ4}},
    {"lz4:12", {.method = COMPRESS_LZ4, .level = 12}},
    {"zstd", {.method = COMPRESS_ZSTD, .level = 3}},
    {"zstd:0", {.method = COMPRESS_ZSTD, .level = 0}},
    {"zstd:22", {.method = COMPRESS_ZSTD, .level = 22}},
    {"zstd:-131072", {.method = COMPRESS_ZSTD, .level = -131072}},
    {"zstd:workers=3", {.method = COMPRESS_ZSTD, .level = 3, .workers = 3}},
    {"zstd:workers=-1", {.method = COMPRESS_ZSTD, .level = 3}},
    {"zstd:workers=99999999999", {.method = COMPRESS_ZSTD, .level = 3, .workers = 65535}},
    {"zstd:level=1,workers=2", {.method = COMPRESS_ZSTD, .level = 1, .workers = 2}},
    {"zstd:long", {.method = COMPRESS_ZSTD, .level = 3, .is_long = true}},
    {"zstd:long=ON", {.method = COMPRESS_ZSTD, .level = 3, .is_long = true}},
    {"zstd:long=yes", {.method = COMPRESS_ZSTD, .level = 3, .is_long = true}},
    {"zstd:long=1", {.method = COMPRESS_ZSTD, .level = 3, .is_long = true}},
    {"zstd:long=off", {.method = COMPRESS_ZSTD, .level = 3}},
    {"zstd:long=no", {.method = COMPRESS_ZSTD, .level = 3}},
    {"zstd:long=0", {.method = COMPRESS_ZSTD, .level = 3}},
};

/* Refused ones; what follows "invalid compression specification: ". */
static const struct {
    const char *text;
    const char *message;
} bad[] = {
    {"gzip:", "found empty string where a compression option was expected"},
    {"gzip:level=3,", "found empty string where a compression option was expected"},
    {"gzip:,level=3", "found empty string where a compression option was expected"},
    {"gzip:level=3,,level=4", "found empty string where a compression option was expected"},
    {"none:=3", "found empty string where a compression option was expected"},
    {"zstd:=", "found empty string where a compression option was expected"},
    {"none:1", "compression algorithm \"none\" does not accept a compression level"},
    {"none:-1", "compression algorithm \"none\" does not accept a compression level"},
    {"none:level=3,workers=2",
     "compression algorithm \"none\" does not accept a compression level"},
    {"none:workers=2", "compression algorithm \"none\" does not accept a worker count"},
    {"gzip:0", "compression algorithm \"gzip\" expects a compression level between 1 and 9 "
               "(default at -1)"},
    {"gzip:10", "compression algorithm \"gzip\" expects a compression level between 1 and 9 "
                "(default at -1)"},
    {"gzip:workers=1,level=99", "compression algorithm \"gzip\" expects a compression level "
                                "between 1 and 9 (default at -1)"},
    {"lz4:13", "compression algorithm \"lz4\" expects a compression level between 1 and 12 "
               "(default at 0)"},
    {"lz4:-1", "compression algorithm \"lz4\" expects a compression level between 1 and 12 "
               "(default at 0)"},
    {"zstd:23", "compression algorithm \"zstd\" expects a compression level between -131072 and "
                "22 (default at 3)"},
    {"zstd:-131073", "compression algorithm \"zstd\" expects a compression level between -131072 "
                     "and 22 (default at 3)"},
    {"zstd:99999999999999999999", "compression algorithm \"zstd\" expects a compression level "
                                  "between -131072 and 22 (default at 3)"},
    {"zstd:-99999999999999999999", "compression algorithm \"zstd\" expects a compression level "
                                   "between -131072 and 22 (default at 3)"},
    {"gzip:workers=1", "compression algorithm \"gzip\" does not accept a worker count"},
    {"lz4:level=3,workers=2", "compression algorithm \"lz4\" does not accept a worker count"},
    {"gzip:long", "compression algorithm \"gzip\" does not support long-distance mode"},
    {"gzip:foo", "unrecognized compression option: \"foo\""},
    {"gzip:foo=1", "unrecognized compression option: \"foo\""},
    {"gzip:foo,level=x", "unrecognized compression option: \"foo\""},
    {"gzip:LEVEL=3", "unrecognized compression option: \"LEVEL\""},
    {"gzip:level =3", "unrecognized compression option: \"level \""},
    {"gzip:3 ", "unrecognized compression option: \"3 \""},
    {"gzip:12a", "unrecognized compression option: \"12a\""},
    {"gzip:level", "compression option \"level\" requires a value"},
    {"none:workers", "compression option \"workers\" requires a value"},
    {"gzip:level=", "value for compression option \"level\" must be an integer"},
    {"gzip:level=3x", "value for compression option \"level\" must be an integer"},
    {"gzip:level=0x3", "value for compression option \"level\" must be an integer"},
    {"gzip:level=x,foo", "value for compression option \"level\" must be an integer"},
    {"none:workers=x", "value for compression option \"workers\" must be an integer"},
    {"zstd:long=", "value for compression option \"long\" must be a Boolean value"},
    {"zstd:long=true", "value for compression option \"long\" must be a Boolean value"},
    {"gzip:workers=1,long=x", "value for compression option \"long\" must be a Boolean value"},
};

static void assert_spec(CompressSpec got, CompressSpec expected)
{
    CU_ASSERT_EQUAL(got.method, expected.method);
    CU_ASSERT_EQUAL(got.level, expected.level);
    CU_ASSERT_EQUAL(got.workers, expected.workers);
    CU_ASSERT_EQUAL(got.is_long, expected.is_long);
}

static void accepted_texts_mean_what_they_say(void)
{
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_spec(compress_spec_parse(good[i].text), good[i].spec);
}

static void assert_refused(const char *text, const char *message)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, message, compress_spec_parse(text));
}

static void refused_texts_get_the_message_of_postgresql(void)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_refused(bad[i].text,
                       mem_printf("invalid compression specification: %s", bad[i].message));
}

static void unknown_methods_are_named(void)
{
    static const char *const texts[][2] = {{"foo", "foo"}, {"foo:1", "foo"}, {"GZIP", "GZIP"},
                                           {":1", ""},     {"", ""},         {"9", "9"}};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_refused(texts[i][0],
                       mem_printf("unrecognized compression algorithm: \"%s\"", texts[i][1]));
}

static void a_bare_number_is_a_level_of_gzip_in_options_alone(void)
{
    assert_spec(compress_spec_parse_option("9"), (CompressSpec){COMPRESS_GZIP, 9, 0, false});
    assert_spec(compress_spec_parse_option("-1"), (CompressSpec){COMPRESS_GZIP, -1, 0, false});
    assert_spec(compress_spec_parse_option("0"), (CompressSpec){COMPRESS_NONE, 0, 0, false});
    assert_spec(compress_spec_parse_option("lz4:3"), (CompressSpec){COMPRESS_LZ4, 3, 0, false});
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR,
                               "invalid compression specification: compression algorithm \"gzip\" "
                               "expects a compression level between 1 and 9 (default at -1)",
                               compress_spec_parse_option("10"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, "unrecognized compression algorithm: \"1\"",
                               compress_spec_parse_option("1:2"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, "unrecognized compression algorithm: \"5x\"",
                               compress_spec_parse_option("5x"));
}

static void halves_mean_what_the_whole_means(void)
{
    assert_spec(compress_spec_make("zstd", "level=5,long"),
                (CompressSpec){COMPRESS_ZSTD, 5, 0, true});
    assert_spec(compress_spec_make("lz4", NULL), compress_spec(COMPRESS_LZ4));
}

static void names_and_suffixes_lead_both_ways(void)
{
    CU_ASSERT_STRING_EQUAL(compress_method_name(COMPRESS_NONE), "none");
    CU_ASSERT_STRING_EQUAL(compress_method_name(COMPRESS_ZSTD), "zstd");
    CU_ASSERT_STRING_EQUAL(compress_method_suffix(COMPRESS_NONE), "");
    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        CompressMethod method = (CompressMethod)m;
        const char *name = mem_printf("base.tar%s", compress_method_suffix(method));

        CU_ASSERT_EQUAL(compress_method_of_name(name), method);
        CU_ASSERT_EQUAL(compress_spec_parse(compress_method_name(method)).method, method);
    }
    CU_ASSERT_EQUAL(compress_method_of_name("a.gz.partial"), COMPRESS_NONE);
}

UNIT_SUITE(spec)
{
    UNIT_TEST(accepted_texts_mean_what_they_say);
    UNIT_TEST(refused_texts_get_the_message_of_postgresql);
    UNIT_TEST(unknown_methods_are_named);
    UNIT_TEST(a_bare_number_is_a_level_of_gzip_in_options_alone);
    UNIT_TEST(halves_mean_what_the_whole_means);
    UNIT_TEST(names_and_suffixes_lead_both_ways);
}
