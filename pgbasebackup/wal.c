/* wal.c - the thread that receives WAL, and its files; wal.h has the promises. */
#include "common/base/base.h"

#include "pgbasebackup/wal.h"

#include <stdatomic.h>

#include "common/client/replication.h"
#include "common/client/wal_stream.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/fault.h"
#include "common/os/process.h"
#include "common/os/thread_pool.h"
#include "pgbasebackup/wal_files.h"

#define ASK_INTERVAL_MS 20 /* how soon the thread sees that the end is known */
#define JOIN_STEP_MS    5

/* Of a permanent slot that the backup makes. */
typedef enum SlotState {
    SLOT_NOT_MADE,
    SLOT_ASKED_FOR, /* no answer has come: it may be there */
    SLOT_MADE,
} SlotState;

struct WalReceiver {
    Thread *thread;
    Client *client; /* the thread's while it runs; NULL after its end */
    const BackupOptions *options;
    ClientOptions *connect;
    WalWanted wanted;
    const char *slot; /* NULL: none */
    bool has_made_slot;
    SlotState slot_state;
    _Atomic Lsn end; /* 0: not known yet; written by the coordinator */
    WalFiles *files; /* the thread's */
};

static void warn_of_slot(const WalReceiver *w, const char *what);
static void create_permanent(WalReceiver *w, const CreateSlot *slot);
static void make_slot(WalReceiver *w, int backup_pid);
static void receive(void *arg);
static void write_wal(void *arg, TimelineId tli, Lsn lsn, const void *bytes, size_t len);
static bool is_done(void *arg, TimelineId tli, Lsn received);
static void take_history(void *arg, const TimelineFile *file);
static void take_switch(void *arg, TimelineId from, TimelineId to, Lsn lsn);

WalReceiver *wal_receiver_new(BackupOptions *b)
{
    WalReceiver *w = mem_new(WalReceiver);

    w->options = b;
    w->connect = &b->connect;
    return w;
}

void wal_receiver_hold(WalReceiver *w, uint64_t system_id, int backup_pid)
{
    w->client = client_connect(w->connect, &(ClientConnect){.mode = CLIENT_PHYSICAL});
    if (client_identify_system(w->client).system_id != system_id)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "system identifier does not match between base backup and "
                             "streaming connection");
    make_slot(w, backup_pid);
}

void wal_receiver_start(WalReceiver *w, const WalWanted *wanted)
{
    w->wanted = *wanted;
    err_log(ERR_INFO, .message = "starting background WAL receiver");
    if (w->has_made_slot)
        err_log(ERR_INFO, .message = err_fmt("created %sreplication slot \"%s\"",
                                             w->options->slot == NULL ? "temporary " : "",
                                             w->slot));
    w->thread = thread_start(receive, w);
}

void wal_receiver_check(WalReceiver *w)
{
    /* It ends by itself only when the end is known. */
    if (w->thread != NULL && thread_is_done(w->thread))
        wal_receiver_finish(w, w->wanted.start);
}

void wal_receiver_finish(WalReceiver *w, Lsn end)
{
    Thread *thread = w->thread;

    atomic_store(&w->end, end);
    while (!thread_is_done(thread)) {
        process_check_interrupts();
        clock_sleep_ms(JOIN_STEP_MS);
    }
    w->thread = NULL;
    thread_join(thread);
    client_close(w->client);
    w->client = NULL;
}

void wal_receiver_abort(WalReceiver *w)
{
    Thread *thread;

    if (w == NULL || w->thread == NULL)
        return;
    thread = w->thread;
    w->thread = NULL;
    thread_cancel(thread);
    ERR_TRY() {
        thread_join(thread);
    }
    ERR_CATCH() {
        /* The backup has failed already, and its reason is reported. */
    }
    ERR_END();
}

/* A slot that nobody uses would keep WAL until the server's disk is full. */
void wal_receiver_undo(WalReceiver *w)
{
    if (w == NULL || w->slot_state == SLOT_NOT_MADE)
        return;
    /* It might be another one's of that name, of which we would have been told: it stays. */
    if (w->slot_state == SLOT_ASKED_FOR) {
        warn_of_slot(w, "may have been created");
        return;
    }
    ERR_TRY() {
        if (w->client != NULL)
            client_close(w->client);
        w->client = NULL;
        w->client = client_connect(w->connect, &(ClientConnect){.mode = CLIENT_PHYSICAL});
        client_drop_slot(w->client, w->slot, true);
        err_log(ERR_NOTICE, .message = err_fmt("removing replication slot \"%s\"", w->slot));
    }
    ERR_CATCH() {
        warn_of_slot(w, "was created and is still there");
    }
    ERR_END();
}

static void warn_of_slot(const WalReceiver *w, const char *what)
{
    err_log(ERR_WARNING, .message = err_fmt("replication slot \"%s\" %s", w->slot, what),
            .hint = "Remove it with pg_drop_replication_slot() if it is not needed.");
}

static void make_slot(WalReceiver *w, int backup_pid)
{
    const BackupOptions *b = w->options;
    CreateSlot slot = {.name = b->slot, .is_temporary = b->slot == NULL, .reserves_wal = true};

    if (b->slot == NULL && b->no_slot)
        return;
    if (b->slot == NULL)
        slot.name = mem_printf("pg_basebackup_%d", backup_pid);
    w->slot = slot.name;
    if (b->slot != NULL && !b->creates_slot)
        return;
    FAULT_POINT("pgbasebackup.wal.before_slot");
    if (slot.is_temporary)
        client_create_slot(w->client, &slot, false);
    else
        create_permanent(w, &slot);
    w->has_made_slot = true;
}

/* Who is interrupted before the answer does not know whether it was made. */
static void create_permanent(WalReceiver *w, const CreateSlot *slot)
{
    w->slot_state = SLOT_ASKED_FOR;
    ERR_TRY() {
        FAULT_POINT("pgbasebackup.wal.slot_asked_for");
        client_create_slot(w->client, slot, false);
    }
    ERR_CATCH() {
        SqlState state = err_caught()->sqlstate;

        if (state != SQLSTATE_QUERY_CANCELED && state != SQLSTATE_CONNECTION_FAILURE)
            w->slot_state = SLOT_NOT_MADE;
        err_raise_again();
    }
    ERR_END();
    w->slot_state = SLOT_MADE;
}

/* The thread. */
static void receive(void *arg)
{
    WalReceiver *w = arg;
    const BackupOptions *b = w->options;
    WalStream stream = {
        .slot = w->slot,
        .tli = w->wanted.tli,
        .start = w->wanted.start - w->wanted.start % w->wanted.segment_size,
        .segment_size = w->wanted.segment_size,
        .status_interval_ms = (unsigned)b->status_interval * 1000,
        .ask_interval_ms = ASK_INTERVAL_MS,
        .sink = {.write = write_wal,
                 .is_done = is_done,
                 .history = take_history,
                 .switched = take_switch,
                 .arg = w},
    };

    w->files = wal_files_new(b, w->wanted.segment_size);
    if (wal_stream_run(w->client, &stream) != WAL_STREAM_DONE)
        err_raise(SQLSTATE_CONNECTION_FAILURE,
                  .message = "replication stream was terminated before stop point");
    wal_files_finish(w->files);
}

static void write_wal(void *arg, TimelineId tli, Lsn lsn, const void *bytes, size_t len)
{
    WalReceiver *w = arg;

    FAULT_POINT("pgbasebackup.wal.before_write");
    wal_files_write(w->files, tli, lsn, bytes, len);
}

static bool is_done(void *arg, TimelineId tli, Lsn received)
{
    WalReceiver *w = arg;
    Lsn end = atomic_load(&w->end);

    (void)tli;
    return end != LSN_NONE && received >= end;
}

static void take_history(void *arg, const TimelineFile *file)
{
    WalReceiver *w = arg;

    wal_files_add_history(w->files, file->name, file->content, file->len);
}

static void take_switch(void *arg, TimelineId from, TimelineId to, Lsn lsn)
{
    WalReceiver *w = arg;

    (void)from;
    (void)to;
    (void)lsn;
    wal_files_end_segment(w->files);
}
