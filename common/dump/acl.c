/* acl.c - access control lists to statements; acl.h has the form. */
#include "common/base/base.h"

#include "common/dump/acl.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/dump/array_text.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"

/* A letter and what it means for one kind of target, in the order in which words are printed. */
typedef struct AclRight {
    const char *words; /* of the targets, ended by blanks */
    char letter;
    const char *name;
    bool is_for_columns;
    unsigned since; /* major version of the server; 0: all */
} AclRight;

#define TABLE_WORDS "TABLE TABLES "

static const AclRight acl_rights[] = {
    {TABLE_WORDS "SEQUENCE SEQUENCES ", 'r', "SELECT", true, 0},
    {"SEQUENCE SEQUENCES ", 'U', "USAGE", false, 0},
    {TABLE_WORDS, 'a', "INSERT", true, 0},
    {TABLE_WORDS, 'x', "REFERENCES", true, 0},
    {TABLE_WORDS, 'd', "DELETE", false, 0},
    {TABLE_WORDS, 't', "TRIGGER", false, 0},
    {TABLE_WORDS, 'D', "TRUNCATE", false, 0},
    {TABLE_WORDS, 'm', "MAINTAIN", false, 17},
    {TABLE_WORDS "SEQUENCE SEQUENCES ", 'w', "UPDATE", true, 0},
    {"FUNCTION FUNCTIONS PROCEDURE PROCEDURES ", 'X', "EXECUTE", false, 0},
    {"LANGUAGE ", 'U', "USAGE", false, 0},
    {"SCHEMA SCHEMAS DATABASE ", 'C', "CREATE", false, 0},
    {"SCHEMA SCHEMAS ", 'U', "USAGE", false, 0},
    {"DATABASE ", 'c', "CONNECT", false, 0},
    {"DATABASE ", 'T', "TEMPORARY", false, 0},
    {"TYPE TYPES ", 'U', "USAGE", false, 0},
    {"FOREIGN DATA WRAPPER ", 'U', "USAGE", false, 0},
    {"FOREIGN SERVER ", 'U', "USAGE", false, 0},
    {"LARGE OBJECT ", 'r', "SELECT", false, 0},
    {"LARGE OBJECT ", 'w', "UPDATE", false, 0},
};

/* One right of a list, taken apart. */
typedef struct AclItem {
    const char *grantee; /* "": everybody */
    const char *grantor;
    StrBuf plain, with_option; /* names of rights, comma between */
} AclItem;

static bool holds(const Array *list, const char *item);
static void parse_item(const AclTarget *target, const char *text, bool has_options, AclItem *out);
static const char *read_name(const char *at, const char **name);
static void read_rights(const AclTarget *target, const char *letters, bool has_options,
                        AclItem *out);
static bool is_for(const AclRight *right, const char *word);
static void add_right(const AclTarget *target, StrBuf *out, const char *name);
static void add_statement(StrBuf *sql, const AclTarget *target, const char *verb,
                          const char *rights, const char *to, const char *grantee, const char *end);
static void add_grant(StrBuf *sql, const AclTarget *target, const AclItem *item);

void acl_add_statements(StrBuf *sql, const AclTarget *target, const char *acl, const char *base)
{
    Array have, had;
    StrBuf others;
    AclItem item;

    array_text_split(acl, &have);
    array_text_split(base, &had);
    array_foreach(const char *const, text, &had) {
        if (holds(&have, *text))
            continue;
        parse_item(target, *text, false, &item);
        if (item.plain.len > 0)
            add_statement(sql, target, "REVOKE", item.plain.text, "FROM", item.grantee, "");
    }
    /* The owner's own come first, so that what follows from them can be granted. */
    strbuf_init(&others);
    array_foreach(const char *const, text, &have) {
        bool is_own;

        if (holds(&had, *text))
            continue;
        parse_item(target, *text, true, &item);
        is_own = str_equal(item.grantee, target->owner) && str_equal(item.grantor, target->owner);
        add_grant(is_own ? sql : &others, target, &item);
    }
    strbuf_add(sql, others.text);
}

void acl_add_role(StrBuf *item, const char *role)
{
    bool is_safe = true;

    for (const char *c = role; *c != '\0'; c++)
        is_safe = is_safe && ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                              (*c >= '0' && *c <= '9') || *c == '_');
    strbuf_add(item, is_safe ? role : sql_identifier(role, SQL_QUOTE_ALWAYS));
}

static bool holds(const Array *list, const char *item)
{
    array_foreach(const char *const, other, list)
        if (str_equal(*other, item))
            return true;
    return false;
}

static void parse_item(const AclTarget *target, const char *text, bool has_options, AclItem *out)
{
    const char *letters = read_name(text, &out->grantee);
    const char *slash = strchr(letters, '/');

    if (*letters != '=')
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not parse ACL list item \"%s\"", text));
    out->grantor = target->owner;
    if (slash != NULL)
        read_name(slash + 1, &out->grantor);
    read_rights(target,
                slash == NULL ? letters + 1
                              : mem_strndup(letters + 1, (size_t)(slash - letters - 1)),
                has_options, out);
}

/* A name up to '=' or the end, perhaps in quotes. */
static const char *read_name(const char *at, const char **name)
{
    bool is_quoted = false;
    StrBuf text;

    strbuf_init(&text);
    for (; *at != '\0' && (is_quoted || *at != '='); at++) {
        if (*at == '"' && is_quoted && at[1] == '"')
            strbuf_add_char(&text, *at++);
        else if (*at == '"')
            is_quoted = !is_quoted;
        else
            strbuf_add_char(&text, *at);
    }
    *name = text.text;
    return at;
}

static void read_rights(const AclTarget *target, const char *letters, bool has_options,
                        AclItem *out)
{
    bool is_all_plain = true, is_all_with_option = true;
    StrBuf all;

    strbuf_init(&out->plain);
    strbuf_init(&out->with_option);
    for (size_t i = 0; i < ARRAY_LEN(acl_rights); i++) {
        const AclRight *right = &acl_rights[i];
        const char *at;

        if (!is_for(right, target->word) || target->major < right->since ||
            (target->column != NULL && !right->is_for_columns))
            continue;
        at = strchr(letters, right->letter);
        if (at == NULL) {
            is_all_plain = is_all_with_option = false;
        } else if (at[1] == '*' && has_options) {
            add_right(target, &out->with_option, right->name);
            is_all_plain = false;
        } else {
            add_right(target, &out->plain, right->name);
            is_all_with_option = false;
        }
    }
    if (!is_all_plain && !is_all_with_option)
        return;
    strbuf_init(&all);
    add_right(target, &all, "ALL");
    strbuf_clear(&out->plain);
    strbuf_clear(&out->with_option);
    strbuf_add(is_all_with_option ? &out->with_option : &out->plain, all.text);
}

static bool is_for(const AclRight *right, const char *word)
{
    const char *at = right->words;
    size_t len = strlen(word);

    while ((at = strstr(at, word)) != NULL) {
        if ((at == right->words || at[-1] == ' ') && at[len] == ' ')
            return true;
        at++;
    }
    return false;
}

static void add_right(const AclTarget *target, StrBuf *out, const char *name)
{
    strbuf_add(out, out->len == 0 ? "" : ",");
    strbuf_add(out, name);
    if (target->column != NULL)
        strbuf_add_fmt(out, "(%s)", target->column);
}

static void add_grant(StrBuf *sql, const AclTarget *target, const AclItem *item)
{
    bool is_by_other = !str_equal(item->grantor, target->owner);

    if (item->plain.len == 0 && item->with_option.len == 0)
        return;
    if (is_by_other)
        strbuf_add_fmt(sql, "SET SESSION AUTHORIZATION %s;\n",
                       sql_identifier(item->grantor, target->quoting));
    if (item->plain.len > 0)
        add_statement(sql, target, "GRANT", item->plain.text, "TO", item->grantee, "");
    if (item->with_option.len > 0)
        add_statement(sql, target, "GRANT", item->with_option.text, "TO", item->grantee,
                      " WITH GRANT OPTION");
    if (is_by_other)
        strbuf_add(sql, "RESET SESSION AUTHORIZATION;\n");
}

static void add_statement(StrBuf *sql, const AclTarget *target, const char *verb,
                          const char *rights, const char *to, const char *grantee, const char *end)
{
    strbuf_add_fmt(sql, "%s%s %s ON %s %s %s %s%s;\n", target->prefix, verb, rights, target->word,
                   target->name, to,
                   grantee[0] == '\0' ? "PUBLIC" : sql_identifier(grantee, target->quoting), end);
}
