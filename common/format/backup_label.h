/*
 * backup_label.h - where a backup's replay must begin, and the history of a backup
 *
 * backup_label lies at the top of a base backup, one "KEY: value" a line:
 *
 *     START WAL LOCATION: 0/5000028 (file 000000010000000000000005)
 *     CHECKPOINT LOCATION: 0/5000060
 *     BACKUP METHOD: streamed
 *     BACKUP FROM: primary
 *     START TIME: 2026-11-22 07:05:35 UTC
 *     LABEL: lbl
 *     START TIMELINE: 1
 *
 * An incremental backup of 17 and later adds INCREMENTAL FROM LSN and INCREMENTAL FROM TLI. The
 * backup history file in pg_wal (wal_seg_name.h) has the same lines, STOP WAL LOCATION as the
 * second, STOP TIME and STOP TIMELINE at the end.
 *
 * Source: PostgreSQL 15 manual, "Continuous Archiving"; seen on servers 13 to 18.
 */
#ifndef FORMAT_BACKUP_LABEL_H
#define FORMAT_BACKUP_LABEL_H

#include "common/base/base.h"

#include "common/format/wal_seg_name.h"
#include "common/text/strbuf.h"

#define BACKUP_LABEL_FILE_NAME "backup_label"
#define BACKUP_LABEL_SIZE_MAX  KIB(64) /* bytes that a reader takes; the server writes under 3000 */

typedef struct BackupLabel {
    Lsn start_lsn;
    char start_file[WAL_SEG_NAME_LEN + 1];
    Lsn checkpoint_lsn;
    char *method;         /* "streamed"; NULL when the line is missing, as the next four */
    char *from;           /* "primary", "standby"; "master" in 13 */
    char *start_time;     /* as text, in the server's log_timezone */
    char *label;          /* what the user called it */
    TimelineId start_tli; /* 0 when the line is missing */
    bool is_incremental;
    Lsn incremental_from_lsn;
    TimelineId incremental_from_tli;

    /* The rest only in a backup history file. */
    bool is_history;
    Lsn stop_lsn;
    char stop_file[WAL_SEG_NAME_LEN + 1];
    char *stop_time;     /* may be NULL */
    TimelineId stop_tli; /* may be 0 */
} BackupLabel;

/*
 * Read a label or history file of len bytes; texts are in the current memory context. Raises
 * SQLSTATE_DATA_CORRUPTED naming what and the line: start or checkpoint missing, a known line twice
 * or malformed, timelines that contradict each other, bytes behind the last line end. Lines that
 * are not known are taken as part of a label with line ends in it.
 */
void backup_label_parse(const char *text, size_t len, const char *what, BackupLabel *out);

/* Append the file's text, with the lines of a history file when is_history is set. */
void backup_label_write(const BackupLabel *label, StrBuf *out);

/* True when it was taken from a standby; all other words mean a primary. */
bool backup_label_is_from_standby(const BackupLabel *label);

#endif
