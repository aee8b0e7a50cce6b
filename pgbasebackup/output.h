/*
 * output.h - where the archives of a backup go: one interface, two forms
 *
 * The receiver calls begin_archive, write (any number of times) and end_archive for each archive in
 * the server's order, then manifest and end_manifest when there is one, then finish. What finish
 * leaves is complete; before that, names end in .tmp or pg_control is missing, so that nobody takes
 * what an interrupt left for a backup.
 */
#ifndef PGBASEBACKUP_OUTPUT_H
#define PGBASEBACKUP_OUTPUT_H

#include "common/base/base.h"

#include "pgbasebackup/folders.h"
#include "pgbasebackup/options.h"
#include "pgbasebackup/report.h"

/* One archive that the server announces: a tablespace, or last the data directory. */
typedef struct BackupSpace {
    Oid oid;              /* 0: the data directory */
    const char *location; /* on the server; NULL: the data directory */
    uint64_t size_kb;
} BackupSpace;

typedef struct Output Output;

typedef struct OutputForm {
    /* name is the server's: "base.tar.gz", "16389.tar" */
    void (*begin_archive)(Output *out, const BackupSpace *space, const char *name);
    void (*write)(Output *out, const void *bytes, size_t len);
    void (*end_archive)(Output *out);
    void (*manifest)(Output *out, const void *bytes, size_t len);
    void (*end_manifest)(Output *out);
    void (*finish)(Output *out); /* durable, final names */
} OutputForm;

struct Output {
    const OutputForm *form;
    const BackupOptions *options;
    Report *report;
    Folders *folders;
    const char *recovery_conf; /* to append to postgresql.auto.conf; NULL: nothing */
    bool has_own_end;          /* the server ends its tars (15 and later) */
    bool is_damaged;           /* known before finish: the manifest keeps its name in .tmp */
};

/* Both take the fields of base, but for its form. */
Output *plain_output_new(const Output *base);
Output *tar_output_new(const Output *base);

#endif
