/* space_mapping.c - read -T/--tablespace-mapping, and find where a tablespace goes. */
#include "common/base/base.h"

#include "common/option/space_mapping.h"

#include "common/err/err.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

static bool read_mapping(const char *text, Array *mappings, bool takes_oid);
static void split(const char *text, StrBuf *old, StrBuf *new);

bool space_mapping_read(const char *text, void *field)
{
    return read_mapping(text, field, false);
}

bool space_mapping_read_or_oid(const char *text, void *field)
{
    return read_mapping(text, field, true);
}

const char *space_mapping_find(const Array *mappings, Oid oid, const char *dir)
{
    const char *wanted = path_normalise(dir);

    if (mappings->items == NULL)
        return NULL;
    array_foreach(const SpaceMapping, mapping, mappings)
        if (mapping->old_dir == NULL ? mapping->oid == oid : str_equal(mapping->old_dir, wanted))
            return mapping->new_dir;
    return NULL;
}

static bool read_mapping(const char *text, Array *mappings, bool takes_oid)
{
    SpaceMapping mapping = {.oid = 0};
    StrBuf old, new;

    split(text, &old, &new);
    if (old.len == 0 || new.len == 0)
        err_raise(SQLSTATE_USAGE,
                  .message = err_fmt("invalid tablespace mapping format \"%s\", must be %s", text,
                                     takes_oid ? "\"OLDDIR=NEWDIR\" or \"OID=NEWDIR\""
                                               : "\"OLDDIR=NEWDIR\""));
    if (!takes_oid || !num_try_parse_u32(old.text, &mapping.oid) || mapping.oid == 0) {
        if (!path_is_absolute(old.text))
            err_raise(SQLSTATE_USAGE,
                      .message = err_fmt("old directory is not an absolute path in tablespace "
                                         "mapping: %s",
                                         old.text));
        mapping.old_dir = path_normalise(old.text);
    }
    if (!path_is_absolute(new.text))
        err_raise(SQLSTATE_USAGE,
                  .message = err_fmt("new directory is not an absolute path in tablespace "
                                     "mapping: %s",
                                     new.text));
    mapping.new_dir = path_normalise(new.text);
    if (mappings->items == NULL)
        array_init(mappings, sizeof(SpaceMapping));
    *(SpaceMapping *)array_push(mappings) = mapping;
    return true;
}

/* The halves around the only "=" that has no backslash before it; new is empty without one. */
static void split(const char *text, StrBuf *old, StrBuf *new)
{
    StrBuf *part = old;

    strbuf_init(old);
    strbuf_init(new);
    for (const char *c = text; *c != '\0'; c++) {
        if (c[0] == '\\' && c[1] == '=') {
            strbuf_add_char(part, *++c);
        } else if (*c != '=') {
            strbuf_add_char(part, *c);
        } else if (part == new) {
            err_raise(SQLSTATE_USAGE, .message = "multiple \"=\" signs in tablespace mapping");
        } else {
            part = new;
        }
    }
}
