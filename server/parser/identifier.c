/* identifier.c - names as catalogs hold them: folded to lower case, cut to their size. */
#include "common/base/base.h"

#include <ctype.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/parser/parser_int.h"

/*
 * Letters beyond ASCII are folded only where a character is a byte, as the locale of the process
 * has it: so does PostgreSQL, and names in catalogs depend on it.
 */
const char *identifier_fold(Parser *p, const char *word, size_t length)
{
    char *name = mem_strndup(word, length);
    bool is_single_byte = encoding_max_len(p->encoding) == 1;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];

        if (c >= 'A' && c <= 'Z')
            name[i] = (char)(c + ('a' - 'A'));
        else if (UNLIKELY(c >= 0x80 && is_single_byte && isupper(c)))
            name[i] = (char)tolower(c);
    }
    return identifier_clip(p, name, length, false);
}

const char *identifier_clip(Parser *p, char *name, size_t length, bool is_quiet)
{
    size_t kept;

    if (LIKELY(length < IDENTIFIER_SIZE))
        return name;
    kept = encoding_clip(p->encoding, name, length, IDENTIFIER_SIZE - 1);
    if (!is_quiet)
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_NAME_TOO_LONG,
                .message = err_fmt("identifier \"%s\" will be truncated to \"%.*s\"", name,
                                   (int)kept, name));
    name[kept] = '\0';
    return name;
}
