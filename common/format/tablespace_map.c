/* tablespace_map.c - read and write tablespace maps; tablespace_map.h has the form. */
#include "common/base/base.h"

#include "common/format/tablespace_map.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"

static void add_line(char *line, const char *what, Array *entries);
_Noreturn static void raise_invalid(const char *what, const char *detail);

void tablespace_map_parse(const char *text, size_t len, const char *what, Array *entries)
{
    StrBuf line;
    bool is_escaped = false;

    if (memchr(text, '\0', len) != NULL)
        raise_invalid(what, "It contains a NUL byte.");
    strbuf_init(&line);
    for (size_t i = 0; i < len; i++) {
        if (!is_escaped && text[i] == '\\') {
            is_escaped = true;
        } else if (!is_escaped && (text[i] == '\n' || text[i] == '\r')) {
            if (line.len > 0)
                add_line(line.text, what, entries);
            strbuf_clear(&line);
        } else {
            strbuf_add_char(&line, text[i]);
            is_escaped = false;
        }
    }
    if (line.len > 0 || is_escaped)
        raise_invalid(what, "Its last line does not end.");
}

void tablespace_map_write(const Array *entries, StrBuf *out)
{
    array_foreach(TablespaceMapEntry, entry, entries) {
        strbuf_add_fmt(out, "%u ", entry->oid);
        for (const char *p = entry->path; *p != '\0'; p++) {
            if (*p == '\\' || *p == '\n' || *p == '\r')
                strbuf_add_char(out, '\\');
            strbuf_add_char(out, *p);
        }
        strbuf_add_char(out, '\n');
    }
}

static void add_line(char *line, const char *what, Array *entries)
{
    TablespaceMapEntry *entry;
    char *blank = strchr(line, ' ');
    Oid oid;

    if (blank == NULL || blank[1] == '\0')
        raise_invalid(what, err_fmt("The line \"%s\" has no path.", line));
    *blank = '\0';
    if (!num_try_parse_u32(line, &oid) || oid == 0)
        raise_invalid(what, err_fmt("\"%s\" is no OID of a tablespace.", line));
    array_foreach(TablespaceMapEntry, other, entries) {
        if (other->oid == oid)
            raise_invalid(what, err_fmt("It has the tablespace %u twice.", oid));
    }
    entry = array_push(entries);
    entry->oid = oid;
    entry->path = mem_strdup(blank + 1);
}

static void raise_invalid(const char *what, const char *detail)
{
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = err_fmt("invalid data in file \"%s\"", what),
              .detail = detail);
}
