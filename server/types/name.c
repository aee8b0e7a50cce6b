/*
 * name.c - the type name: 63 bytes and a NUL, the rest zero, so that it can be compared as a whole
 *
 * What is longer is cut without a word, at the end of a character.
 */
#include "common/base/base.h"

#include "server/access/common/sort_support.h"
#include "server/access/common/tuple_desc.h"
#include "server/types/collation.h"
#include "server/types/comparisons.h"
#include "server/types/database_text.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

static Datum name_result(const char *text, size_t len)
{
    char *name = mem_alloc(NAME_SIZE);

    if (len >= NAME_SIZE)
        len = encoding_clip(text_encoding(), text, len, NAME_SIZE - 1);
    memcpy(name, text, len);
    return datum_of_pointer(name);
}

Datum namein(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);

    return name_result(text, strlen(text));
}

Datum nameout(FmgrCall *call)
{
    return cstring_result(fmgr_cstring(call, 0));
}

Datum namerecv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    if (len >= NAME_SIZE)
        err_raise(SQLSTATE_NAME_TOO_LONG, .message = "identifier too long",
                  .detail = err_fmt("Identifier must be less than %d characters.", NAME_SIZE));
    return name_result(text, len);
}

Datum namesend(FmgrCall *call)
{
    return wire_result_text(fmgr_cstring(call, 0), strlen(fmgr_cstring(call, 0)));
}

Datum text_name(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);

    return name_result((const char *)varlena_bytes(v), varlena_len(v));
}

Datum name_text(FmgrCall *call)
{
    return text_result_of(fmgr_cstring(call, 0));
}

/* varchar(name) is the same function of another name. */
Datum name_bpchar(FmgrCall *call)
{
    return name_text(call);
}

/* Blanks at the end of a char(n) do not belong to it. */
Datum bpchar_name(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);
    const char *text = (const char *)varlena_bytes(v);
    size_t len = varlena_len(v);

    if (len >= NAME_SIZE)
        len = encoding_clip(text_encoding(), text, len, NAME_SIZE - 1);
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return name_result(text, len);
}

/* name || '_' || oid, the name cut so that all of it fits. */
Datum nameconcatoid(FmgrCall *call)
{
    const char *name = fmgr_cstring(call, 0);
    char *suffix = mem_printf("_%u", fmgr_u32(call, 1));
    size_t len = strlen(name), room = NAME_SIZE - 1 - strlen(suffix);

    if (len > room)
        len = encoding_clip(text_encoding(), name, len, room);
    return name_result(mem_printf("%.*s%s", (int)len, name, suffix), len + strlen(suffix));
}

/* ---- Comparisons: with names by bytes in the C collation, with text by the collation ---- */

/* One side of a comparison. */
static inline CollationText name_arg(const FmgrCall *call, int n)
{
    const char *name = fmgr_cstring(call, n);

    return (CollationText){name, strlen(name)};
}

static inline CollationText text_arg(const FmgrCall *call, int n)
{
    const uint8_t *v = fmgr_packed(call, n);

    return (CollationText){(const char *)varlena_bytes(v), varlena_len(v)};
}

/* By how much the first other byte is larger, which the library's strncmp() need not tell. */
static int compare_bytes(const char *a, const char *b)
{
    size_t i = 0;

    while (i < NAME_SIZE - 1 && a[i] == b[i] && a[i] != '\0')
        i++;
    return (uint8_t)a[i] - (uint8_t)b[i];
}

/* Names of catalogs go by their bytes, and need not be measured first. */
static inline int compare_names(const FmgrCall *call)
{
    if (LIKELY(call->collation == COLLATION_C))
        return compare_bytes(fmgr_cstring(call, 0), fmgr_cstring(call, 1));
    return collation_compare(call->collation, name_arg(call, 0), name_arg(call, 1));
}

static inline int compare_name_text(const FmgrCall *call)
{
    return collation_compare(call->collation, name_arg(call, 0), text_arg(call, 1));
}

static inline int compare_text_name(const FmgrCall *call)
{
    return collation_compare(call->collation, text_arg(call, 0), name_arg(call, 1));
}

/* Equality is that of bytes but where the collation is not deterministic. */
static inline bool names_equal(const FmgrCall *call)
{
    if (LIKELY(call->collation == COLLATION_C))
        return strncmp(fmgr_cstring(call, 0), fmgr_cstring(call, 1), NAME_SIZE) == 0;
    return collation_equal(call->collation, name_arg(call, 0), name_arg(call, 1));
}

static inline bool name_text_equal(const FmgrCall *call)
{
    return collation_equal(call->collation, name_arg(call, 0), text_arg(call, 1));
}

static inline bool text_name_equal(const FmgrCall *call)
{
    return collation_equal(call->collation, text_arg(call, 0), name_arg(call, 1));
}

COMPARISONS(name, , names_equal(call), compare_names(call))
COMPARISONS(name, text, name_text_equal(call), compare_name_text(call))
COMPARISONS(text, name, text_name_equal(call), compare_text_name(call))

Datum btnamecmp(FmgrCall *call)
{
    return datum_of_i32(compare_names(call));
}

Datum btnametextcmp(FmgrCall *call)
{
    return datum_of_i32(compare_name_text(call));
}

Datum bttextnamecmp(FmgrCall *call)
{
    return datum_of_i32(compare_text_name(call));
}
