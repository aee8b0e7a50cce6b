/*
 * set_and_show.c - settings at work without a server: what SET, SHOW and ALTER SYSTEM would say
 *
 *     set_and_show [-q] [-D DIR] < COMMANDS
 *
 * A command is a line of words with tabs between them; \n, \t and \\ in a word stand for what they
 * do in C. What is printed has psql's form, with VERBOSITY verbose. With -q, what is set is not
 * shown.
 *
 *     set NAME VALUE      for the session; prints the new value
 *     option NAME VALUE   as a command line does
 *     client NAME VALUE   as a client's start-up packet does
 *     local NAME VALUE    until the transaction ends; prints the new value
 *     save NAME VALUE     as a function with SET does
 *     reset NAME          to the default
 *     reset_all
 *     begin               a level of transactions
 *     commit, abort       its end
 *     commit_all, abort_all   the end of the transaction
 *     show NAME
 *     state NAME          its row of pg_settings: name, value, source, line, needs a restart
 *     show_all            all rows of pg_settings, without texts
 *     alter NAME VALUE    ALTER SYSTEM SET; "alter NAME" resets
 *     low                 from now on the user is no superuser; "high": is one
 *     load                the files, as at start-up; "reload": again, as the supervisor does it
 *     write FILE TEXT     make a file in DIR
 *     files               the rows of pg_file_settings
 *     describe            --describe-config without texts
 *     sample              the postgresql.conf of a new cluster
 *     echo TEXT
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/config_sample.h"
#include "server/config/guc.h"
#include "server/config/setting.h"

static GucContext right = GUC_SUSET;
static bool is_quiet;

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
    if (value != NULL && !is_quiet)
        show(name);
}

static void set_from(const char *name, const char *value, GucContext as, GucSource source)
{
    guc_set(&(GucChange){
        .name = name, .value = value, .as = as, .source = source, .level = ERR_ERROR});
}

static void show_all(void)
{
    Array rows;

    guc_list(&rows);
    array_foreach(GucRow, row, &rows) {
        if ((row->flags & GUC_NO_SHOW_ALL) != 0)
            continue;
        printf("%s|%s|%s|%s|%s|%s|%s|%s|", row->name, row->unit != NULL ? row->unit : "",
               row->group, guc_context_text(row->context), guc_kind_text(row->kind),
               row->min != NULL ? row->min : "", row->max != NULL ? row->max : "",
               row->boot_value != NULL ? row->boot_value : "");
        for (char **c = row->choices; c != NULL && *c != NULL; c++)
            printf("%s%s", c == row->choices ? "" : ",", *c);
        printf("\n");
    }
}

static void show_state(const char *name)
{
    Array rows;

    guc_list(&rows);
    array_foreach(GucRow, row, &rows)
        if (str_equal(row->name, name))
            printf("%s|%s|%s|%d|%s\n", row->name, row->value, guc_source_text(row->source),
                   row->source_line,
                   row->needs_restart ? "t" : "f");
}

static void show_files(void)
{
    Array rows;

    guc_list_files(&rows);
    array_foreach(GucFileRow, row, &rows)
        printf("%s|%d|%s|%s|%s|%s\n", row->file != NULL ? row->file : "", row->line,
               row->name != NULL ? row->name : "", row->value != NULL ? row->value : "",
               row->is_applied ? "t" : "f", row->error != NULL ? row->error : "");
}

static void write_file(const char *name, const char *text)
{
    os_write_durable(path_join(setting.data_directory, name), text, strlen(text));
}

static void describe(void)
{
    StrBuf text;

    strbuf_init(&text);
    guc_describe(&text);
    fputs(text.text, stdout);
}

static void print_sample(void)
{
    StrBuf text;

    strbuf_init(&text);
    config_sample_write(&text, NULL, 0);
    fputs(text.text, stdout);
}

static void run(char *const *word, size_t count)
{
    const char *what = word[0];
    const char *name = count > 1 ? word[1] : NULL;
    const char *value = count > 2 ? word[2] : NULL;

    if (str_equal(what, "set"))
        set(name, value, GUC_SET);
    else if (str_equal(what, "option"))
        set_from(name, value, GUC_POSTMASTER, GUC_FROM_COMMAND_LINE);
    else if (str_equal(what, "client"))
        set_from(name, value, right == GUC_SUSET ? GUC_SU_BACKEND : GUC_BACKEND, GUC_FROM_CLIENT);
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
    else if (str_equal(what, "commit_all"))
        guc_nest_end(1, true);
    else if (str_equal(what, "abort_all"))
        guc_nest_end(1, false);
    else if (str_equal(what, "show"))
        show(name);
    else if (str_equal(what, "state"))
        show_state(name);
    else if (str_equal(what, "show_all"))
        show_all();
    else if (str_equal(what, "alter"))
        guc_alter_system(name, value != NULL ? guc_join_values(name, &value, 1) : NULL);
    else if (str_equal(what, "low"))
        right = GUC_USERSET;
    else if (str_equal(what, "high"))
        right = GUC_SUSET;
    else if (str_equal(what, "load"))
        guc_load_files(GUC_LOAD_START);
    else if (str_equal(what, "reload"))
        guc_load_files(GUC_LOAD_RELOAD);
    else if (str_equal(what, "write"))
        write_file(name, value);
    else if (str_equal(what, "files"))
        show_files();
    else if (str_equal(what, "describe"))
        describe();
    else if (str_equal(what, "sample"))
        print_sample();
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
    static char *line; /* the library's, for the whole run */
    static size_t room;
    MemContext *line_mem = mem_context_new(NULL, "line");
    ssize_t len;

    err_set_sink(print_report);
    err_set_log_level(ERR_LOG);
    guc_init();
    for (int i = 1; i < argc; i++) {
        if (str_equal(argv[i], "-q"))
            is_quiet = true;
        else if (str_equal(argv[i], "-D") && i + 1 < argc)
            set_data_directory(argv[++i]);
    }
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
