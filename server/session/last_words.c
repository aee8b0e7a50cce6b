/*
 * last_words.c - what a client is told when its process is killed by SIGQUIT
 *
 * The handler of a signal may not make a message: there is one for each reason, made when the
 * client is let in. It is a warning, as nothing can be said of the transaction but that it is lost.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/supervisor.h"
#include "server/net/net.h"
#include "server/session/session_int.h"

static const ErrReport reports[] = {
    [QUIT_UNASKED] = {.level = ERR_WARNING,
                      .sqlstate = SQLSTATE_ADMIN_SHUTDOWN,
                      .message = "terminating connection because of unexpected SIGQUIT signal"},
    [QUIT_STOP] = {.level = ERR_WARNING,
                   .sqlstate = SQLSTATE_ADMIN_SHUTDOWN,
                   .message = "terminating connection due to immediate shutdown command"},
    [QUIT_CRASH] = {.level = ERR_WARNING,
                    .sqlstate = SQLSTATE_CRASH_SHUTDOWN,
                    .message =
                        "terminating connection because of crash of another server process",
                    .detail = "The postmaster has commanded this server process to roll back the "
                              "current transaction and exit, because another server process exited "
                              "abnormally and possibly corrupted shared memory.",
                    .hint = "In a moment you should be able to reconnect to the database and "
                            "repeat your command."},
};

static struct {
    const char *bytes;
    size_t len;
} words[ARRAY_LEN(reports)];

static void say(void);

void session_prepare_last_words(void)
{
    MEM_SCOPE(mem_root()) {
        for (size_t i = 0; i < ARRAY_LEN(reports); i++)
            words[i].bytes = net_make_report(&reports[i], &words[i].len);
    }
    interrupt_set_last_words(say);
}

static void say(void)
{
    QuitReason reason = supervisor_quit_reason();

    if (setting.client_min_messages <= CLIENT_MESSAGES_WARNING)
        net_send_made(words[reason].bytes, words[reason].len);
}
