/*
 * regexp.c - compiled patterns that are kept, and the operators ~ !~ ~* !~*
 *
 * Compiling costs more than a search mostly, so that the patterns used last are kept, most recent
 * first, for the whole process.
 */
#include "common/base/base.h"

#include "server/types/regexp.h"

#include "server/types/database_text.h"
#include "server/types/types_int.h"
#include "server/types/utf8.h"

#define KEPT_MAX 32

typedef struct KeptRegexp {
    Regex *regex;
    char *pattern;
    size_t len;
    unsigned flags;
    Oid collation;
} KeptRegexp;

/* Entries move, their locales must not. */
static struct {
    MemContext *mem;
    KeptRegexp kept[KEPT_MAX];
    size_t count;
} local;

/* ---- What a letter is ---- */

static Oid collation_of(const void *self)
{
    return (Oid)(uintptr_t)self;
}

static bool is_in_class(const void *self, RegexClass class, uint32_t c)
{
    static const CollationClass classes[REGEX_CLASS_COUNT] = {
        [REGEX_ALNUM] = CLASS_ALNUM, [REGEX_ALPHA] = CLASS_ALPHA, [REGEX_DIGIT] = CLASS_DIGIT,
        [REGEX_GRAPH] = CLASS_GRAPH, [REGEX_LOWER] = CLASS_LOWER, [REGEX_PRINT] = CLASS_PRINT,
        [REGEX_PUNCT] = CLASS_PUNCT, [REGEX_SPACE] = CLASS_SPACE, [REGEX_UPPER] = CLASS_UPPER,
    };

    return collation_is_in_class(collation_of(self), classes[class], c);
}

static uint32_t to_lower(const void *self, uint32_t c)
{
    return collation_lower_char(collation_of(self), c);
}

static uint32_t to_upper(const void *self, uint32_t c)
{
    return collation_upper_char(collation_of(self), c);
}

/* ---- Texts as code points ---- */

static size_t widen(CollationText text, uint32_t *out)
{
    const char *p = text.bytes, *end = text.bytes + text.len;
    size_t n = 0;

    if (text_encoding() == ENCODING_UTF8) {
        while (p < end)
            out[n++] = utf8_read(&p);
        return n;
    }
    if (encoding_max_len(text_encoding()) > 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("regular expressions in encoding %s are not supported",
                                     encoding_name(text_encoding())));
    while (p < end)
        out[n++] = (uint8_t)*p++;
    return n;
}

void wide_text_begin(WideText *w, CollationText text)
{
    w->chars = w->own;
    if (text.len > ARRAY_LEN(w->own))
        w->chars = mem_new_array(uint32_t, text.len);
    w->len = widen(text, w->chars);
}

void wide_text_end(WideText *w)
{
    if (w->chars != w->own)
        mem_free(w->chars);
}

/* ---- Kept patterns ---- */

static bool is_same(const KeptRegexp *k, CollationText pattern, unsigned flags, Oid collation)
{
    return k->len == pattern.len && k->flags == flags && k->collation == collation &&
           memcmp(k->pattern, pattern.bytes, pattern.len) == 0;
}

static void check_collation(Oid collation)
{
    if (collation == 0)
        collation_raise_unknown("regular expression");
    if (!collation_is_deterministic(collation))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      "nondeterministic collations are not supported for regular expressions");
}

static KeptRegexp compile(CollationText pattern, unsigned flags, Oid collation)
{
    const RegexLocale locale = {is_in_class, to_lower, to_upper,
                                (const void *)(uintptr_t)collation};
    KeptRegexp k = {.len = pattern.len, .flags = flags, .collation = collation};
    WideText w;

    if (local.mem == NULL)
        local.mem = mem_context_new(mem_root(), "regular expressions");
    wide_text_begin(&w, pattern);
    regex_check_flags(flags);
    check_collation(collation);
    k.regex = regex_compile(w.chars, w.len, flags, &locale, local.mem);
    wide_text_end(&w);
    MEM_SCOPE(local.mem) {
        k.pattern = mem_strndup(pattern.bytes, pattern.len);
    }
    return k;
}

Regex *regexp_get(CollationText pattern, unsigned flags, Oid collation)
{
    KeptRegexp found;
    size_t at = 0;

    if (LIKELY(local.count > 0 && is_same(&local.kept[0], pattern, flags, collation)))
        return local.kept[0].regex;
    while (at < local.count && !is_same(&local.kept[at], pattern, flags, collation))
        at++;
    if (at < local.count) {
        found = local.kept[at];
    } else {
        found = compile(pattern, flags, collation);
        if (local.count == KEPT_MAX) {
            at = --local.count;
            regex_free(local.kept[at].regex);
            mem_free(local.kept[at].pattern);
        }
        local.count++;
    }
    memmove(local.kept + 1, local.kept, at * sizeof local.kept[0]);
    local.kept[0] = found;
    return found.regex;
}

/* ---- Flags ---- */

static bool set_flag(RegexpFlags *f, char c)
{
    switch (c) {
    case 'g':
        f->is_global = true;
        break;
    case 'b':
    case 'e':
        /* Both make it a basic one, whatever the manual says of e. */
        f->flags &= ~(unsigned)(REGEX_ARE | REGEX_QUOTE);
        break;
    case 'c':
        f->flags &= ~(unsigned)REGEX_ANY_CASE;
        break;
    case 'i':
        f->flags |= REGEX_ANY_CASE;
        break;
    case 'm':
    case 'n':
        f->flags |= REGEX_NEWLINE;
        break;
    case 'p':
        f->flags |= REGEX_DOT_NO_NEWLINE;
        f->flags &= ~(unsigned)REGEX_LINE_ANCHORS;
        break;
    case 'q':
        f->flags |= REGEX_QUOTE;
        f->flags &= ~(unsigned)REGEX_ARE;
        break;
    case 's':
        f->flags &= ~(unsigned)REGEX_NEWLINE;
        break;
    case 't':
        f->flags &= ~(unsigned)REGEX_SPACED;
        break;
    case 'w':
        f->flags &= ~(unsigned)REGEX_DOT_NO_NEWLINE;
        f->flags |= REGEX_LINE_ANCHORS;
        break;
    case 'x':
        f->flags |= REGEX_SPACED;
        break;
    default:
        return false;
    }
    return true;
}

RegexpFlags regexp_flags(CollationText text)
{
    RegexpFlags f = {.flags = REGEX_ARE};

    for (size_t i = 0; i < text.len; i++) {
        if (!set_flag(&f, text.bytes[i]))
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("invalid regular expression option: \"%.*s\"",
                                         (int)encoding_char_len(text_encoding(), text.bytes + i),
                                         text.bytes + i));
    }
    return f;
}

/* ---- Operators ---- */

static bool matches(const FmgrCall *call, CollationText text, unsigned flags)
{
    const uint8_t *v = fmgr_packed(call, 1);
    CollationText pattern = {(const char *)varlena_bytes(v), varlena_len(v)};
    Regex *re = regexp_get(pattern, flags, call->collation);
    WideText w;
    bool result;

    wide_text_begin(&w, text);
    result = regex_search(re, w.chars, w.len, 0, NULL, 0);
    wide_text_end(&w);
    return result;
}

static bool text_matches(const FmgrCall *call, unsigned flags)
{
    const uint8_t *v = fmgr_packed(call, 0);

    return matches(call, (CollationText){(const char *)varlena_bytes(v), varlena_len(v)}, flags);
}

static bool name_matches(const FmgrCall *call, unsigned flags)
{
    const char *name = fmgr_cstring(call, 0);

    return matches(call, (CollationText){name, strlen(name)}, flags);
}

Datum textregexeq(FmgrCall *call)
{
    return datum_of_bool(text_matches(call, REGEX_ARE));
}

Datum textregexne(FmgrCall *call)
{
    return datum_of_bool(!text_matches(call, REGEX_ARE));
}

Datum texticregexeq(FmgrCall *call)
{
    return datum_of_bool(text_matches(call, REGEX_ARE | REGEX_ANY_CASE));
}

Datum texticregexne(FmgrCall *call)
{
    return datum_of_bool(!text_matches(call, REGEX_ARE | REGEX_ANY_CASE));
}

Datum nameregexeq(FmgrCall *call)
{
    return datum_of_bool(name_matches(call, REGEX_ARE));
}

Datum nameregexne(FmgrCall *call)
{
    return datum_of_bool(!name_matches(call, REGEX_ARE));
}

Datum nameicregexeq(FmgrCall *call)
{
    return datum_of_bool(name_matches(call, REGEX_ARE | REGEX_ANY_CASE));
}

Datum nameicregexne(FmgrCall *call)
{
    return datum_of_bool(!name_matches(call, REGEX_ARE | REGEX_ANY_CASE));
}
