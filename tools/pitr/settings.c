/*
 * settings.c - write recovery settings into postgresql.auto.conf
 *
 * Promises
 *   1. The restored cluster cannot archive into the repository that it came from by accident:
 *      archive_mode is off until its owner turns it on again.
 *   2. Recovery does what pitr has foretold, whatever the origin's configuration says, in files
 *      that we do not see included: every setting that steers it is written here, those without
 *      use are empty. Above all, no command of a standby that cleans the archive runs.
 */
#include "common/base/base.h"

#include "tools/pitr/settings.h"

#include "common/format/conf_value.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define AUTO_CONF "postgresql.auto.conf"
#define CONF_MAX  MIB(16)

static const char *const ours[] = {
    "archive_cleanup_command",   "archive_mode",
    "recovery_end_command",      "recovery_min_apply_delay",
    "recovery_target",           "recovery_target_action",
    "recovery_target_inclusive", "recovery_target_lsn",
    "recovery_target_name",      "recovery_target_time",
    "recovery_target_timeline",  "recovery_target_xid",
    "restore_command",
};

/* Emptied first: a second target, from another file, would be one too many for the server. */
static const char neutral_settings[] = "archive_cleanup_command = ''\n"
                                       "archive_mode = off\n"
                                       "recovery_end_command = ''\n"
                                       "recovery_min_apply_delay = 0\n"
                                       "recovery_target = ''\n"
                                       "recovery_target_lsn = ''\n"
                                       "recovery_target_name = ''\n"
                                       "recovery_target_time = ''\n"
                                       "recovery_target_xid = ''\n";

static bool sets_ours(const char *line);
static void add_without_ours(const char *text, StrBuf *out);
static char *restore_command(const RecoverySettings *s);

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
    strbuf_add(&text, neutral_settings);
    strbuf_add(&text, "restore_command = ");
    conf_value_write(&text, restore_command(s));
    strbuf_add_char(&text, '\n');
    target_write_settings(s->target, s->tli, &text);
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

/* A word of restore_command, where the server gives "%" a meaning of its own. */
static void add_word(StrBuf *out, const char *word)
{
    for (const char *c = str_shell_word(word); *c != '\0'; c++)
        strbuf_add_chars(out, *c, *c == '%' ? 2 : 1);
}

static char *restore_command(const RecoverySettings *s)
{
    StrBuf command;

    strbuf_init(&command);
    add_word(&command, s->walarchive);
    strbuf_add(&command, " get --repo ");
    add_word(&command, s->repo_url);
    strbuf_add(&command, " --cluster ");
    add_word(&command, s->cluster);
    strbuf_add(&command, " \"%f\" \"%p\"");
    return command.text;
}
