/*
 * hba_rules.c - what pg_hba.conf says, without a server
 *
 *     hba_rules show FILE [ssl]     the rows of pg_hba_file_rules, after what the log would say
 *     hba_rules match FILE [ssl] < CLIENTS
 *     hba_rules ident FILE          the rows of pg_ident_file_mappings, likewise
 *     hba_rules map FILE < NAMES
 *
 * A client is a line "HOST DATABASE USER", where HOST is an address, "tls:ADDRESS" or "local", and
 * DATABASE may be "(replication)"; what is printed is the error that the client gets, or "ok".
 * NAMES are lines "MAP SYSTEM_NAME USER"; printed is "ok", or what the log says. u1 is a member of
 * g.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/auth/hba.h"
#include "server/auth/ident.h"
#include "server/config/guc.h"

static void print_report(const ErrReport *r)
{
    static const char *const levels[] = {[ERR_LOG] = "LOG", [ERR_ERROR] = "ERROR",
                                         [ERR_FATAL] = "FATAL"};

    if (r->level != ERR_LOG && r->level != ERR_ERROR && r->level != ERR_FATAL)
        return;
    printf("%s:  %s: %s\n", levels[r->level], err_sqlstate_text(r->sqlstate), r->message);
    if (r->hint != NULL)
        printf("HINT:  %s\n", r->hint);
    if (r->context != NULL)
        printf("CONTEXT:  %s\n", r->context);
}

/* An element of an array in PostgreSQL's form. */
static void add_element(StrBuf *out, const char *text)
{
    bool needs_quotes = *text == '\0' || strcasecmp(text, "null") == 0 ||
                        strpbrk(text, "{}\",\\ \t\n\r\v\f") != NULL;

    if (out->len > 1)
        strbuf_add_char(out, ',');
    if (!needs_quotes) {
        strbuf_add(out, text);
        return;
    }
    strbuf_add_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '"');
}

static const char *word_array(const Array *words)
{
    StrBuf out;

    strbuf_init(&out);
    strbuf_add_char(&out, '{');
    array_foreach(const AuthWord, word, words)
        add_element(&out, word->text);
    strbuf_add_char(&out, '}');
    return out.text;
}

static const char *option_array(const HbaRule *rule)
{
    StrBuf out;
    Array options;

    hba_list_options(rule, &options);
    if (options.count == 0)
        return "";
    strbuf_init(&out);
    strbuf_add_char(&out, '{');
    array_foreach(char *, option, &options)
        add_element(&out, *option);
    strbuf_add_char(&out, '}');
    return out.text;
}

static const char *address_of(const HbaRule *rule)
{
    switch (rule->address_kind) {
    case HBA_ADDRESS_NONE:
        break;
    case HBA_ADDRESS_ALL:
        return "all";
    case HBA_ADDRESS_NET:
        return os_address_text(&rule->address);
    case HBA_ADDRESS_NAME:
        return rule->host;
    case HBA_ADDRESS_SAMEHOST:
        return "samehost";
    case HBA_ADDRESS_SAMENET:
        return "samenet";
    }
    return "";
}

static void show(const char *file)
{
    Array rules;

    hba_read_file(file, ERR_LOG, &rules);
    array_foreach(const HbaRule, rule, &rules) {
        const char *error = rule->error != NULL ? rule->error : "";
        if (rule->is_valid)
            printf("%d|%s|%s|%s|%s|%s|%s|%s|%s\n", rule->line, hba_conn_text(rule->conn),
                   word_array(&rule->databases), word_array(&rule->users), address_of(rule),
                   os_address_text(&rule->mask), hba_method_text(rule->method),
                   option_array(rule), error);
        else
            printf("%d||||||||%s\n", rule->line, error);
    }
}

static bool is_member(const char *user, const char *role)
{
    return str_equal(user, role) || (str_equal(user, "u1") && str_equal(role, "g"));
}

/* A refusal ends the process: print it and go on in its parent. */
static void refuse_in_child(const HbaClient *client, const HbaRule *rule)
{
    ERR_TRY() {
        hba_refuse(client, rule);
    }
    ERR_CATCH() {
    }
    ERR_END();
}

_Noreturn static void raise_at_end(UNUSED ErrLevel level, UNUSED int exit_code)
{
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the end");
}

static void match(const char *file)
{
    char line[1024];
    Array rules;

    err_set_end(raise_at_end);
    hba_set_roles(is_member);
    hba_read_file(file, ERR_LOG, &rules);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        const char *rest = str_trim(line);
        const char *host = str_split(&rest, ' ');
        const char *database = str_split(&rest, ' ');
        HbaClient client = {.is_local = str_equal(host, "local"),
                            .is_tls = str_starts_with(host, "tls:"),
                            .is_physical_replication = str_equal(database, "(replication)"),
                            .database = database,
                            .user = rest};
        const HbaRule *rule;

        if (client.is_tls)
            host += strlen("tls:");
        if (!client.is_local && !os_address_parse(host, &client.address))
            err_raise(SQLSTATE_USAGE, .message = "no address");
        rule = hba_match_rules(&rules, &client);
        if (rule == NULL || rule->method == HBA_REJECT)
            refuse_in_child(&client, rule);
        else
            printf("ok\n");
    }
}

static void show_ident(const char *file)
{
    Array maps;

    ident_read_file(file, ERR_LOG, &maps);
    array_foreach(const IdentMap, map, &maps) {
        if (map->error != NULL)
            printf("%d||||%s\n", map->line, map->error);
        else
            printf("%d|%s|%s|%s|\n", map->line, map->name, map->system_name, map->user);
    }
}

static void map_names(const char *file)
{
    char line[1024];
    Array maps;

    ident_read_file(file, ERR_LOG, &maps);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        const char *rest = str_trim(line);
        const char *map = str_split(&rest, ' ');
        const char *system_name = str_split(&rest, ' ');

        if (ident_match_maps(&maps, str_equal(map, "-") ? NULL : map, system_name, rest,
                             IDENT_CASE_COUNTS))
            printf("ok\n");
    }
}

int main(int argc, char **argv)
{
    err_set_sink(print_report);
    err_set_log_level(ERR_LOG);
    guc_init();
    if (argc < 3)
        return 2;
    if (argc > 3)
        guc_set(&(GucChange){.name = "ssl",
                             .value = "on",
                             .as = GUC_POSTMASTER,
                             .source = GUC_FROM_COMMAND_LINE,
                             .level = ERR_ERROR});
    if (str_equal(argv[1], "show"))
        show(argv[2]);
    else if (str_equal(argv[1], "match"))
        match(argv[2]);
    else if (str_equal(argv[1], "ident"))
        show_ident(argv[2]);
    else
        map_names(argv[2]);
    return 0;
}
