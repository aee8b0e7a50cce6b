/*
 * settings.c - write recovery settings into postgresql.auto.conf
 *
 * Promise: the restored cluster cannot archive into the repository that it came from by accident:
 * archive_mode is off until its owner turns it on again.
 */
#include "common/base/base.h"

#include "tools/pitr/settings.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"

#define AUTO_CONF "postgresql.auto.conf"
#define CONF_MAX  MIB(16)

static const char *const ours[] = {
    "archive_mode",           "recovery_target",
    "recovery_target_action", "recovery_target_inclusive",
    "recovery_target_lsn",    "recovery_target_name",
    "recovery_target_time",   "recovery_target_timeline",
    "recovery_target_xid",    "restore_command",
};

static bool sets_ours(const char *line);
static void add_without_ours(const char *text, StrBuf *out);
static void add_cleared_targets(const char *dir, StrBuf *out);
static char *restore_command(const RecoverySettings *s);
static void add_quoted(StrBuf *out, const char *value);

void settings_write(const char *dir, const RecoverySettings *s)
{
    char *path = path_join(dir, AUTO_CONF);
    char *before;
    size_t len;
    StrBuf text;

    strbuf_init(&text);
    before = os_file_try_read_all(path, CONF_MAX, &len);
    if (before != NULL)
        add_without_ours(before, &text);
    strbuf_add(&text,
               "# Written by pitr restore. After recovery only archive_mode matters: it is off so "
               "that this\n# cluster does not archive into the repository it came from.\n");
    add_cleared_targets(dir, &text);
    strbuf_add(&text, "restore_command = '");
    add_quoted(&text, restore_command(s));
    strbuf_add(&text, "'\n");
    target_write_settings(s->target, s->tli, &text);
    strbuf_add(&text, "archive_mode = off\n");
    os_write_durable(path, text.text, text.len);
    os_write_durable(path_join(dir, "recovery.signal"), "", 0);
}

/* Does the line set one of our settings? Names are in any case, "=" may be missing. */
static bool sets_ours(const char *line)
{
    size_t len;

    line += strspn(line, " \t");
    len = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    for (size_t i = 0; i < ARRAY_LEN(ours); i++)
        if (strlen(ours[i]) == len && strncasecmp(line, ours[i], len) == 0)
            return true;
    return false;
}

static void add_without_ours(const char *text, StrBuf *out)
{
    const char *rest = text;
    char *line;

    while ((line = str_split(&rest, '\n')) != NULL) {
        if (sets_ours(line) || (rest == NULL && *line == '\0') ||
            str_starts_with(line, "# Written by pitr restore") ||
            str_starts_with(line, "# cluster does not archive"))
            continue;
        strbuf_add_fmt(out, "%s\n", line);
    }
}

/* A target in postgresql.conf would be one too many for the server, unless it is emptied here. */
static void add_cleared_targets(const char *dir, StrBuf *out)
{
    static const char *const targets[] = {"recovery_target", "recovery_target_lsn",
                                          "recovery_target_name", "recovery_target_time",
                                          "recovery_target_xid"};
    size_t len;
    const char *rest = os_file_try_read_all(path_join(dir, "postgresql.conf"), CONF_MAX, &len);
    bool has_any = false;
    char *line;

    if (rest == NULL) {
        err_log(ERR_WARNING, .message = "there is no postgresql.conf in the base backup",
                .hint = "Where the configuration lies elsewhere, give the server its config_file.");
        return;
    }
    while ((line = str_split(&rest, '\n')) != NULL)
        has_any = has_any || (sets_ours(line) && strstr(line, "recovery_target") != NULL);
    for (size_t i = 0; has_any && i < ARRAY_LEN(targets); i++)
        strbuf_add_fmt(out, "%s = ''\n", targets[i]);
}

/* A word for the shell; restore_command's own "%" is doubled. */
static void add_shell_word(StrBuf *out, const char *word)
{
    strbuf_add_char(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            strbuf_add(out, "'\\''");
        else if (*word == '%')
            strbuf_add(out, "%%");
        else
            strbuf_add_char(out, *word);
    }
    strbuf_add_char(out, '\'');
}

static char *restore_command(const RecoverySettings *s)
{
    StrBuf command;

    strbuf_init(&command);
    add_shell_word(&command, s->walarchive);
    strbuf_add(&command, " get --repo ");
    add_shell_word(&command, s->repo_url);
    strbuf_add(&command, " --cluster ");
    add_shell_word(&command, s->cluster);
    strbuf_add(&command, " \"%f\" \"%p\"");
    return command.text;
}

/* A quote or backslash in a value of a configuration file is doubled. */
static void add_quoted(StrBuf *out, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            strbuf_add_char(out, *value);
        strbuf_add_char(out, *value);
    }
}
