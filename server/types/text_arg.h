/*
 * text_arg.h - arguments that are texts, as bytes with a length; characters in them
 */
#ifndef TYPES_TEXT_ARG_H
#define TYPES_TEXT_ARG_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"
#include "server/types/collation.h"
#include "server/types/database_text.h"
#include "server/types/types_int.h"
#include "server/types/utf8.h"

/* A text, varchar or bytea. */
static inline CollationText text_arg(const FmgrCall *call, int n)
{
    const uint8_t *v = fmgr_packed(call, n);

    return (CollationText){(const char *)varlena_bytes(v), varlena_len(v)};
}

/* A value of its own. */
static inline Datum text_of(CollationText t)
{
    return text_result(t.bytes, t.len);
}

/* Bytes of the character at p. */
static inline size_t text_char_len(const char *p)
{
    Encoding e = text_encoding();

    if (LIKELY(e == ENCODING_UTF8))
        return utf8_len(*p);
    return encoding_max_len(e) == 1 ? 1 : encoding_char_len(e, p);
}

/* Characters of a text. */
size_t text_char_count(CollationText t);

/* Bytes of the first count characters; all when there are fewer. */
size_t text_chars_len(CollationText t, size_t count);

#endif
