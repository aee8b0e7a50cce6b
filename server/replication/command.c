/* command.c - from the text of a command to the function that runs it; values of options. */
#include "common/base/base.h"

#include <inttypes.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/proc.h"
#include "server/net/net.h"
#include "server/replication/answer.h"
#include "server/replication/replication_int.h"
#include "server/replication/wal_sender.h"
#include "server/replication/wal_sender_int.h"
#include "server/txn/txn.h"

static void check_block(const ReplicationCommand *command);

static struct {
    bool is_over;
} replication;

bool replication_is_over(void)
{
    return replication.is_over;
}

void replication_end_session(void)
{
    replication.is_over = true;
}

void replication_clean_up(void)
{
    send_clean_up();
}

bool replication_is_session(void)
{
    return proc_is_attached() && proc_self()->kind == PROC_WAL_SENDER;
}

bool replication_run(const char *text)
{
    const ReplicationCommand *command = repl_find_command(text);
    ReplicationCall call;

    if (command == NULL) {
        if (proc_self()->is_physical_walsender)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message =
                          "cannot execute SQL commands in WAL sender for physical replication");
        return false;
    }
    wal_sender_check_stopping();
    check_interrupts();
    repl_parse(command, text, &call);
    err_log(setting.log_replication_commands ? ERR_LOG : ERR_DEBUG,
            .message = err_fmt("received replication command: %s", text));
    check_block(command);
    command->run(&call);
    if (!replication.is_over)
        answer_tag(command->tag);
    return true;
}

static void check_block(const ReplicationCommand *command)
{
    if (txn_is_failed())
        err_raise(SQLSTATE_IN_FAILED_SQL_TRANSACTION,
                  .message = "current transaction is aborted, commands ignored until end of "
                             "transaction block");
    if (command->is_out_of_block && txn_is_block())
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = err_fmt("%s cannot run inside a transaction block", command->word));
}

/* ---- Values of options ---- */

bool replication_option_bool(const ReplicationOption *option)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"on", true}, {"off", false}};

    if (option->kind == REPLICATION_NO_VALUE)
        return true;
    if (option->kind == REPLICATION_NUMBER && option->number <= 1)
        return option->number == 1;
    for (size_t i = 0; i < ARRAY_LEN(words) && option->kind != REPLICATION_NUMBER; i++)
        if (strcasecmp(option->text, words[i].text) == 0)
            return words[i].value;
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("%s requires a Boolean value", option->name));
}

const char *replication_option_text(const ReplicationOption *option)
{
    if (option->kind == REPLICATION_NO_VALUE)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a parameter", option->name));
    return option->text;
}

int64_t replication_option_number(const ReplicationOption *option)
{
    if (option->kind != REPLICATION_NUMBER)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a numeric value", option->name));
    return option->number;
}
