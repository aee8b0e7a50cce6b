/*
 * set_and_show.c - settings at work without a server: what SET, SHOW and ALTER SYSTEM would say
 *
 *     set_and_show [-D DIR] < COMMANDS
 *
 * A command is a line of words with tabs between them; \n, \t and \\ in a word stand for what they
 * do in C. What is printed has psql's form, with VERBOSITY verbose.
 *
 *     set NAME VALUE      for the session; prints the new value
 *     local NAME VALUE    until the transaction ends; prints the new value
 *     save NAME VALUE     as a function with SET does
 *     reset NAME          to the default
 *     reset_all
 *     begin               a level of transactions
 *     commit, abort       its end
 *     show NAME
 *     show_all            all rows of pg_settings, without texts
 *     alter NAME VALUE    ALTER SYSTEM SET; "alter NAME" resets
 *     low                 from now on the user is no superuser; "high": is one
 *     load                the files, as at start-up; "reload": again, as the supervisor does it
 *     files               the rows of pg_file_settings
 *     describe            --describe-config without texts
 *     echo TEXT
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/guc.h"
#include "server/config/setting.h"

static GucContext right = GUC_SUSET;

static const char *const level_names[] = {
    [ERR_DEBUG] = "DEBUG",   [ERR_INFO] = "INFO",       [ERR_LOG] = "LOG",
    [ERR_NOTICE] = "NOTICE", [ERR_WARNING] = "WARNING", [ERR_ERROR] = "ERROR",
    [ERR_FATAL] = "FATAL",   [ERR_PANIC] = "PANIC",
};

static void print_report(const ErrReport *r)
{
    if (r->level == ERR_DEBUG)
        return;
    printf("%s:  %s: %s\n", level_names[r->level], err_sqlstate_text(r->sqlstate), r->message);
    if (r->detail != NULL)
        printf("DETAIL:  %s\n", r->detail);
    if (r->hint != NULL)
        printf("HINT:  %s\n", r->hint);
}

static char *unescape(const char *word)
{
    StrBuf out;

    strbuf_init(&out);
    for (; *word != '\0'; word++) {
        if (*word != '\\') {
            strbuf_add_char(&out, *word);
            continue;
        }
        word++;
        strbuf_add_char(&out, *word == 'n' ? '\n' : *word == 't' ? '\t' : *word);
    }
    return out.text;
}

static void show(const char *name)
{
    char *value = guc_show(name);

    if (value == NULL)
        guc_raise_unknown(name);
    puts(value);
}

static void set(const char *name, const char *value, GucAction action)
{
    guc_set(&(GucChange){.name = name,
                         .value = value,
                         .as = right,
                         .source = GUC_FROM_SESSION,
                         .action = action,
                         .level = ERR_ERROR});
    if (value != NULL)
        show(name);
}

static void show_all(void)
{
    static const char *const contexts[] = {"internal", "postmaster", "sighup", "superuser-backend",
                                           "backend",  "superuser",  "user"};
    static const char *const kinds[] = {"bool", "integer", "real", "string", "enum"};
    Array rows;

    guc_list(&rows);
    array_foreach(GucRow, row, &rows) {
        if ((row->flags & GUC_NO_SHOW_ALL) != 0)
            continue;
        printf("%s|%s|%s|%s|%s|%s|%s|%s|", row->name, row->unit != NULL ? row->unit : "",
               row->group, contexts[row->context], kinds[row->kind],
               row->min != NULL ? row->min : "", row->max != NULL ? row->max : "",
               row->boot_value != NULL ? row->boot_value : "");
        for (char **c = row->choices; c != NULL && *c != NULL; c++)
            printf("%s%s", c == row->choices ? "" : ",", *c);
        printf("\n");
    }
}

static void show_files(void)
{
    Array rows;
    int number = 0;

    guc_list_files(&rows);
    array_foreach(GucFileRow, row, &rows)
        printf("%s|%d|%d|%s|%s|%s|%s\n", row->file != NULL ? row->file : "", row->line, ++number,
               row->name != NULL ? row->name : "", row->value != NULL ? row->value : "",
               row->is_applied ? "t" : "f", row->error != NULL ? row->error : "");
}

static void describe(void)
{
    StrBuf text;

    strbuf_init(&text);
    guc_describe(&text);
    fputs(text.text, stdout);
}

static void run(char *const *word, size_t count)
{
    const char *what = word[0];
    const char *name = count > 1 ? word[1] : NULL;
    const char *value = count > 2 ? word[2] : NULL;

    if (str_equal(what, "set"))
        set(name, value, GUC_SET);
    else if (str_equal(what, "local"))
        set(name, value, GUC_LOCAL);
    else if (str_equal(what, "save"))
        set(name, value, GUC_SAVE);
    else if (str_equal(what, "reset"))
        set(name, NULL, GUC_SET);
    else if (str_equal(what, "reset_all"))
        guc_reset_all();
    else if (str_equal(what, "begin"))
        guc_nest_begin();
    else if (str_equal(what, "commit"))
        guc_nest_end(guc_nest_level(), true);
    else if (str_equal(what, "abort"))
        guc_nest_end(guc_nest_level(), false);
    else if (str_equal(what, "show"))
        show(name);
    else if (str_equal(what, "show_all"))
        show_all();
    else if (str_equal(what, "alter"))
        guc_alter_system(name, value);
    else if (str_equal(what, "low"))
        right = GUC_USERSET;
    else if (str_equal(what, "high"))
        right = GUC_SUSET;
    else if (str_equal(what, "load"))
        guc_load_files(GUC_LOAD_START);
    else if (str_equal(what, "reload"))
        guc_load_files(GUC_LOAD_RELOAD);
    else if (str_equal(what, "files"))
        show_files();
    else if (str_equal(what, "describe"))
        describe();
    else if (str_equal(what, "echo"))
        puts(name);
    else
        err_raise(SQLSTATE_USAGE, .message = err_fmt("unknown command \"%s\"", what));
}

static void run_line(const char *line)
{
    Array words;

    array_init(&words, sizeof(char *));
    for (char *word; (word = str_split(&line, '\t')) != NULL;)
        *(char **)array_push(&words) = unescape(word);
    ERR_TRY() {
        run(words.items, words.count);
    }
    ERR_CATCH() {
        print_report(err_caught());
    }
    ERR_END();
    fflush(stdout);
}

static void set_data_directory(const char *dir)
{
    static const char *const names[][2] = {{"data_directory", ""},
                                           {"config_file", "/postgresql.conf"},
                                           {"hba_file", "/pg_hba.conf"},
                                           {"ident_file", "/pg_ident.conf"}};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        guc_set(&(GucChange){.name = names[i][0],
                             .value = mem_printf("%s%s", dir, names[i][1]),
                             .as = GUC_POSTMASTER,
                             .source = GUC_FROM_OVERRIDE,
                             .level = ERR_ERROR});
}

int main(int argc, char **argv)
{
    MemContext *line_mem = mem_context_new(NULL, "line");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    err_set_sink(print_report);
    err_set_log_level(ERR_LOG);
    guc_init();
    if (argc == 3 && str_equal(argv[1], "-D"))
        set_data_directory(argv[2]);
    while ((len = getline(&line, &room, stdin)) > 0) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        MEM_SCOPE(line_mem) {
            run_line(line);
        }
        mem_reset(line_mem);
    }
    return 0;
}
