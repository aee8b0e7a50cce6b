/*
 * verify.h - a backup that is verified: what its manifest says, what was found, what is wrong
 *
 * Several threads verify files at once. Each file of the manifest belongs to one of them at a time;
 * what they share is under the lock. A report is a line on standard error, or, with
 * --exit-on-error, a raise that ends the run.
 */
#ifndef PGVERIFYBACKUP_VERIFY_H
#define PGVERIFYBACKUP_VERIFY_H

#include "common/base/base.h"

#include "common/crypt/digest.h"
#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/os/thread_pool.h"
#include "common/tool/progress.h"

/* A file of the manifest. */
typedef struct VerifyFile {
    const char *path; /* the key: relative, first in the struct */
    uint64_t size;
    bool has_checksum;
    DigestKind kind;
    const uint8_t *checksum;
    size_t checksum_len;
    bool is_found; /* in the backup */
    bool is_bad;   /* was reported already: its content is not looked at */
} VerifyFile;

typedef struct VerifyConfig {
    const char *dir;
    const char *manifest_path;
    Array ignored; /* of const char *, normalised */
    bool exits_on_error, skips_checksums, shows_progress;
    unsigned thread_count;
} VerifyConfig;

typedef struct Verify {
    const VerifyConfig *config;
    unsigned manifest_version;
    uint64_t system_id; /* of manifests of version 2; else 0 */
    Hash files;         /* of VerifyFile */
    Array ordered;      /* of VerifyFile *, as in the manifest */
    Array wal_ranges;   /* of ManifestWalRange */
    ThreadLock *lock;   /* guards what follows, standard error, and is_found of tar members */
    bool has_error;
    Progress *progress;
    uint64_t total, done; /* bytes to read, and read */
    size_t jobs_left;
} Verify;

/* Read the manifest; raises when it cannot be relied upon. */
Verify *verify_new(const VerifyConfig *config);

/* Say what is wrong, in PostgreSQL's words. */
void verify_report(Verify *v, const char *message);

/* True when --ignore, or the program itself, takes path and all below it out. */
bool verify_is_ignored(const Verify *v, const char *path);

/* The file with that path, or NULL. */
VerifyFile *verify_find(const Verify *v, const char *path);

/* Report every file of the manifest that was not found. */
void verify_report_missing(Verify *v);

/* ---- What several threads do: verify_jobs.c ---- */

/* Count bytes as read; thread-safe. */
void verify_add_done(Verify *v, uint64_t bytes);

/* Run fn on each of count jobs of size bytes each, and show the progress meanwhile. */
void verify_run_jobs(Verify *v, void (*fn)(void *job), void *jobs, size_t count, size_t size);

/* Called at the end of a job. */
void verify_end_job(Verify *v);

/* ---- The parts of a verification ---- */

/* Compare files with the manifest, by name and size (plain.c), then by checksum (hash.c). */
void plain_verify_files(Verify *v);
void hash_verify_files(Verify *v);

/* The control file against a manifest that names the system. */
void plain_verify_system(Verify *v);

/* Compare what archives hold (tar_backup.c). */
void tar_verify_archives(Verify *v);

/* Compare a digest with the manifest's, reporting what differs; archive is NULL for plain files. */
void hash_compare(Verify *v, const VerifyFile *file, Digest *digest, const char *archive);

/* True when dir holds a backup in tar form and none in plain form. */
bool tar_is_backup(const char *dir);

/* The archive of a stem ("base"), whatever it is compressed with; NULL when there is none. */
char *tar_find_archive(const char *dir, const char *stem);

/* Read the WAL that the backup needs; path is a folder, or NULL: pg_wal in whatever form. */
void wal_verify_ranges(Verify *v, const char *path, bool is_tar);

#endif
