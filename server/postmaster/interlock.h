/*
 * interlock.h - one server on a data directory: postmaster.pid, its shared memory segment, sockets
 *
 * Promises
 *   1. No second server starts while a process of a first one lives, ours or PostgreSQL's: a pid
 *      file whose process lives refuses, and so does a segment that processes are attached to,
 *      though their supervisor was killed.
 *   2. A lock file is made with its content, never seen empty, and removed at the end, in time for
 *      the next server.
 *
 * Source: FORMATS of postmaster.pid (common/format/postmaster_pid.h); the segment's header is that
 * of storage/pg_shmem.h of PostgreSQL 15.
 */
#ifndef POSTMASTER_INTERLOCK_H
#define POSTMASTER_INTERLOCK_H

#include "common/base/base.h"

/* Lines of postmaster.pid, from 1. */
enum {
    PID_LINE_PORT = 4,
    PID_LINE_SOCKET_DIR = 5,
    PID_LINE_ADDRESS = 6,
    PID_LINE_SEGMENT = 7,
    PID_LINE_STATUS = 8,
};

/*
 * Take the data directory, which is the working folder. is_standalone: the pid is written negative.
 * Raises F0001 in PostgreSQL's words when another has it. Then the segment is made, which children
 * inherit.
 */
void interlock_take(bool is_standalone);

/* Take a socket: PATH.lock. */
void interlock_take_socket(const char *path, const char *socket_dir, int port);

/* Write a line (and empty ones before it that are missing). */
void interlock_set_line(int line, const char *text);

/* "starting", "ready   ", "standby ", "stopping": what pgctl waits for. */
void interlock_set_status(const char *status);

/* False, with a message, when somebody removed or replaced our pid file: the server must stop. */
bool interlock_is_still_ours(void);

/* Touch the socket lock files, so that nobody's cleaning of /tmp takes them. */
void interlock_touch_sockets(void);

void interlock_release(void); /* at the very end */

#endif
