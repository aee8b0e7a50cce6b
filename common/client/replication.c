/* replication.c - replication commands and their answers; see replication.h. */
#include "common/base/base.h"

#include "common/client/replication.h"

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define VERSION_MIN 130000 /* servers that we know */
#define VERSION_END 190000

static ClientResult *run(Client *c, const char *command, ClientResultKind kind,
                         size_t column_count);
_Noreturn static void raise_value(size_t column, const char *value);

void client_check_replication_version(Client *c)
{
    uint32_t version = client_server_version(c);

    if (version < VERSION_MIN || version >= VERSION_END)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("incompatible server version %s", client_server_version_text(c)),
                  .detail = "Servers of versions 13 to 18 are supported.");
}

SystemIdentity client_identify_system(Client *c)
{
    ClientResult *r = run(c, "IDENTIFY_SYSTEM", CLIENT_ROWS, 3);
    SystemIdentity identity = {
        .system_id = client_value_u64(r, 0, client_column(r, "systemid")),
        .tli = client_value_tli(r, 0, client_column(r, "timeline")),
        .position = client_value_lsn(r, 0, client_column(r, "xlogpos")),
    };

    client_result_free(r);
    return identity;
}

char *client_show(Client *c, const char *setting)
{
    ClientResult *r = run(c, mem_printf("SHOW %s", setting), CLIENT_ROWS, 1);
    char *value = mem_strdup(client_value(r, 0, 0));

    client_result_free(r);
    return value;
}

uint32_t client_wal_segment_size(Client *c)
{
    const char *text = client_show(c, "wal_segment_size");
    uint64_t size;

    if (!num_try_parse_size(text, 1, &size) || !wal_seg_size_is_valid(size))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("WAL segment size \"%s\" could not be parsed", text));
    return (uint32_t)size;
}

bool client_has_group_access(Client *c)
{
    return str_equal(client_show(c, "data_directory_mode"), "0750");
}

bool client_create_slot(Client *c, const CreateSlot *slot, bool if_missing)
{
    StrBuf command;
    volatile bool is_made = true;

    strbuf_init(&command);
    repl_command_create_slot(&command, slot, client_server_version(c));
    ERR_TRY() {
        client_result_free(run(c, command.text, CLIENT_ROWS, 1));
    }
    ERR_CATCH() {
        if (!if_missing || err_caught()->sqlstate != SQLSTATE_DUPLICATE_OBJECT)
            err_raise_again();
        is_made = false;
    }
    ERR_END();
    return is_made;
}

void client_drop_slot(Client *c, const char *name, bool waits)
{
    StrBuf command;

    strbuf_init(&command);
    repl_command_drop_slot(&command, name, waits);
    client_result_free(run(c, command.text, CLIENT_COMMAND, 0));
}

bool client_read_slot(Client *c, const char *name, SlotPosition *out)
{
    StrBuf command;
    ClientResult *r;
    bool is_there;

    strbuf_init(&command);
    repl_command_read_slot(&command, name, client_server_version(c));
    r = run(c, command.text, CLIENT_ROWS, 3);
    is_there = client_value(r, 0, 0) != NULL;
    *out = (SlotPosition){.restart_lsn = LSN_NONE};
    if (is_there && client_value(r, 0, 1) != NULL) {
        out->restart_lsn = client_value_lsn(r, 0, 1);
        out->restart_tli = client_value_tli(r, 0, 2);
    }
    client_result_free(r);
    return is_there;
}

TimelineFile client_timeline_history(Client *c, TimelineId tli)
{
    StrBuf command;
    ClientResult *r;
    const char *name, *content;
    TimelineFile file;

    strbuf_init(&command);
    repl_command_timeline_history(&command, tli);
    r = run(c, command.text, CLIENT_ROWS, 2);
    name = client_value(r, 0, 0);
    content = client_value(r, 0, 1);

    /* The name becomes a file's: take the only one that it can be. */
    file.name = mem_printf("%08X.history", tli);
    if (name == NULL || content == NULL || !str_equal(name, file.name))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("server reported unexpected history file name for timeline "
                                     "%u: %s",
                                     tli, name == NULL ? "none" : name));
    /* Servers before 14 call it bytea, but send the bytes of the file as they are too. */
    file.len = client_value_len(r, 0, 1);
    file.content = mem_dup(content, file.len);
    client_result_free(r);
    return file;
}

uint64_t client_value_u64(const ClientResult *r, size_t row, size_t column)
{
    const char *text = client_value(r, row, column);
    uint64_t value;

    if (text == NULL || !num_try_parse_u64(text, &value))
        raise_value(column, text);
    return value;
}

Lsn client_value_lsn(const ClientResult *r, size_t row, size_t column)
{
    const char *text = client_value(r, row, column);
    Lsn value;

    if (text == NULL || !lsn_try_parse(text, &value))
        raise_value(column, text);
    return value;
}

TimelineId client_value_tli(const ClientResult *r, size_t row, size_t column)
{
    uint64_t value = client_value_u64(r, row, column);

    if (value == 0 || value > UINT32_MAX)
        raise_value(column, client_value(r, row, column));
    return (TimelineId)value;
}

/* Run a command whose answer is of that kind; rows: one, with at least so many columns. */
static ClientResult *run(Client *c, const char *command, ClientResultKind kind, size_t column_count)
{
    char *what = mem_printf("could not send replication command \"%s\"", command);
    ClientResult *r = client_exec_for(c, command, what);

    mem_free(what);
    if (client_result_kind(r) != kind ||
        (kind == CLIENT_ROWS &&
         (client_row_count(r) != 1 || client_column_count(r) < column_count)))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("unexpected answer to replication command \"%s\"", command),
                  .detail = err_fmt("Got %zu rows with %zu columns.", client_row_count(r),
                                    client_column_count(r)));
    return r;
}

static void raise_value(size_t column, const char *value)
{
    err_raise(SQLSTATE_PROTOCOL_VIOLATION,
              .message = err_fmt("unexpected value \"%s\" in column %zu of the server's answer",
                                 value == NULL ? "(null)" : value, column + 1));
}
