/*
 * program.c - programs of the server's host, which COPY runs and reads from or writes to
 *
 * Unlike in PostgreSQL a cancel is seen while a program keeps us waiting, and a statement that
 * fails tells its program to end.
 */
#include "common/base/base.h"

#include <signal.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/wait_set.h"
#include "server/copy/copy_int.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/supervisor.h"

#define LOOK_EVERY_MS 1000 /* whether the supervisor is alive */

#define EXIT_OF_SIGNAL 128 /* of a shell, and the signal's number */

typedef struct Program {
    const char *command;
    OsShellPipe *pipe;
    OsWaitSet *set;
} Program;

typedef struct ProgramSource {
    CopySource head;
    Program program;
    bool is_read; /* to its end */
} ProgramSource;

typedef struct ProgramSink {
    BufferedSink buffered;
    Program program;
} ProgramSink;

static void start(Program *p, const char *command, bool is_for_reading);
static void wait_for(Program *p);
static OsChildEnd end(Program *p);
static bool goes_on(void);
_Noreturn static void raise_failed(const Program *p, const OsChildEnd *end);
static size_t read_program(CopySource *source, uint8_t *room, size_t size);
static void end_source(CopySource *source);
static void write_program(BufferedSink *sink, const uint8_t *bytes, size_t len);
static void end_sink(CopySink *sink);

CopySource *copy_source_program(const char *command)
{
    ProgramSource *s = mem_new(ProgramSource);

    s->head = (CopySource){.read = read_program, .end = end_source};
    start(&s->program, command, true);
    return &s->head;
}

CopySink *copy_sink_program(const char *command)
{
    ProgramSink *s = mem_new(ProgramSink);

    s->buffered.head = (CopySink){.write = buffered_write, .end = end_sink};
    s->buffered.put = write_program;
    start(&s->program, command, false);
    return &s->buffered.head;
}

/* ---- Any program ---- */

static void start(Program *p, const char *command, bool is_for_reading)
{
    p->command = command;
    p->pipe = os_shell_pipe_open(command, is_for_reading);
    p->set = os_wait_set_new(1, true);
    os_wait_set_add(p->set, os_shell_pipe_fd(p->pipe),
                    is_for_reading ? OS_WAIT_READ : OS_WAIT_WRITE);
}

static void wait_for(Program *p)
{
    OsWaitEvent event;

    latch_reset(latch_own_one());
    check_interrupts();
    latch_wait_set(p->set, LOOK_EVERY_MS, &event, 1, WAIT_EVENT_NONE);
    supervisor_leave_if_gone();
}

static OsChildEnd end(Program *p)
{
    OsChildEnd how;

    os_wait_set_free(p->set);
    how = os_shell_pipe_end(p->pipe, goes_on);
    check_interrupts();
    return how;
}

/* A program that works on without its pipe is waited for, unless the statement is to end. */
static bool goes_on(void)
{
    return supervisor_is_alive() && interrupt_is_pending == 0;
}

static void raise_failed(const Program *p, const OsChildEnd *how)
{
    err_raise(SQLSTATE_EXTERNAL_ROUTINE_EXCEPTION,
              .message = err_fmt("program \"%s\" failed", p->command),
              .detail = os_child_end_text(how));
}

/* ---- FROM ---- */

static size_t read_program(CopySource *source, uint8_t *room, size_t size)
{
    ProgramSource *s = (ProgramSource *)source;
    ptrdiff_t count;

    while ((count = os_shell_pipe_read(s->program.pipe, room, size)) == OS_PIPE_WAITS)
        wait_for(&s->program);
    s->is_read = count == 0;
    return (size_t)count;
}

static void end_source(CopySource *source)
{
    ProgramSource *s = (ProgramSource *)source;
    OsChildEnd how = end(&s->program);
    bool is_of_pipe = how.is_exit ? how.exit_code == EXIT_OF_SIGNAL + SIGPIPE
                                  : how.signal_no == SIGPIPE;

    if (how.is_exit && how.exit_code == 0)
        return;
    /* Of what comes behind the mark of the end we take nothing, which it may notice. */
    if (!s->is_read && is_of_pipe)
        return;
    raise_failed(&s->program, &how);
}

/* ---- TO ---- */

static void write_program(BufferedSink *sink, const uint8_t *bytes, size_t len)
{
    ProgramSink *s = (ProgramSink *)sink;

    while (len > 0) {
        ptrdiff_t count = os_shell_pipe_write(s->program.pipe, bytes, len);

        if (count == OS_PIPE_CLOSED) {
            OsChildEnd how = end(&s->program);

            if (!how.is_exit || how.exit_code != 0)
                raise_failed(&s->program, &how);
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "could not write to COPY program: Broken pipe");
        }
        if (count == OS_PIPE_WAITS) {
            wait_for(&s->program);
            continue;
        }
        bytes += count;
        len -= (size_t)count;
    }
}

static void end_sink(CopySink *sink)
{
    ProgramSink *s = (ProgramSink *)sink;
    OsChildEnd how;

    buffered_flush(&s->buffered);
    how = end(&s->program);
    if (!how.is_exit || how.exit_code != 0)
        raise_failed(&s->program, &how);
}
