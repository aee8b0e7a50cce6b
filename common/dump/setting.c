/* setting.c - name=value as SET has it; setting.h says for whom. */
#include "common/base/base.h"

#include "common/dump/setting.h"

#include <strings.h>

#include "common/mem/mem.h"
#include "common/text/sql.h"
#include "common/text/str.h"

static bool is_list(const char *name);
static const char *read_item(const char *at, StrBuf *item);

void setting_add(StrBuf *sql, const char *setting, const Archive *a)
{
    const char *value = setting;
    const char *name = str_split(&value, '=');
    size_t count = 0;

    if (value == NULL)
        value = "";
    strbuf_add_fmt(sql, "%s TO ", sql_identifier(name, a->quoting));
    if (!is_list(name)) {
        archive_add_literal(a, sql, value);
        return;
    }
    while (*value != '\0') {
        StrBuf item;

        strbuf_init(&item);
        value = read_item(value, &item);
        strbuf_add(sql, count++ == 0 ? "" : ", ");
        archive_add_literal(a, sql, item.text);
    }
    /* An empty list is no list of SET's, but an empty text is. */
    if (count == 0)
        strbuf_add(sql, "''");
}

/* The settings whose values are lists of names, each in quotes where it must be. */
static bool is_list(const char *name)
{
    static const char *const names[] = {"local_preload_libraries",   "search_path",
                                        "session_preload_libraries", "shared_preload_libraries",
                                        "temp_tablespaces",          "unix_socket_directories"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* One name, and the comma and blanks behind it. */
static const char *read_item(const char *at, StrBuf *item)
{
    while (*at == ' ')
        at++;
    if (*at == '"') {
        for (at++; *at != '\0' && !(*at == '"' && at[1] != '"'); at++) {
            if (*at == '"')
                at++;
            strbuf_add_char(item, *at);
        }
        if (*at == '"')
            at++;
    } else {
        while (*at != '\0' && *at != ',' && *at != ' ')
            strbuf_add_char(item, *at++);
    }
    while (*at == ' ')
        at++;
    return *at == ',' ? at + 1 : at;
}
