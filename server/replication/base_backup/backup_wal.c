/* backup_wal.c - the log that a base backup takes with it; backup_wal.h says how. */
#include "common/base/base.h"

#include "server/replication/base_backup/backup_wal.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "server/ipc/interrupt.h"
#include "server/wal/wal.h"

#define WAL_PATH         "pg_wal"
#define HISTORY_SIZE_MAX MIB(16)

typedef struct WalNames {
    Array segments;  /* WalSeg, by number and timeline */
    Array histories; /* char * */
} WalNames;

static void find_names(uint64_t first, uint64_t last, WalNames *out);
static int compare_segments(const void *a, const void *b);
static void check_complete(const WalNames *names, const BackupSpan *span, uint64_t last);
static void add_done(BackupArchive *a, const char *name);
_Noreturn static void raise_missing(const char *name);
static void read_descent(TimelineId tli, Array *spans);

void backup_wal_add(BackupArchive *a, const BackupSpan *span)
{
    uint32_t size = wal_identity()->segment_size;
    uint64_t last = wal_seg_no(span->end - 1, size);
    WalNames names;

    find_names(wal_seg_no(span->start, size), last, &names);
    check_complete(&names, span, last);
    array_foreach(const WalSeg, seg, &names.segments) {
        char name[WAL_SEG_NAME_LEN + 1];

        wal_seg_name_write(*seg, size, name);
        if (!archive_add_segment(a, path_join(WAL_PATH, name), size))
            raise_missing(name);
        add_done(a, name);
    }
    array_foreach(char *, name, &names.histories) {
        const char *path = path_join(WAL_PATH, *name);

        if (!archive_add_file(a, path, path))
            raise_missing(*name);
        add_done(a, *name);
    }
}

static void find_names(uint64_t first, uint64_t last, WalNames *out)
{
    uint32_t size = wal_identity()->segment_size;
    Array names;
    WalSeg seg;

    array_init(&out->segments, sizeof(WalSeg));
    array_init(&out->histories, sizeof(char *));
    os_dir_list(WAL_PATH, &names);
    array_foreach(char *, name, &names) {
        if (wal_name_kind(*name) == WAL_NAME_HISTORY)
            *(char **)array_push(&out->histories) = *name;
        else if (wal_seg_name_try_parse(*name, size, &seg) && seg.seg_no >= first &&
                 seg.seg_no <= last)
            *(WalSeg *)array_push(&out->segments) = seg;
    }
    array_sort(&out->segments, compare_segments);
}

static int compare_segments(const void *a, const void *b)
{
    const WalSeg *x = a, *y = b;

    if (x->seg_no != y->seg_no)
        return x->seg_no < y->seg_no ? -1 : 1;
    return x->tli == y->tli ? 0 : x->tli < y->tli ? -1 : 1;
}

/* Each number from the first to the last one is there, on one timeline at least. */
static void check_complete(const WalNames *names, const BackupSpan *span, uint64_t last)
{
    uint32_t size = wal_identity()->segment_size;
    uint64_t wanted = wal_seg_no(span->start, size);
    char name[WAL_SEG_NAME_LEN + 1];

    array_foreach(const WalSeg, seg, &names->segments) {
        if (seg->seg_no > wanted)
            break;
        if (seg->seg_no == wanted)
            wanted++;
    }
    if (wanted > last)
        return;
    wal_seg_name_write((WalSeg){span->start_tli, wanted}, size, name);
    raise_missing(name);
}

static void raise_missing(const char *name)
{
    err_raise(SQLSTATE_UNDEFINED_FILE,
              .message = err_fmt("requested WAL segment %s has already been removed", name));
}

/* So that a server that starts from the backup does not archive it again. */
static void add_done(BackupArchive *a, const char *name)
{
    archive_add_bytes(a, mem_printf(WAL_PATH "/archive_status/%s.done", name), "", 0);
    check_interrupts();
}

void backup_wal_list(ManifestSpool *manifest, const BackupSpan *span)
{
    Array spans;

    if (span->start_tli == span->end_tli) {
        manifest_spool_add_wal_range(manifest,
                                     &(ManifestWalRange){span->end_tli, span->start, span->end});
        return;
    }
    read_descent(span->end_tli, &spans);
    for (size_t i = spans.count; i > 0; i--) {
        const TimelineSpan *own = array_at(&spans, i - 1);
        bool is_first = own->tli == span->start_tli;

        manifest_spool_add_wal_range(
            manifest, &(ManifestWalRange){own->tli, is_first ? span->start : own->begin,
                                          own->tli == span->end_tli ? span->end : own->end});
        if (is_first)
            return;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("start timeline %u not found in history of timeline %u",
                                 span->start_tli, span->end_tli));
}

static void read_descent(TimelineId tli, Array *spans)
{
    const char *path = path_join(WAL_PATH, wal_history_name(tli));

    timeline_history_parse(os_file_read_all(path, HISTORY_SIZE_MAX, NULL), tli, spans);
}
