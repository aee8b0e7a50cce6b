/*
 * in_cluster.c - one process in the data directory of a stopped server, in place of its own
 *
 *     in_cluster DATA-DIRECTORY DATABASE crash|stop [COMMAND...]
 *
 * Recovers what is to be recovered, runs the commands, each in transactions of its own, and ends
 * with a checkpoint, or as if it had crashed. A database is an OID. Commands are
 *
 *     vacuum:OPTIONS:TABLE    options: words with commas between (verbose, freeze, all-pages, ...)
 *     analyze:OPTIONS:TABLE   a table is an OID; 0: all tables
 *     build:INDEX             made anew in its file; an index is an OID
 *     NAME=VALUE              a setting
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/dir.h"
#include "common/text/str.h"
#include "server/access/index/index.h"
#include "server/cache/cache.h"
#include "server/cache/relation_open.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/proc.h"
#include "server/ipc/timer.h"
#include "server/main/main_int.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/sync/sync.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/vacuum/vacuum.h"
#include "server/wal/wal.h"

#define TABLESPACE_OF_ALL 1663

static void begin(const char *dir, Oid database)
{
    tables_install();
    guc_init();
    guc_find_files(dir);
    os_dir_enter(dir);
    control_load();
    shmem_create(tables_shmem());
    timer_init();
    interrupt_install();
    proc_attach(PROC_BACKEND);
    owner_switch(owner_new(NULL, "process"));
    vfd_init();
    buffer_init();
    sync_keep_requests();
    recovery_run();
    proc_array_join();
    atomic_store(&proc_self()->database, database);
    cache_begin();
    cache_open_database(database, TABLESPACE_OF_ALL);
}

static void take_vacuum_option(VacuumParams *params, const char *word)
{
    if (strcmp(word, "verbose") == 0)
        params->options |= VACUUM_VERBOSE;
    else if (strcmp(word, "analyze") == 0)
        params->options |= VACUUM_ANALYZES;
    else if (strcmp(word, "all-pages") == 0)
        params->options |= VACUUM_ALL_PAGES;
    else if (strcmp(word, "freeze") == 0)
        params->freeze_min_age = params->freeze_table_age = params->multi_freeze_min_age =
            params->multi_freeze_table_age = 0;
    else if (strcmp(word, "index-on") == 0)
        params->index_cleanup = 'o';
    else if (strcmp(word, "index-off") == 0)
        params->index_cleanup = 'f';
    else if (strcmp(word, "truncate-off") == 0)
        params->truncate = 'f';
    else
        err_raise(SQLSTATE_USAGE, .message = err_fmt("there is no option \"%s\"", word));
}

static void run_vacuum(char *rest, unsigned options)
{
    char *words = strsep(&rest, ":"), *word;
    VacuumParams params = vacuum_params(options);
    VacuumTarget target = {.relation = (Oid)strtoul(rest, NULL, 10), .name = rest};

    while ((word = strsep(&words, ",")) != NULL)
        if (*word != '\0')
            take_vacuum_option(&params, word);
    txn_start_command();
    vacuum_run(&target, target.relation != 0 ? 1 : 0, &params);
    txn_end_command();
}

/* As CREATE INDEX makes it, but in the file that is there. */
static void run_build(const char *oid)
{
    static const ForkNo forks[] = {FORK_MAIN};
    static const BlockNo counts[] = {0};
    IndexBuild build = {.snapshot = NULL};
    Relation *index, *table;

    txn_start_command();
    index = index_open((Oid)strtoul(oid, NULL, 10), LOCK_ACCESS_EXCLUSIVE);
    table = table_open(index->index->table, LOCK_SHARE);
    relation_heap(table);
    buffer_drop_fork_from(relation_btree(index)->rel, forks, counts, 1);
    smgr_truncate(relation_btree(index)->rel, forks, counts, 1);
    snapshot_push_latest();
    index_build(table, index, &build);
    snapshot_pop();
    err_log(ERR_INFO, .message = err_fmt("built \"%s\": %.0f rows, %.0f entries, %u pages%s",
                                         index->name, build.table_rows, build.index_rows,
                                         build.pages,
                                         build.has_broken_chain ? ", a chain is broken" : ""));
    relation_close(table, LOCK_NONE);
    relation_close(index, LOCK_NONE);
    txn_end_command();
}

static void run_command(char *command)
{
    char *rest = mem_strdup(command), *verb;

    if (strchr(command, '=') != NULL) {
        char *name, *value;

        guc_split_option(command, &name, &value);
        guc_set(&(GucChange){.name = name, .value = value, .source = GUC_FROM_SESSION});
        return;
    }
    verb = strsep(&rest, ":");
    if (strcmp(verb, "vacuum") == 0)
        run_vacuum(rest, VACUUM_CLEANS);
    else if (strcmp(verb, "analyze") == 0)
        run_vacuum(rest, VACUUM_ANALYZES);
    else if (strcmp(verb, "build") == 0)
        run_build(rest);
    else
        err_raise(SQLSTATE_USAGE, .message = err_fmt("there is no command \"%s\"", verb));
}

static int run(int argc, char **argv)
{
    if (argc < 4)
        err_raise(SQLSTATE_USAGE,
                  .message = "usage: in_cluster DATA-DIRECTORY DATABASE crash|stop [COMMAND...]");
    begin(argv[1], (Oid)strtoul(argv[2], NULL, 10));
    for (int i = 4; i < argc; i++)
        run_command(argv[i]);
    if (strcmp(argv[3], "crash") == 0) {
        wal_flush(wal_insert_lsn());
        _exit(0);
    }
    owner_switch(owner_new(NULL, "checkpoint"));
    checkpoint_make(CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_IMMEDIATE);
    _exit(0);
}

int main(int argc, char **argv)
{
    volatile int code = 1;

    err_set_program("in_cluster");
    err_set_log_level(ERR_INFO);
    ERR_TRY() {
        code = run(argc, argv);
    }
    ERR_CATCH() {
        const ErrReport *e = err_caught();

        fprintf(stderr, "in_cluster: %s (%s:%d)\n", e->message, e->file, e->line);
        _exit(1);
    }
    ERR_END();
    return code;
}
