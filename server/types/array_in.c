/*
 * array_in.c - arrays from their text: [1:2]={"a",NULL}
 *
 * The text is read whole, its elements gathered in a buffer, before an element's own input function
 * is called: what is wrong with the braces is told first. Each token has places where it may stand:
 *
 *     START      before the first brace         '{'
 *     OPENED     behind '{'                     '{' element '}' (the outermost)
 *     ELEMENT    in or behind a bare element    more of it, delimiter '}'
 *     QUOTED     behind a quoted element        delimiter '}'
 *     AWAITED    delimiter behind an element    element
 *     CLOSED     behind '}'                     delimiter '}'
 *     AWAITED_LEVEL  delimiter behind '}'       '{'
 *
 * Elements may stand at several depths: to PostgreSQL {{a},{{b,c}}} is {{{a,NULL}},{{b,c}}}, and
 * {{{a}},{b}} is {}. Sizes and places are those to which its counting leads: each delimiter
 * counts in the deepest dimension that there is so far, wherever it stands.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/ds/array.h"
#include "server/config/setting.h"
#include "server/types/array_int.h"
#include "server/types/types_int.h"

typedef enum Place {
    PLACE_START,
    PLACE_OPENED,
    PLACE_ELEMENT,
    PLACE_QUOTED,
    PLACE_AWAITED,
    PLACE_CLOSED,
    PLACE_AWAITED_LEVEL,
} Place;

typedef struct ItemText {
    size_t start; /* in the buffer; it ends in NUL there */
    size_t place; /* in the array */
    bool is_null;
} ItemText;

typedef struct ArrayReader {
    const char *shown; /* in errors */
    const char *p;
    char delimiter;
    Place place;
    int depth;                          /* braces that are open */
    int counts[ARRAY_DIMENSIONS_MAX];   /* of items in the level that is open */
    int siblings[ARRAY_DIMENSIONS_MAX]; /* of items in the level before; -1: there was none */
    ArrayShape shape;                   /* as the braces have it */
    StrBuf marks;                       /* braces, delimiters as ',', elements as 'e' */
    StrBuf texts;
    Array items; /* ItemText */
} ArrayReader;

static _Noreturn void raise_malformed(const ArrayReader *r, const char *detail)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
              .message = err_fmt("malformed array literal: \"%s\"", r->shown), .detail = detail);
}

static _Noreturn void raise_unexpected(const ArrayReader *r, char c)
{
    raise_malformed(r, err_fmt("Unexpected \"%c\" character.", c));
}

static _Noreturn void raise_depth(int depth)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message = err_fmt("number of array dimensions (%d) exceeds the maximum allowed (%d)",
                                 depth, ARRAY_DIMENSIONS_MAX));
}

/* ---- Bounds before the braces ---- */

static bool is_number_char(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+';
}

/* As atoi() reads it. */
static int32_t read_bound(const char *from)
{
    return (int32_t)strtol(from, NULL, 10);
}

static const char *behind_number(const char *p)
{
    while (is_number_char(*p))
        p++;
    return p;
}

/* [lower:upper]... or nothing; true when there was some. */
static bool read_bounds(ArrayReader *r, ArrayShape *given)
{
    given->dims = 0;
    for (;;) {
        const char *from, *to;
        int32_t lower = 1, upper;

        r->p = skip_spaces(r->p);
        if (*r->p != '[')
            return given->dims > 0;
        from = r->p + 1;
        if (given->dims >= ARRAY_DIMENSIONS_MAX)
            raise_depth(given->dims + 1);
        to = behind_number(from);
        if (to == from)
            raise_malformed(r, "\"[\" must introduce explicitly-specified array dimensions.");
        if (*to == ':') {
            lower = read_bound(from);
            from = to + 1;
            to = behind_number(from);
            if (to == from)
                raise_malformed(r, "Missing array dimension value.");
        }
        if (*to != ']')
            raise_malformed(r, "Missing \"]\" after array dimensions.");
        upper = read_bound(from);
        r->p = to + 1;
        if (upper < lower)
            err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                      .message = "upper bound cannot be less than lower bound");
        given->sizes[given->dims] = (int32_t)((uint32_t)upper - (uint32_t)lower + 1);
        given->lower[given->dims++] = lower;
    }
}

static void read_head(ArrayReader *r, ArrayShape *given)
{
    if (read_bounds(r, given)) {
        if (*r->p != '=')
            raise_malformed(r, "Missing \"=\" after array dimensions.");
        r->p = skip_spaces(r->p + 1);
        if (*r->p != '{')
            raise_malformed(r, "Array contents must start with \"{\".");
    } else if (*r->p != '{') {
        raise_malformed(r, "Array value must start with \"{\" or dimension information.");
    }

    /* Errors show what is from here on. */
    r->shown = r->p;
}

/* ---- Braces and elements ---- */

static void open_level(ArrayReader *r)
{
    if (r->place != PLACE_START && r->place != PLACE_OPENED && r->place != PLACE_AWAITED_LEVEL)
        raise_unexpected(r, '{');
    if (r->depth >= ARRAY_DIMENSIONS_MAX)
        raise_depth(r->depth + 1);
    r->shape.sizes[r->depth] = 0;
    r->counts[r->depth++] = 0;
    if (r->depth > r->shape.dims)
        r->shape.dims = r->depth;
    r->place = PLACE_OPENED;
    strbuf_add_char(&r->marks, '{');
    r->p++;
}

/* All levels of one depth have as many items. */
static void close_level(ArrayReader *r)
{
    int level = r->depth - 1;

    if (r->place != PLACE_ELEMENT && r->place != PLACE_QUOTED && r->place != PLACE_CLOSED &&
        !(r->depth == 1 && r->place == PLACE_OPENED))
        raise_unexpected(r, '}');
    if (r->siblings[level] >= 0 && r->siblings[level] != r->counts[level])
        raise_malformed(r,
                        "Multidimensional arrays must have sub-arrays with matching dimensions.");
    r->siblings[level] = r->counts[level];
    if (--r->depth > 0) {
        r->counts[r->depth - 1]++;
        r->shape.sizes[r->depth - 1]++;
    } else {
        r->shape.sizes[r->shape.dims - 1]++;
    }
    r->place = PLACE_CLOSED;
    strbuf_add_char(&r->marks, '}');
    r->p++;
}

static void pass_delimiter(ArrayReader *r)
{
    if (r->place != PLACE_ELEMENT && r->place != PLACE_QUOTED && r->place != PLACE_CLOSED)
        raise_unexpected(r, *r->p);
    r->place = r->place == PLACE_CLOSED ? PLACE_AWAITED_LEVEL : PLACE_AWAITED;
    r->shape.sizes[r->shape.dims - 1]++;
    strbuf_add_char(&r->marks, ',');
    r->p++;
}

static _Noreturn void raise_end(const ArrayReader *r)
{
    raise_malformed(r, "Unexpected end of input.");
}

/* Copy to the closing quote; behind it, another may begin at once, and go on with the element. */
static void read_quoted(ArrayReader *r)
{
    for (r->p++; *r->p != '"'; r->p++) {
        if (*r->p == '\\')
            r->p++;
        if (*r->p == '\0')
            raise_end(r);
        strbuf_add_char(&r->texts, *r->p);
    }
    r->p++;
}

/* A bare element up to what ends it; blanks at its end that no backslash keeps are left out. */
static bool read_bare(ArrayReader *r)
{
    size_t kept = r->texts.len;
    bool is_escaped = false;

    for (;; r->p++) {
        if (*r->p == '\0')
            raise_end(r);
        if (*r->p == '"')
            raise_malformed(r, "Unexpected array element.");
        if (*r->p == '{')
            raise_unexpected(r, '{');
        if (*r->p == '}' || *r->p == r->delimiter)
            break;
        if (*r->p == '\\') {
            if (*++r->p == '\0')
                raise_end(r);
            is_escaped = true;
            strbuf_add_char(&r->texts, *r->p);
            kept = r->texts.len;
            continue;
        }
        strbuf_add_char(&r->texts, *r->p);
        if (!is_space(*r->p))
            kept = r->texts.len;
    }
    strbuf_cut(&r->texts, kept);
    return is_escaped;
}

static void read_element(ArrayReader *r)
{
    ItemText item = {.start = r->texts.len};

    if (*r->p == '\\' && r->place != PLACE_OPENED && r->place != PLACE_AWAITED)
        raise_unexpected(r, '\\');
    if (r->place != PLACE_OPENED && r->place != PLACE_AWAITED)
        raise_malformed(r, "Unexpected array element.");
    if (*r->p == '"') {
        read_quoted(r);
        r->place = PLACE_QUOTED;
    } else {
        bool is_escaped = read_bare(r);

        item.is_null = !is_escaped && setting.array_nulls &&
                       strcasecmp(r->texts.text + item.start, "NULL") == 0;
        r->place = PLACE_ELEMENT;
    }
    strbuf_add_char(&r->texts, '\0');
    strbuf_add_char(&r->marks, 'e');
    *(ItemText *)array_push(&r->items) = item;
    r->counts[r->depth - 1]++;
}

static void read_braces(ArrayReader *r)
{
    do {
        r->p = skip_spaces(r->p);
        switch (*r->p) {
        case '\0':
            raise_end(r);
        case '{':
            open_level(r);
            break;
        case '}':
            close_level(r);
            break;
        default:
            if (*r->p == r->delimiter)
                pass_delimiter(r);
            else
                read_element(r);
        }
    } while (r->depth > 0);
    if (*skip_spaces(r->p) != '\0')
        raise_malformed(r, "Junk after closing right brace.");
}

static void find_shape(ArrayReader *r)
{
    if (r->items.count == 0)
        r->shape.dims = 0;
    for (int i = 0; i < r->shape.dims; i++) {
        r->shape.lower[i] = 1;
        if (r->shape.sizes[i] == 0)
            r->shape.dims = 0;
    }
}

/* The index of an item; it may be behind the last where elements are at several depths. */
static size_t index_at(const ArrayShape *shape, const int32_t *at)
{
    size_t index = 0;

    for (int i = 0; i < shape->dims; i++)
        index = index * (size_t)shape->sizes[i] + (size_t)at[i];
    return index;
}

static void place_items(ArrayReader *r)
{
    int32_t at[ARRAY_DIMENSIONS_MAX] = {0};
    size_t item = 0;
    int depth = 0;

    for (size_t i = 0; i < r->marks.len; i++) {
        switch (r->marks.text[i]) {
        case '{':
            at[depth++] = 0;
            break;
        case '}':
            at[--depth] = 0;
            if (depth > 0)
                at[depth - 1]++;
            break;
        case ',':
            at[r->shape.dims - 1]++;
            break;
        default:
            ((ItemText *)array_at(&r->items, item++))->place = index_at(&r->shape, at);
        }
    }
}

/* That these do not fit is said of the whole text. */
static void take_bounds(ArrayReader *r, const ArrayShape *given, const char *text)
{
    bool is_same = given->dims == r->shape.dims;

    for (int i = 0; is_same && i < given->dims; i++)
        is_same = given->sizes[i] == r->shape.sizes[i];
    if (!is_same) {
        r->shown = text;
        raise_malformed(r, "Specified array dimensions do not match array contents.");
    }
    memcpy(r->shape.lower, given->lower, sizeof given->lower);
}

static Datum read_items(ArrayReader *r, ElementType *e, int32_t type_mod)
{
    size_t count = array_item_count((unsigned)r->shape.dims, r->shape.sizes);
    Datum *values = mem_new_array(Datum, count + 1);
    bool *nulls = mem_new_array(bool, count + 1);
    FMGR_CALL_LOCAL(call, 3);

    array_check_bounds(&r->shape);
    fmgr_call_init(call, &e->site, 3, 0);
    memset(nulls, true, count);
    if (count > 0)
        place_items(r);
    for (size_t i = 0; count > 0 && i < r->items.count; i++) {
        const ItemText *item = array_at(&r->items, i);

        if (item->place >= count)
            raise_malformed(r, NULL);
        nulls[item->place] = item->is_null;
        if (item->is_null && e->site.strict)
            continue;
        call->args[0] =
            (NullableDatum){datum_of_pointer(r->texts.text + item->start), item->is_null};
        call->args[1] = (NullableDatum){datum_of_u32(e->io_param), false};
        call->args[2] = (NullableDatum){datum_of_i32(type_mod), false};
        values[item->place] = fmgr_invoke(call);
        nulls[item->place] = call->is_null;
    }
    return datum_of_pointer(array_make(&e->form, values, nulls, (unsigned)r->shape.dims,
                                       r->shape.sizes, r->shape.lower));
}

Datum array_in(FmgrCall *call)
{
    ElementType *e = element_type(call, fmgr_u32(call, 1), ELEMENT_NEEDS_INPUT);
    ArrayReader r = {.shown = fmgr_cstring(call, 0), .delimiter = e->facts->delimiter};
    ArrayShape given;

    r.p = r.shown;
    for (int i = 0; i < ARRAY_DIMENSIONS_MAX; i++)
        r.siblings[i] = -1;
    strbuf_init(&r.marks);
    strbuf_init(&r.texts);
    array_init(&r.items, sizeof(ItemText));
    read_head(&r, &given);
    read_braces(&r);
    find_shape(&r);
    if (given.dims > 0)
        take_bounds(&r, &given, fmgr_cstring(call, 0));
    return read_items(&r, e, fmgr_i32(call, 2));
}
