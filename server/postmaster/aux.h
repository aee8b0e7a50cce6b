/*
 * aux.h - the mains of the background processes
 *
 * Each has its file. They attach to their slot, run until they are told to end (SIGTERM; the
 * checkpointer by SIGUSR2, after its last checkpoint), and log an error and go on after one.
 */
#ifndef POSTMASTER_AUX_H
#define POSTMASTER_AUX_H

#include "common/base/base.h"

void startup_main(void *arg);
void checkpointer_main(void *arg);
void background_writer_main(void *arg);
void wal_writer_main(void *arg);
void archiver_main(void *arg);
void autovacuum_launcher_main(void *arg);
void autovacuum_worker_main(void *arg);
void backend_main(void *arg); /* arg: BackendStart */

/* What runs the statements of clients: before the first of them. */
struct SessionEngine;
void backend_set_engine(const struct SessionEngine *engine);

/*
 * Run round() again and again, each in a frame: an error is logged, what it held is given back,
 * and the next comes after a second. Ends when round() returns false.
 */
void aux_loop(bool (*round)(void));

#endif
