/* text_search.c - find one text in another. */
#include "common/base/base.h"

#include "server/types/text_search.h"

#include <string.h>

#include "common/err/err.h"
#include "server/types/database_text.h"

void text_search_check(Oid collation)
{
    if (!collation_is_deterministic(collation))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      "nondeterministic collations are not supported for substring searches");
}

/* Encodings in which a byte of one character can look like another character. */
static const char *find_by_characters(CollationText text, CollationText pattern)
{
    const char *p = text.bytes, *end = text.bytes + text.len;

    while ((size_t)(end - p) >= pattern.len) {
        if (memcmp(p, pattern.bytes, pattern.len) == 0)
            return p;
        p += encoding_char_len(text_encoding(), p);
    }
    return NULL;
}

const char *text_search_find(CollationText text, CollationText pattern)
{
    Encoding e = text_encoding();

    if (e != ENCODING_UTF8 && encoding_max_len(e) > 1)
        return find_by_characters(text, pattern);
    return memmem(text.bytes, text.len, pattern.bytes, pattern.len);
}
