/*
 * postmaster_pid.h - postmaster.pid: which server uses a data directory, and whether it lives
 *
 * Lines: the pid (negative for a single-user backend), data directory, start time, port, first
 * socket folder, first address, key and id of the shared memory segment, state. A server that
 * starts writes the first ones early, so later lines may be missing.
 *
 * Source: seen on servers 13 to 18.
 */
#ifndef FORMAT_POSTMASTER_PID_H
#define FORMAT_POSTMASTER_PID_H

#include "common/base/base.h"

#define POSTMASTER_PID_FILE_NAME "postmaster.pid"

typedef struct PostmasterPid {
    int pid; /* always positive */
    bool is_single_user;
    char *data_dir;     /* NULL when the line is missing, as all that follows */
    int64_t start_time; /* Unix seconds; 0 when missing */
    uint32_t port;      /* 0 when missing */
    char *socket_dir;   /* may be empty */
    char *address;      /* may be empty */
    uint64_t shm_key, shm_id;
    char *state; /* "starting", "ready", ...: without the padding */
} PostmasterPid;

/* Read the file's text; raises SQLSTATE_DATA_CORRUPTED, naming what, when line 1 is no pid. */
void postmaster_pid_parse(const char *text, const char *what, PostmasterPid *out);

/* Read data_dir/postmaster.pid; false when there is none. */
bool postmaster_pid_try_read(const char *data_dir, PostmasterPid *out);

/* True when there is a file and its process exists: a server may be using the directory. */
bool postmaster_is_running(const char *data_dir);

#endif
