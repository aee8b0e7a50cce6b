/* values.c - choose who makes a value, and spoil some. */
#include "common/base/base.h"

#include "tests/types/values.h"

#include "common/mem/mem.h"
#include "common/text/str.h"

ValueMaker value_maker(const char *type)
{
    static const struct {
        const char *type;
        ValueMaker make;
    } rows[] = {
#define ROW(type, maker) {#type, maker},
#include "tests/types/value_kind.def"
#undef ROW
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_equal(rows[i].type, type))
            return rows[i].make;
    }
    return NULL;
}

static ValueMaker hint(const char *source, int arg)
{
    static const struct {
        const char *source;
        int arg;
        ValueMaker make;
    } rows[] = {
#define ROW(source, arg, maker) {#source, arg, maker},
#include "tests/types/hint.def"
#undef ROW
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].arg == arg && str_equal(rows[i].source, source))
            return rows[i].make;
    }
    return NULL;
}

bool value_is_chosen(const Shape *shape, int arg)
{
    return hint(shape->source, arg) != NULL;
}

const char *value_pick(Seed *s, const char *const *texts, size_t count)
{
    return texts[seed_below(s, count)];
}

/* Take something out, put something in, or double something. */
static void spoil(Seed *s, StrBuf *b)
{
    static const char marks[] = " \t\n-+.,;:eExX0179{}()[]\"'\\/%_NaInf";
    size_t at = seed_below(s, b->len + 1);
    char *rest = mem_strndup(b->text + at, b->len - at);

    strbuf_cut(b, at);
    switch (seed_below(s, 3)) {
    case 0:
        if (*rest != '\0' && ((uint8_t)*rest & 0x80) == 0 && ((uint8_t)rest[1] & 0xC0) != 0x80)
            rest++;
        break;
    case 1:
        if (((uint8_t)*rest & 0xC0) != 0x80)
            strbuf_add_char(b, marks[seed_below(s, sizeof marks - 1)]);
        break;
    default:
        if (((uint8_t)*rest & 0x80) == 0)
            strbuf_add(b, rest);
    }
    strbuf_add(b, rest);
}

static void make_array(Seed *s, const TestType *element, StrBuf *out);

/* The arrays' texts that only arrays have: bounds, several dimensions, NULLs. */
static void make_items(Seed *s, const TestType *element, StrBuf *out, unsigned depth,
                       const unsigned *lengths)
{
    strbuf_add_char(out, '{');
    for (unsigned i = 0; i < lengths[0]; i++) {
        if (i > 0)
            strbuf_add_char(out, element->delimiter);
        if (value_chance(s, 2))
            strbuf_add(out, VALUE_PICK(s, " ", "\t", "  "));
        if (depth > 1) {
            make_items(s, element, out, depth - 1, lengths + 1);
        } else if (value_chance(s, 10)) {
            strbuf_add(out, VALUE_PICK(s, "NULL", "null", "NuLL", "NULL"));
        } else {
            StrBuf item;

            strbuf_init(&item);
            value_maker(element->name)(s, &item);
            if (value_chance(s, 90)) {
                strbuf_add_char(out, '"');
                for (size_t c = 0; c < item.len; c++) {
                    if (item.text[c] == '"' || item.text[c] == '\\')
                        strbuf_add_char(out, '\\');
                    strbuf_add_char(out, item.text[c]);
                }
                strbuf_add_char(out, '"');
            } else {
                strbuf_add(out, item.text);
            }
        }
    }
    strbuf_add_char(out, '}');
}

static void make_array(Seed *s, const TestType *element, StrBuf *out)
{
    unsigned depth = value_chance(s, 75) ? 1 : (unsigned)(2 + seed_below(s, 2)), lengths[4];

    if (value_chance(s, 8)) {
        strbuf_add(out, VALUE_PICK(s, "{}", "{ }", " {} ", "{}"));
        return;
    }
    for (unsigned i = 0; i < depth; i++)
        lengths[i] = 1 + (unsigned)seed_below(s, depth == 1 ? 6 : 3);
    if (value_chance(s, 15)) {
        for (unsigned i = 0; i < depth; i++) {
            int low = (int)seed_below(s, 7) - 3;

            strbuf_add_fmt(out, "[%d:%d]", low, low + (int)lengths[i] - 1);
        }
        strbuf_add_char(out, '=');
    }
    make_items(s, element, out, depth, lengths);
}

const char *value_make(Seed *s, const Shape *shape, int arg)
{
    const TestType *type = shape->args[arg];
    ValueMaker make = hint(shape->source, arg);
    StrBuf out;

    if (value_chance(s, 3))
        return NULL;
    strbuf_init(&out);
    if (make != NULL)
        make(s, &out);
    else if (type->element != 0 && type->len == -1 && value_maker(type->name) == NULL)
        make_array(s, type_by_oid(type->element), &out);
    else
        value_maker(type->name)(s, &out);
    if (make == NULL && value_chance(s, shape->function == 0 ? 30 : 1))
        spoil(s, &out);
    return out.text;
}
