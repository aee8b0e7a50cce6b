/* values_basic.c - values of numbers, names, texts and the like. */
#include "common/base/base.h"

#include <math.h>

#include "tests/types/values.h"

/* Around powers of two and ten, or of any size; blanks now and then. */
static void add_int(Seed *s, StrBuf *out, int bits)
{
    uint64_t v = seed_u64(s);
    int64_t n;

    switch (seed_below(s, 6)) {
    case 0:
        n = (int64_t)(v % 7) - 3;
        break;
    case 1:
        n = (int64_t)((UINT64_C(1) << v % (unsigned)bits) - 2 + (v >> 32) % 4);
        break;
    case 2:
        n = -(int64_t)((UINT64_C(1) << v % (unsigned)(bits - 1)) - 1 + (v >> 32) % 3);
        break;
    case 3:
        n = (int64_t)((v >> 16) % 2000) - 1000;
        break;
    default:
        n = (int64_t)v >> (64 - bits + seed_below(s, (uint64_t)bits));
        break;
    }
    if (value_chance(s, 3))
        strbuf_add(out, VALUE_PICK(s, " ", "\t\n", "+", "-", "--", "0", "00"));
    strbuf_add_fmt(out, "%" PRId64, n);
    if (value_chance(s, 3))
        strbuf_add(out, VALUE_PICK(s, " ", "\r\v\f", "x", ".", " 1"));
}

void value_bool(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "t", "f", "true", "false", "TRUE", "False", "yes", "no", "on",
                               "off", "1", "0", "y", "n", "o", "of", "tru", "ye", " t ", "\tf\n",
                               "", "truex", "2", "00", "offf"));
}

void value_char(Seed *s, StrBuf *out)
{
    if (value_chance(s, 80)) {
        uint8_t c = (uint8_t)seed_below(s, 128);

        if (c != 0)
            strbuf_add_char(out, (char)c);
        return;
    }
    strbuf_add(out, VALUE_PICK(s, "", "\\377", "\\200", "\\101", "\\000", "\\777", "\\478", "\\47",
                               "ab", "\\", "\xC3\xA9", "\\0011"));
}

void value_int2(Seed *s, StrBuf *out)
{
    add_int(s, out, 16);
}

void value_int4(Seed *s, StrBuf *out)
{
    add_int(s, out, 32);
}

void value_int8(Seed *s, StrBuf *out)
{
    add_int(s, out, 64);
}

void value_shift(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", (int)seed_below(s, 140) - 70);
}

void value_oid(Seed *s, StrBuf *out)
{
    if (value_chance(s, 5))
        strbuf_add(out, VALUE_PICK(s, "-1", "-2147483648", "-2147483649", "4294967295",
                                   "4294967296", "99999999999999999999", "-99999999999999999999",
                                   "", " 5 ", "0x10", "010", "5 x"));
    else
        strbuf_add_fmt(out, "%u", (uint32_t)(seed_u64(s) >> (32 + seed_below(s, 32))));
}

void value_xid(Seed *s, StrBuf *out)
{
    if (value_chance(s, 10))
        strbuf_add(out, VALUE_PICK(s, "-1", "0x1f", "0X1F", "0x", "017", "018", "abc", "",
                                   "4294967296", "99999999999999999999", " 5 x", "+7", "-0x10",
                                   "-99999999999999999999"));
    else
        value_oid(s, out);
}

void value_xid8(Seed *s, StrBuf *out)
{
    if (value_chance(s, 20))
        value_xid(s, out);
    else
        strbuf_add_fmt(out, "%" PRIu64, seed_u64(s) >> seed_below(s, 64));
}

void value_tid(Seed *s, StrBuf *out)
{
    if (value_chance(s, 15)) {
        strbuf_add(out, VALUE_PICK(s, "(0,0)", "(4294967295,65535)", "(-1,0)", "(4294967296,1)",
                                   "(1,65536)", "(1,-1)", "x(1,2)y", "(1 ,2)", "( 1, 2)", "(1,2 )",
                                   "()", "(,)", "1,2", "(1,2", "((1,2)", "(1,2,3)", "(,1)",
                                   "(-2147483648,1)", "(-2147483649,1)", "(1,0x1)"));
        return;
    }
    strbuf_add_fmt(out, "(%u,%u)", (uint32_t)(seed_u64(s) >> (32 + seed_below(s, 32))),
                   (uint16_t)(seed_u64(s) >> (48 + seed_below(s, 16))));
}

void value_int2vector(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 6); i > 0; i--) {
        add_int(s, out, 16);
        strbuf_add(out, VALUE_PICK(s, " ", " ", " ", " ", "  ", "\t", ",", ""));
    }
}

void value_oidvector(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 6); i > 0; i--) {
        value_oid(s, out);
        strbuf_add(out, VALUE_PICK(s, " ", " ", " ", " ", "  ", "\t", ",", ""));
    }
}

static void add_double(Seed *s, StrBuf *out, bool is_single)
{
    double v;
    uint64_t bits = seed_u64(s);
    float f;

    switch (seed_below(s, 8)) {
    case 0:
        strbuf_add(out, VALUE_PICK(s, "0", "-0", "NaN", "nan", "Infinity", "-Infinity", "inf",
                                   "-inf", "+inf", "+Infinity", "iNf", "infinit", "infinityx",
                                   "NaN(", "nan()", "1e400", "-1e400", "1e-400", "1e39", "1e-46",
                                   "1e-50", "0x1p3", "0x.8", "0x", ".", "e5", "1e", "1e+", "",
                                   " 1 ", "1 x", ".5", "5.", "+.5e-3", "0e999999999", "1e-320"));
        return;
    case 1:
        memcpy(&v, &bits, sizeof v);
        memcpy(&f, &bits, sizeof f);
        if (is_single)
            strbuf_add_fmt(out, "%.9g", (double)f);
        else
            strbuf_add_fmt(out, "%.17g", v);
        return;
    case 2:
        strbuf_add_fmt(out, "%d", (int)(bits % 2000) - 1000);
        return;
    case 3:
        strbuf_add_fmt(out, "%.*f", (int)(bits % 5), ((double)(int)(bits >> 32)) / 1000.0);
        return;
    case 4:
        strbuf_add_fmt(out, "%.17g",
                       ldexp(1.0 + (double)(bits >> 60) * 0.0625, (int)(bits % 2200) - 1100));
        return;
    case 5:
        strbuf_add_fmt(out, "%" PRId64, (int64_t)bits >> (bits % 64));
        return;
    case 6:
        strbuf_add_fmt(out, "%de%d", (int)(bits % 19) - 9, (int)(bits >> 32) % 25);
        return;
    default:
        strbuf_add_fmt(out, "%.17g", ((double)(int64_t)bits) * 1.0842021724855044e-19 * 3);
    }
}

void value_float4(Seed *s, StrBuf *out)
{
    add_double(s, out, true);
}

void value_float8(Seed *s, StrBuf *out)
{
    add_double(s, out, false);
}

/* Words, blanks, quotes, patterns' marks, letters of other scripts. */
void value_text(Seed *s, StrBuf *out)
{
    static const char *const pieces[] = {
        "a",
        "b",
        "c",
        "A",
        "B",
        "z",
        "Z",
        "0",
        "1",
        "9",
        " ",
        "  ",
        "_",
        "%",
        "\\",
        "'",
        "\"",
        "$",
        ".",
        ",",
        "-",
        "+",
        "(",
        ")",
        "{",
        "}",
        "\t",
        "\n",
        "abc",
        "ABC",
        "Hello",
        "wORLD",
        "foo bar",
        "\xC3\xA9",
        "\xC3\x89",
        "\xC3\x9F",
        "\xCF\x83",
        "\xCE\xA3",
        "\xC4\xB0",
        "\xC4\xB1",
        "\xE2\x82\xAC",
        "\xE6\x97\xA5\xE6\x9C\xAC",
        "\xF0\x9F\x98\x80",
        "e\xCC\x81",
        "select",
        "\"x\"",
        "null",
        "\x01",
        "\x7F",
        "\xC2\xA0",
    };

    if (value_chance(s, 3))
        for (size_t i = seed_below(s, 40); i > 0; i--)
            strbuf_add(out, VALUE_PICK(s, "longer text ", "abcabc", "xyzzy "));
    for (size_t i = seed_below(s, value_chance(s, 50) ? 4 : 12); i > 0; i--)
        strbuf_add(out, value_pick(s, pieces, ARRAY_LEN(pieces)));
}

void value_bytea(Seed *s, StrBuf *out)
{
    if (value_chance(s, 50)) {
        uint8_t bytes[12];
        size_t len = seed_below(s, sizeof bytes + 1);

        seed_fill(s, bytes, sizeof bytes);
        strbuf_add(out, "\\x");
        for (size_t i = 0; i < len; i++)
            strbuf_add_fmt(out, value_chance(s, 20) ? "%02X" : "%02x", bytes[i]);
        return;
    }
    for (size_t i = seed_below(s, 8); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "a", "b", "\\\\", "\\000", "\\001", "\\377", "\\047", "%",
                                   "_", " ", "\xC3\xA9", "\\\\x"));
}

void value_small(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", (int)seed_below(s, 12) - 4);
}

void value_small_positive(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", (int)seed_below(s, 6) - (value_chance(s, 5) ? 2 : 0));
}

/* A character's or byte's number, or how many; far out now and then. */
void value_place(Seed *s, StrBuf *out)
{
    if (value_chance(s, 5))
        strbuf_add(out, VALUE_PICK(s, "2147483647", "-2147483648", "2147483646", "1000000000",
                                   "300000000"));
    else
        strbuf_add_fmt(out, "%d", (int)seed_below(s, 20) - 4);
}

void value_code_point(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d",
                   (int)seed_below(s, value_chance(s, 50) ? 0x200 : 0x120000) -
                       (value_chance(s, 5) ? 10 : 0));
}

void value_bytes_form(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "hex", "base64", "escape", "HEX", "Base64", "hexa", "", "utf8"));
}

void value_bytes_text(Seed *s, StrBuf *out)
{
    if (value_chance(s, 30))
        value_text(s, out);
    for (size_t i = seed_below(s, 12); i > 0; i--)
        strbuf_add(out,
                   VALUE_PICK(s, "a0", "FF", "1", "b2", "AAAA", "Zm9v", "=", "==", "YQ", "\n", " ",
                              "\\", "\\000", "\\377", "\\400", "\\\\", "/", "+", "\xC3\xA9"));
}

void value_format(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 6); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "%s", "%s", "%I", "%L", "%%", "%1$s", "%2$L", "%3$I", "%10s",
                                   "%-10s", "%1$s%*s", "%1$L%-*s", "%*2$s", "%2$*3$s", "%1$-8I",
                                   "x", "\xC3\xA9", "%", "%0$s", "%1$", "%5", "%1$s%*2s", "%d",
                                   "%-s", "%99999999999s", "%2$-*3$L"));
}

void value_size(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "", " ", "  ", "-", "+"));
    strbuf_add(out, VALUE_PICK(s, "1", "10", "1.5", ".5", "5.", "1e3", "1e", "1E-2", "x", "",
                               "1e+2", "9223372036854775807", "1000000", "0", "1e30", "."));
    strbuf_add(out, VALUE_PICK(s, "", " ", "  "));
    strbuf_add(out, VALUE_PICK(s, "", "b", "B", "kb", "KB", "MB", "gB", "TB", "PB", "EB", "bytes",
                               "byte", "k", " ", "MB ", "MB x"));
}

void value_encoding_name(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "UTF8", "utf-8", "LATIN1", "latin9", "WIN1252", "SQL_ASCII",
                               "LATIN5", "nothing", "", "win1251", "unicode"));
}

void value_encoding_number(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", (int)seed_below(s, 45) - 2);
}

void value_aclitem(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "", "", "postgres", "pg_monitor", "user postgres",
                               "group pg_read_all_data", "nobody", "\"postgres\"", "user",
                               "\"a\"\"b\"", " postgres "));
    strbuf_add(out, VALUE_PICK(s, "=", "=", "=", "=", "=", "="));
    for (size_t i = seed_below(s, 5); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "a", "r", "w", "d", "D", "x", "t", "X", "U", "C", "T", "c",
                                   "s", "A", "*", "r*", "arwdDxt"));
    if (value_chance(s, 3))
        strbuf_add(out, VALUE_PICK(s, "z", "/", " ", "**"));
    strbuf_add(out, VALUE_PICK(s, "/postgres", "/postgres", "/postgres", "/pg_monitor", "/", "",
                               "/postgres x", "/\"postgres\" "));
}

void value_acl_kind(Seed *s, StrBuf *out)
{
    strbuf_add(out,
               VALUE_PICK(s, "c", "r", "s", "d", "f", "l", "L", "n", "p", "t", "F", "S", "T", "x"));
}

void value_rights(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "SELECT", "insert", "Update ", " DELETE", "ALTER SYSTEM", "TEMP",
                               "temporary", "USAGE", "", "SET", "grant", "CREATE", "rule",
                               "SELECT, INSERT", "Truncate", "references", "execute"));
}

static void add_json(Seed *s, StrBuf *out, unsigned depth)
{
    const char *blank = VALUE_PICK(s, "", "", "", " ", "\n", "\t ");

    strbuf_add(out, blank);
    switch (seed_below(s, depth > 0 ? 8 : 6)) {
    case 0:
        strbuf_add(out,
                   VALUE_PICK(s, "true", "false", "null", "tru", "nul", "NULL", "truex", "falsy"));
        break;
    case 1:
    case 2:
        strbuf_add(out, VALUE_PICK(s, "0", "1", "-1", "10.5", "1e5", "-0.0", "1E-3", "01", "-",
                                   "1.", ".5", "1e", "+1", "123456789012345678901234567890", "1x",
                                   "0x1", "1.5.2", "- 1"));
        break;
    case 3:
    case 4:
    case 5:
        strbuf_add(out,
                   VALUE_PICK(s, "\"\"", "\"a\"", "\"\\n\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
                              "\"\\ud83d\"", "\"\\u0000\"", "\"\\x\"", "\"a", "\"\xC3\xA9\"",
                              "\"a\tb\"", "'a'", "a", "\"\\u12\"", "\"\\\"\"", "\"\\/\"", "\"b\""));
        break;
    case 6:
        strbuf_add_char(out, '[');
        for (size_t i = seed_below(s, 4); i > 0; i--) {
            add_json(s, out, depth - 1);
            strbuf_add(out, i > 1 || value_chance(s, 3) ? "," : "");
        }
        strbuf_add(out, value_chance(s, 97) ? "]" : "}");
        break;
    default:
        strbuf_add_char(out, '{');
        for (size_t i = seed_below(s, 4); i > 0; i--) {
            strbuf_add(out, VALUE_PICK(s, "\"a\"", "\"b\"", "\"c d\"", "\"\"", "\"a\"", "a", "1"));
            strbuf_add(out, VALUE_PICK(s, ":", ":", " : ", ":", ":", ":", ""));
            add_json(s, out, depth - 1);
            strbuf_add(out, i > 1 || value_chance(s, 3) ? "," : "");
        }
        strbuf_add(out, value_chance(s, 97) ? "}" : "]");
    }
    strbuf_add(out, blank);
}

void value_json(Seed *s, StrBuf *out)
{
    add_json(s, out, (unsigned)seed_below(s, 4));
    if (value_chance(s, 5))
        strbuf_add(out, VALUE_PICK(s, ",", "x", "]", "}", "\"", "1", " 2"));
}

void value_enum(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "a", "a", "b", "b", "C c", "C c", "between", "between", "A",
                               value_chance(s, 20) ? "" : "a"));
}

void value_row(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "(", "(", "(", "(", " ("));
    strbuf_add(out, VALUE_PICK(s, "1", "1", "2", "", "-7", " 5 ", "\"3\""));
    strbuf_add_char(out, ',');
    strbuf_add(out, VALUE_PICK(s, "", "\"\"", "a", "a", "b", "\"a b\"", "a b", "\"\"\"\"", "\\\\",
                               "\"x,y\"", "\xC3\xA9", "\"(\""));
    strbuf_add_char(out, ',');
    strbuf_add(out, VALUE_PICK(s, "", "1.5", "1.5", "-0", "0", "NaN", "1e300"));
    strbuf_add_char(out, ',');
    strbuf_add(out, VALUE_PICK(s, "", "{}", "\"{1,2}\"", "{3}", "\"{1,NULL}\""));
    strbuf_add_char(out, ',');
    strbuf_add(out, VALUE_PICK(s, "", "a", "b", "\"C c\"", "between"));
    strbuf_add(out, VALUE_PICK(s, ")", ")", ")", ")", ") "));
}

void value_bit(Seed *s, StrBuf *out)
{
    if (value_chance(s, 15)) {
        strbuf_add(out, VALUE_PICK(s, "x", "X", "xa5", "XFF0", "b", "B", "b01", "x1g", "b2", "0x1",
                                   "01 ", "\xC3\xA9"));
        return;
    }
    for (size_t i = seed_below(s, value_chance(s, 30) ? 40 : 10); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "0", "1"));
}

void value_bit_length(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", (int)seed_below(s, 80) - 2);
}

void value_zero_or_one(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", (int)seed_below(s, 2) + (value_chance(s, 5) ? 1 : 0));
}

void value_dimensions(Seed *s, StrBuf *out)
{
    size_t count = seed_below(s, value_chance(s, 10) ? 9 : 4);

    if (value_chance(s, 3)) {
        strbuf_add(out, VALUE_PICK(s, "{NULL}", "{1,NULL}", "{{1,2},{1,1}}", "{2147483647}",
                                   "{100000,100000}", "{-1}", "[0:1]={1,2}"));
        return;
    }
    strbuf_add_char(out, '{');
    for (size_t i = 0; i < count; i++)
        strbuf_add_fmt(out, "%s%d", i > 0 ? "," : "",
                       (int)seed_below(s, 4) - (value_chance(s, 5) ? 2 : 0));
    strbuf_add_char(out, '}');
}

void value_type_oid(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%u", (unsigned)seed_below(s, value_chance(s, 70) ? 2300 : 14000));
}

void value_type_oids(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 5); i > 0; i--) {
        value_type_oid(s, out);
        strbuf_add_char(out, ' ');
    }
}
