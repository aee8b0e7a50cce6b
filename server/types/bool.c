/* bool.c - the type bool: forms and comparisons. */
#include "common/base/base.h"

#include <strings.h>

#include "server/types/types_int.h"
#include "server/types/wire.h"

/* Is the text a beginning of word, of least letters at least? */
static bool is_start(const char *text, size_t len, const char *word, size_t least)
{
    return len >= least && len <= strlen(word) && strncasecmp(text, word, len) == 0;
}

Datum boolin(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0), *from = skip_spaces(text);
    size_t len = strlen(from);

    while (len > 0 && is_space(from[len - 1]))
        len--;
    if (is_start(from, len, "true", 1) || is_start(from, len, "yes", 1) ||
        is_start(from, len, "on", 2) || is_start(from, len, "1", 1))
        return datum_of_bool(true);
    if (is_start(from, len, "false", 1) || is_start(from, len, "no", 1) ||
        is_start(from, len, "off", 2) || is_start(from, len, "0", 1))
        return datum_of_bool(false);
    types_raise_syntax("boolean", text);
}

Datum boolout(FmgrCall *call)
{
    return cstring_result(fmgr_bool(call, 0) ? "t" : "f");
}

Datum boolrecv(FmgrCall *call)
{
    return datum_of_bool(wire_u8(wire_message(call)) != 0);
}

Datum boolsend(FmgrCall *call)
{
    return wire_result_u8(fmgr_bool(call, 0));
}

Datum booleq(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) == fmgr_bool(call, 1));
}

Datum boolne(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) != fmgr_bool(call, 1));
}

Datum boollt(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) < fmgr_bool(call, 1));
}

Datum boolle(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) <= fmgr_bool(call, 1));
}

Datum boolgt(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) > fmgr_bool(call, 1));
}

Datum boolge(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) >= fmgr_bool(call, 1));
}

Datum btboolcmp(FmgrCall *call)
{
    return datum_of_i32(fmgr_bool(call, 0) - fmgr_bool(call, 1));
}

/* As SQL wants it; the type's own text is t or f. */
Datum booltext(FmgrCall *call)
{
    return text_result_of(fmgr_bool(call, 0) ? "true" : "false");
}
