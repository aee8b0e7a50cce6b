/* repl_command.c - replication commands as text; repl_command.h says for whom. */
#include "common/base/base.h"

#include "common/proto/repl_command.h"

#include "common/err/err.h"
#include "common/text/num.h"

/* The options of BASE_BACKUP as they are written: words before 15, a list in parentheses since. */
typedef struct OptionWriter {
    StrBuf *out;
    bool is_list;
    bool has_any;
} OptionWriter;

static void quote(StrBuf *out, const char *text, char mark);
static void add_option(OptionWriter *w, const char *name);
static void add_text(OptionWriter *w, const char *name, const char *value);
static void add_number(OptionWriter *w, const char *name, uint32_t value);
static void add_words_only(OptionWriter *w, const BaseBackup *backup);
static void add_list_only(OptionWriter *w, const BaseBackup *backup);
static void add_target(OptionWriter *w, const BaseBackup *backup);
static void check_words_suffice(const BaseBackup *backup);

void repl_command_start(StrBuf *out, const StartReplication *start)
{
    strbuf_add(out, "START_REPLICATION ");
    if (start->slot != NULL) {
        strbuf_add(out, "SLOT ");
        repl_quote_name(out, start->slot);
        strbuf_add_char(out, ' ');
    }
    strbuf_add_fmt(out, LSN_FMT " TIMELINE %u", LSN_ARG(start->start), start->tli);
}

void repl_command_create_slot(StrBuf *out, const CreateSlot *slot, uint32_t server_version)
{
    strbuf_add(out, "CREATE_REPLICATION_SLOT ");
    repl_quote_name(out, slot->name);
    if (slot->is_temporary)
        strbuf_add(out, " TEMPORARY");
    strbuf_add(out, " PHYSICAL");
    if (slot->reserves_wal)
        strbuf_add(out, server_version >= 150000 ? " ( RESERVE_WAL)" : " RESERVE_WAL");
}

void repl_command_drop_slot(StrBuf *out, const char *name, bool waits)
{
    strbuf_add(out, "DROP_REPLICATION_SLOT ");
    repl_quote_name(out, name);
    if (waits)
        strbuf_add(out, " WAIT");
}

void repl_command_read_slot(StrBuf *out, const char *name, uint32_t server_version)
{
    if (server_version < 150000)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "reading replication slots is not supported by this server version");
    strbuf_add(out, "READ_REPLICATION_SLOT ");
    repl_quote_name(out, name);
}

void repl_command_timeline_history(StrBuf *out, TimelineId tli)
{
    strbuf_add_fmt(out, "TIMELINE_HISTORY %u", tli);
}

void repl_command_base_backup(StrBuf *out, const BaseBackup *backup, uint32_t server_version)
{
    OptionWriter w = {.out = out, .is_list = server_version >= 150000};

    if (backup->is_incremental && server_version < 170000)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "server does not support incremental backup");
    if (!w.is_list)
        check_words_suffice(backup);

    strbuf_add(out, w.is_list ? "BASE_BACKUP (" : "BASE_BACKUP");
    add_text(&w, "LABEL", backup->label);
    if (backup->wants_size)
        add_option(&w, "PROGRESS");
    if (backup->includes_wal)
        add_option(&w, "WAL");
    if (backup->max_rate > 0)
        add_number(&w, "MAX_RATE", backup->max_rate);
    if (backup->wants_map)
        add_option(&w, "TABLESPACE_MAP");
    if (w.is_list)
        add_list_only(&w, backup);
    else
        add_words_only(&w, backup);
    if (backup->manifest != BACKUP_MANIFEST_NO) {
        add_text(&w, "MANIFEST",
                 backup->manifest == BACKUP_MANIFEST_FORCE_ENCODE ? "force-encode" : "yes");
        if (backup->checksums != NULL)
            add_text(&w, "MANIFEST_CHECKSUMS", backup->checksums);
    }
    /* In this order, as a server complains of the first that it does not take. */
    if (w.is_list) {
        add_target(&w, backup);
        strbuf_add_char(out, ')');
    }
}

void repl_quote_name(StrBuf *out, const char *name)
{
    quote(out, name, '"');
}

void repl_quote_text(StrBuf *out, const char *text)
{
    quote(out, text, '\'');
}

static void quote(StrBuf *out, const char *text, char mark)
{
    strbuf_add_char(out, mark);
    for (; *text != '\0'; text++) {
        if (*text == mark)
            strbuf_add_char(out, mark);
        strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, mark);
}

static void add_option(OptionWriter *w, const char *name)
{
    if (w->is_list)
        strbuf_add(w->out, w->has_any ? ", " : "");
    else
        strbuf_add_char(w->out, ' ');
    strbuf_add(w->out, name);
    w->has_any = true;
}

static void add_text(OptionWriter *w, const char *name, const char *value)
{
    add_option(w, name);
    strbuf_add_char(w->out, ' ');
    repl_quote_text(w->out, value);
}

static void add_number(OptionWriter *w, const char *name, uint32_t value)
{
    add_option(w, name);
    strbuf_add_fmt(w->out, " %u", value);
}

static void add_words_only(OptionWriter *w, const BaseBackup *backup)
{
    if (backup->is_fast)
        add_option(w, "FAST");
    if (backup->skips_wait)
        add_option(w, "NOWAIT");
    if (backup->skips_checksums)
        add_option(w, "NOVERIFY_CHECKSUMS");
}

static void add_list_only(OptionWriter *w, const BaseBackup *backup)
{
    add_text(w, "CHECKPOINT", backup->is_fast ? "fast" : "spread");
    if (backup->skips_wait)
        add_number(w, "WAIT", 0);
    if (backup->skips_checksums)
        add_number(w, "VERIFY_CHECKSUMS", 0);
}

static void add_target(OptionWriter *w, const BaseBackup *backup)
{
    if (backup->target != NULL) {
        add_text(w, "TARGET", backup->target);
        if (backup->target_detail != NULL)
            add_text(w, "TARGET_DETAIL", backup->target_detail);
    }
    if (backup->compression != NULL) {
        add_text(w, "COMPRESSION", backup->compression);
        if (backup->compression_detail != NULL)
            add_text(w, "COMPRESSION_DETAIL", backup->compression_detail);
    }
    if (backup->is_incremental)
        add_option(w, "INCREMENTAL");
}

/* Raise for what only servers of 15 and later can do. */
static void check_words_suffice(const BaseBackup *backup)
{
    if (backup->target != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "backup targets are not supported by this server version");
    if (backup->compression != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "server does not support server-side compression");
}
