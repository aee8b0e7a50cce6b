/*
 * like.c - LIKE and ILIKE: % stands for anything, _ for a character, \ takes what follows as it is
 *
 * A pattern is walked with the text. Behind %, each place of the text that has the right byte is
 * tried; when one of these tries comes to the end of the text, no later one can do better, which
 * keeps the work small for patterns with several %.
 */
#include "common/base/base.h"

#include "server/types/database_text.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

typedef enum LikeResult {
    LIKE_FALSE,
    LIKE_TRUE,
    LIKE_ABORT, /* no longer part of the text would match, either */
} LikeResult;

/* Texts that are matched; bytes are compared through fold when it is set. */
typedef struct LikeMatch {
    bool has_wide_chars;
    Oid fold; /* a collation: compare single bytes without case; 0: as they are */
} LikeMatch;

static _Noreturn void raise_end(void)
{
    err_raise(SQLSTATE_INVALID_ESCAPE_SEQUENCE,
              .message = "LIKE pattern must not end with escape character");
}

static inline CollationText behind(CollationText t, size_t len)
{
    return (CollationText){t.bytes + len, t.len - len};
}

static inline CollationText behind_char(const LikeMatch *m, CollationText t)
{
    size_t len = 1;

    if (m->has_wide_chars && (*t.bytes & 0x80) != 0)
        len = size_min(encoding_char_len(text_encoding(), t.bytes), t.len);
    return behind(t, len);
}

static inline char byte_of(const LikeMatch *m, char c)
{
    return m->fold == 0 ? c : collation_lower_byte(m->fold, c);
}

static LikeResult match(const LikeMatch *m, CollationText t, CollationText p);

/* p begins with %: it takes whatever lets the rest match. */
static LikeResult match_any(const LikeMatch *m, CollationText t, CollationText p)
{
    char first;

    p = behind(p, 1);
    while (p.len > 0 && (*p.bytes == '%' || *p.bytes == '_')) {
        if (*p.bytes == '_') {
            if (t.len == 0)
                return LIKE_ABORT;
            t = behind_char(m, t);
        }
        p = behind(p, 1);
    }
    if (p.len == 0)
        return LIKE_TRUE;
    if (*p.bytes == '\\' && p.len < 2)
        raise_end();
    first = byte_of(m, *p.bytes == '\\' ? p.bytes[1] : *p.bytes);
    for (; t.len > 0; t = behind_char(m, t)) {
        LikeResult r;

        if (byte_of(m, *t.bytes) != first)
            continue;
        r = match(m, t, p);
        if (r != LIKE_FALSE)
            return r;
    }
    return LIKE_ABORT;
}

static LikeResult match(const LikeMatch *m, CollationText t, CollationText p)
{
    while (t.len > 0 && p.len > 0) {
        if (*p.bytes == '%')
            return match_any(m, t, p);
        if (*p.bytes == '_') {
            t = behind_char(m, t);
            p = behind(p, 1);
            continue;
        }
        if (*p.bytes == '\\') {
            p = behind(p, 1);
            if (p.len == 0)
                raise_end();
        }
        if (byte_of(m, *p.bytes) != byte_of(m, *t.bytes))
            return LIKE_FALSE;
        t = behind(t, 1);
        p = behind(p, 1);
    }
    if (t.len > 0)
        return LIKE_FALSE;
    while (p.len > 0 && *p.bytes == '%')
        p = behind(p, 1);
    return p.len == 0 ? LIKE_TRUE : LIKE_ABORT;
}

static CollationText name_arg(const FmgrCall *call)
{
    const char *name = fmgr_cstring(call, 0);

    return (CollationText){name, strlen(name)};
}

/* ---- LIKE ---- */

static bool is_like(const FmgrCall *call, CollationText t)
{
    const LikeMatch m = {.has_wide_chars = encoding_max_len(text_encoding()) > 1};

    if (call->collation != 0 && !collation_is_deterministic(call->collation))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "nondeterministic collations are not supported for LIKE");
    return match(&m, t, text_arg(call, 1)) == LIKE_TRUE;
}

static bool is_like_bytes(const FmgrCall *call)
{
    return match(&(LikeMatch){.fold = 0}, text_arg(call, 0), text_arg(call, 1)) == LIKE_TRUE;
}

Datum textlike(FmgrCall *call)
{
    return datum_of_bool(is_like(call, text_arg(call, 0)));
}

Datum textnlike(FmgrCall *call)
{
    return datum_of_bool(!is_like(call, text_arg(call, 0)));
}

Datum namelike(FmgrCall *call)
{
    return datum_of_bool(is_like(call, name_arg(call)));
}

Datum namenlike(FmgrCall *call)
{
    return datum_of_bool(!is_like(call, name_arg(call)));
}

Datum bytealike(FmgrCall *call)
{
    return datum_of_bool(is_like_bytes(call));
}

Datum byteanlike(FmgrCall *call)
{
    return datum_of_bool(!is_like_bytes(call));
}

/* ---- ILIKE ---- */

static CollationText lowered(const FmgrCall *call, CollationText t)
{
    size_t len;
    char *bytes = collation_change_case(call->collation, CASE_LOWER, t, &len);

    return (CollationText){bytes, len};
}

static bool is_ilike(const FmgrCall *call, CollationText t)
{
    CollationText p = text_arg(call, 1);
    LikeMatch m = {.has_wide_chars = encoding_max_len(text_encoding()) > 1};

    if (call->collation == 0)
        collation_raise_unknown("ILIKE");
    if (!collation_is_deterministic(call->collation))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "nondeterministic collations are not supported for ILIKE");
    if (!m.has_wide_chars && !collation_is_icu(call->collation)) {
        m.fold = call->collation;
        return match(&m, t, p) == LIKE_TRUE;
    }
    p = lowered(call, p);
    return match(&m, lowered(call, t), p) == LIKE_TRUE;
}

Datum texticlike(FmgrCall *call)
{
    return datum_of_bool(is_ilike(call, text_arg(call, 0)));
}

Datum texticnlike(FmgrCall *call)
{
    return datum_of_bool(!is_ilike(call, text_arg(call, 0)));
}

Datum nameiclike(FmgrCall *call)
{
    return datum_of_bool(is_ilike(call, name_arg(call)));
}

Datum nameicnlike(FmgrCall *call)
{
    return datum_of_bool(!is_ilike(call, name_arg(call)));
}

/* ---- ESCAPE: a pattern with another escape character, as one with \ ---- */

static Datum change_escape(CollationText p, CollationText escape, bool has_wide_chars)
{
    const LikeMatch m = {.has_wide_chars = has_wide_chars};
    bool is_escaped = false;
    StrBuf out;

    if (escape.len > 0 && behind_char(&m, escape).len > 0)
        err_raise(SQLSTATE_INVALID_ESCAPE_SEQUENCE, .message = "invalid escape string",
                  .hint = "Escape string must be empty or one character.");
    if (escape.len == 1 && *escape.bytes == '\\')
        return text_result(p.bytes, p.len);
    text_begin(&out);
    while (p.len > 0) {
        CollationText rest = behind_char(&m, p);
        size_t len = p.len - rest.len;

        if (!is_escaped && escape.len == len && memcmp(p.bytes, escape.bytes, len) == 0) {
            strbuf_add_char(&out, '\\');
            is_escaped = true;
        } else {
            if (*p.bytes == '\\' && !is_escaped)
                strbuf_add_char(&out, '\\');
            strbuf_add_bytes(&out, p.bytes, len);
            is_escaped = false;
        }
        p = rest;
    }
    return text_end(&out);
}

Datum like_escape(FmgrCall *call)
{
    return change_escape(text_arg(call, 0), text_arg(call, 1),
                         encoding_max_len(text_encoding()) > 1);
}

Datum like_escape_bytea(FmgrCall *call)
{
    return change_escape(text_arg(call, 0), text_arg(call, 1), false);
}
