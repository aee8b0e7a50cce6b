/* text_format.c - functions of any number of arguments of any type: concat(), format(). */
#include "common/base/base.h"

#include "server/catalog/catalog_oid.h"
#include "server/types/array_int.h"
#include "server/types/int_text.h"
#include "server/types/quote.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

/* The output function of each argument, kept for the place that calls. */
typedef struct AnyOutputs {
    ElementType array; /* of a VARIADIC array's elements */
    int count;
    FmgrSite sites[];
} AnyOutputs;

static AnyOutputs *outputs_of(FmgrCall *call)
{
    AnyOutputs *o = call->site->extra;
    size_t count = (size_t)call->nargs;

    if (o != NULL)
        return o;
    o = mem_alloc_in(call->site->mem, sizeof *o + count * sizeof(FmgrSite));
    for (int i = 0; i < call->nargs && !fmgr_is_variadic(call); i++) {
        Oid type = fmgr_arg_type(call, i);

        if (type == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "could not determine data type of concat() input");
        fmgr_site_init(&o->sites[i], type_facts(type)->output, call->site->mem);
    }
    o->count = call->nargs;
    call->site->extra = o;
    return o;
}

static char *text_of_value(FmgrSite *output, Datum value)
{
    return datum_pointer(fmgr_call(output, 0, 1, &value));
}

static void add_value(StrBuf *out, FmgrSite *output, Datum value)
{
    char *text = text_of_value(output, value);

    strbuf_add(out, text);
    mem_free(text);
}

/* The elements of the array that was given as VARIADIC; false: it is NULL. */
static bool open_variadic(FmgrCall *call, int n, AnyOutputs *o, ArrayView *view)
{
    const TypeFacts *t = type_facts_find(fmgr_arg_type(call, n));

    if (fmgr_arg_is_null(call, n))
        return false;
    if (t == NULL || t->element == 0)
        err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = "VARIADIC argument must be an array");
    *view = array_arg(call, n);
    if (o->array.oid != view->element_type)
        element_type_find(&o->array, view->element_type, ELEMENT_NEEDS_OUTPUT, call->site->mem);
    return true;
}

/* ---- concat() ---- */

static Datum concat_array(FmgrCall *call, int first, CollationText separator)
{
    AnyOutputs *o = outputs_of(call);
    ArrayView view;
    ArrayWalk walk;
    Datum value;
    bool is_null, is_first = true;
    StrBuf out;

    if (!open_variadic(call, first, o, &view))
        return fmgr_null(call);
    text_begin(&out);
    array_walk_begin(&walk, &view, &o->array.form);
    while (array_walk_next(&walk, &value, &is_null)) {
        if (is_null)
            continue;
        if (!is_first)
            strbuf_add_bytes(&out, separator.bytes, separator.len);
        is_first = false;
        add_value(&out, &o->array.site, value);
    }
    return text_end(&out);
}

static Datum concat(FmgrCall *call, int first, CollationText separator)
{
    AnyOutputs *o;
    bool is_first = true;
    StrBuf out;

    if (fmgr_is_variadic(call))
        return concat_array(call, first, separator);
    o = outputs_of(call);
    text_begin(&out);
    for (int i = first; i < call->nargs; i++) {
        if (fmgr_arg_is_null(call, i))
            continue;
        if (!is_first)
            strbuf_add_bytes(&out, separator.bytes, separator.len);
        is_first = false;
        add_value(&out, &o->sites[i], fmgr_arg(call, i));
    }
    return text_end(&out);
}

Datum text_concat(FmgrCall *call)
{
    return concat(call, 0, (CollationText){"", 0});
}

Datum text_concat_ws(FmgrCall *call)
{
    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    return concat(call, 1, text_arg(call, 0));
}

/* ---- format() ---- */

typedef struct Formatter {
    FmgrCall *call;
    AnyOutputs *outputs;
    const char *p, *end;
    int next; /* argument that comes next, the format being 0 */

    /* All arguments behind the format. */
    int count;
    bool is_array;
    Datum *values;
    bool *nulls;
    StrBuf out;
} Formatter;

/* %[position$][-][width]type */
typedef struct FormatSpec {
    int position;       /* -1: the next */
    int width_position; /* -1: the next, 0: the width is given */
    int width;
    bool is_left;
    char type;
} FormatSpec;

static _Noreturn void raise_unterminated(void)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "unterminated format() type specifier",
              .hint = "For a single \"%\" use \"%%\".");
}

static void advance(Formatter *f)
{
    if (++f->p >= f->end)
        raise_unterminated();
}

static bool read_digits(Formatter *f, int *out)
{
    int n = 0;
    bool has_some = false;

    while (*f->p >= '0' && *f->p <= '9') {
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *f->p - '0', &n))
            err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "number is out of range");
        has_some = true;
        advance(f);
    }
    *out = n;
    return has_some;
}

static void check_position(int position)
{
    if (position == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "format specifies argument 0, but arguments are numbered from 1");
}

static FormatSpec read_spec(Formatter *f)
{
    FormatSpec s = {.position = -1};
    int n;

    if (read_digits(f, &n)) {
        if (*f->p != '$') {
            s.width = n;
            s.type = *f->p;
            return s;
        }
        s.position = n;
        check_position(n);
        advance(f);
    }
    while (*f->p == '-') {
        s.is_left = true;
        advance(f);
    }
    if (*f->p == '*') {
        advance(f);
        s.width_position = -1;
        if (read_digits(f, &n)) {
            if (*f->p != '$')
                err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                          .message = "width argument position must be ended by \"$\"");
            s.width_position = n;
            check_position(n);
            advance(f);
        }
    } else if (read_digits(f, &n)) {
        s.width = n;
    }
    s.type = *f->p;
    return s;
}

static _Noreturn void raise_too_few(void)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "too few arguments for format()");
}

static FmgrSite *output_of(Formatter *f, int argument)
{
    return f->is_array ? &f->outputs->array.site : &f->outputs->sites[argument];
}

/* A width that is an argument: an integer, or its text. */
static int width_of(Formatter *f, FormatSpec *s)
{
    int argument = s->width_position < 0 ? f->next++ : s->width_position;
    Oid type;
    char *text;

    if (argument > f->count)
        raise_too_few();
    if (s->width_position > 0)
        f->next = argument + 1;
    if (f->nulls[argument - 1])
        return 0;
    type = f->is_array ? f->outputs->array.oid : fmgr_arg_type(f->call, argument);
    if (type == TYPE_INT4)
        return datum_i32(f->values[argument - 1]);
    if (type == TYPE_INT2)
        return datum_i16(f->values[argument - 1]);
    text = text_of_value(output_of(f, argument), f->values[argument - 1]);
    return int_parse_i32(text);
}

/* A width may be any number, results are smaller than a gigabyte. */
static void add_blanks(StrBuf *out, int64_t count)
{
    size_t have = out->len - VARLENA_HEADER;

    if ((size_t)count >= VARLENA_SIZE_MAX - have)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "out of memory",
                  .detail = err_fmt("Cannot enlarge string buffer containing %zu bytes by %" PRId64
                                    " more bytes.",
                                    have, count));
    strbuf_add_chars(out, ' ', (size_t)count);
}

static void add_padded(Formatter *f, const FormatSpec *s, int width, CollationText t)
{
    bool is_left = s->is_left;
    int64_t missing, wanted = width;

    if (wanted < 0) {
        is_left = true;
        wanted = -wanted;
        if (wanted > INT32_MAX)
            err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "number is out of range");
    }
    missing = wanted - (wanted > 0 ? (int64_t)text_char_count(t) : 0);
    if (missing > 0 && !is_left)
        add_blanks(&f->out, missing);
    strbuf_add_bytes(&f->out, t.bytes, t.len);
    if (missing > 0 && is_left)
        add_blanks(&f->out, missing);
}

static void add_argument(Formatter *f, const FormatSpec *s, int width, int argument)
{
    StrBuf quoted;
    char *text = NULL;

    if (f->nulls[argument - 1]) {
        if (s->type == 'I')
            err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                      .message = "null values cannot be formatted as an SQL identifier");
        text = mem_strdup(s->type == 'L' ? "NULL" : "");
        add_padded(f, s, width, (CollationText){text, strlen(text)});
        return;
    }
    text = text_of_value(output_of(f, argument), f->values[argument - 1]);
    strbuf_init(&quoted);
    if (s->type == 'I')
        quote_add_identifier(&quoted, text, strlen(text));
    else if (s->type == 'L')
        quote_add_literal(&quoted, text, strlen(text));
    else
        strbuf_add(&quoted, text);
    add_padded(f, s, width, (CollationText){quoted.text, quoted.len});
}

/* At the character behind %. */
static void add_spec(Formatter *f)
{
    FormatSpec s;
    int width, argument;

    if (*f->p == '%') {
        strbuf_add_char(&f->out, '%');
        return;
    }
    s = read_spec(f);
    if (s.type != 's' && s.type != 'I' && s.type != 'L')
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unrecognized format() type specifier \"%.*s\"",
                                     (int)text_char_len(f->p), f->p),
                  .hint = "For a single \"%\" use \"%%\".");
    width = s.width_position != 0 ? width_of(f, &s) : s.width;
    argument = s.position > 0 ? s.position : f->next;
    f->next = argument + 1;
    if (argument > f->count)
        raise_too_few();
    add_argument(f, &s, width, argument);
}

/* The arguments, or the elements of the array that was given as VARIADIC. */
static void gather(Formatter *f)
{
    ArrayView view;

    f->is_array = f->call->nargs > 1 && fmgr_is_variadic(f->call);
    if (f->is_array) {
        /* A NULL array has no elements. */
        if (!open_variadic(f->call, 1, f->outputs, &view))
            return;
        array_take_apart(&view, &f->outputs->array.form, &f->values, &f->nulls);
        f->count = (int)view.count;
        return;
    }
    f->count = f->call->nargs - 1;
    f->values = mem_new_array(Datum, (size_t)f->count + 1);
    f->nulls = mem_new_array(bool, (size_t)f->count + 1);
    for (int i = 0; i < f->count; i++) {
        f->values[i] = fmgr_arg(f->call, i + 1);
        f->nulls[i] = fmgr_arg_is_null(f->call, i + 1);
    }
}

Datum text_format(FmgrCall *call)
{
    Formatter f = {.call = call, .next = 1};
    CollationText format;

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    f.outputs = outputs_of(call);
    gather(&f);
    format = text_arg(call, 0);
    f.end = format.bytes + format.len;
    text_begin(&f.out);
    for (f.p = format.bytes; f.p < f.end; f.p++) {
        if (*f.p != '%') {
            strbuf_add_char(&f.out, *f.p);
            continue;
        }
        advance(&f);
        add_spec(&f);
    }
    return text_end(&f.out);
}

Datum text_format_nv(FmgrCall *call)
{
    return text_format(call);
}
