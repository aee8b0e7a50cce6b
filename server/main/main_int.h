/* main_int.h - what the files of main share: the command line, and the tables that tie modules. */
#ifndef MAIN_MAIN_INT_H
#define MAIN_MAIN_INT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/ipc/shmem.h"
#include "server/postmaster/supervisor.h"

typedef enum ServerMode {
    MODE_SUPERVISOR,
    MODE_SHOW_SETTING, /* -C NAME */
    MODE_DESCRIBE,     /* --describe-config */
    MODE_VERSION,
    MODE_HELP,
    MODE_BOOTSTRAP, /* --boot, for pginit */
    MODE_CHECK,     /* --check, for pginit: can it start with these settings? */
    MODE_SINGLE,    /* --single */
} ServerMode;

typedef struct CommandLine {
    ServerMode mode;
    const char *data_dir; /* -D, else PGDATA */
    const char *shown;    /* MODE_SHOW_SETTING */
    const char *database; /* MODE_SINGLE */
    Array wishes;         /* char *; MODE_BOOTSTRAP, -X NAME=VALUE */
    int argc;
    char **argv;
} CommandLine;

/* Read it; settings in it are set. Ends the process for what it does not understand. */
void command_line_read(int argc, char **argv, CommandLine *out);
void command_line_help(const char *program);

/* Raises when settings are wrong together, by the control file too, which is loaded. */
void settings_require_agreement(void);

/* The parts of shared memory, ended by a NULL name (shmem.def). */
ShmemPart *tables_shmem(void);
void tables_install(void); /* all tables of functions that go upwards */
void builtins_install(void); /* the functions of SQL */
const SupervisorPlan *tables_plan(void);

#endif
