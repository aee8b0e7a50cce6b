/*
 * report.h - the progress line of a base backup, in PostgreSQL's form
 *
 *     31714/31714 kB (100%), 0/1 tablespace (bb4/base.tar.gz                    )
 *
 * The name in brackets is shown with -v only.
 */
#ifndef PGBASEBACKUP_REPORT_H
#define PGBASEBACKUP_REPORT_H

#include "common/base/base.h"

#include "pgbasebackup/options.h"

typedef struct Report Report;

Report *report_new(const BackupOptions *b);

/* The server's estimate, and the number of archives. */
void report_set_total(Report *r, uint64_t total_kb, size_t space_count);

/* Bytes so far; sets or adds. Shows a line when it is time. */
void report_set_done(Report *r, uint64_t done);
void report_add_done(Report *r, uint64_t amount);

/* What is being written; NULL for nothing. */
void report_set_name(Report *r, const char *name);

/* An archive is complete: shows a line. */
void report_space_done(Report *r);

/* A word while there is nothing to count: "waiting for checkpoint". */
void report_wait(Report *r, const char *what);

/* The last line. */
void report_end(Report *r);

#endif
