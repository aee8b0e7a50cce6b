/*
 * output.h - the bytes of a base backup on their way: compressed, slowed down, counted
 *
 *     tar, manifest > output_room(), output_take() > [compressor >] target
 *
 * Archives are compressed, the manifest is not. The rate limits what the target gets. A listener is
 * told of archives and how far they are, wherever their bytes go.
 */
#ifndef BASE_BACKUP_OUTPUT_H
#define BASE_BACKUP_OUTPUT_H

#include "common/base/base.h"

#include "common/compress/stream.h"
#include "server/replication/base_backup/target.h"

typedef struct BackupOutput {
    BackupTarget *target;
    BackupTarget *listener; /* may be the target; NULL: nobody listens */
    CompressSpec compression;
    uint32_t max_rate_kb; /* a second; 0: no limit */
    uint64_t total;       /* bytes of archives that there may be; 0: nobody knows */

    /* The rest is its own. */
    Compressor *compressor; /* NULL: bytes go as they are */
    uint8_t *plain;         /* bytes to be compressed */
    bool is_in_archive;     /* not in the manifest */
    uint64_t done;          /* of archives, before they are compressed */
    uint64_t told_us;       /* when the listener was told of that */
    uint64_t due_us;        /* when the target may get more */
} BackupOutput;

/* The first four members are set; memory is of the current context. */
void output_begin(BackupOutput *o);
void output_begin_archive(BackupOutput *o, const char *name, const char *location);

/*
 * Room for at least min (BACKUP_ROOM_MIN at most) bytes; what is written there stays only until the
 * next report (a warning, say) unless it was taken.
 */
uint8_t *output_room(BackupOutput *o, size_t min, size_t *size);
void output_take(BackupOutput *o, size_t len);
void output_write(BackupOutput *o, const void *bytes, size_t len);
void output_write_zeros(BackupOutput *o, size_t len);
void output_end_archive(BackupOutput *o);
void output_begin_manifest(BackupOutput *o);
void output_end_manifest(BackupOutput *o);
void output_finish(BackupOutput *o);

#endif
