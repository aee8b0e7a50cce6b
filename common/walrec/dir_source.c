/*
 * dir_source.c - WAL from a folder of segment files; dir_source.h has the interface.
 *
 * One file is open at a time and one window of it in memory, small enough to stay in the cache
 * between the read and the parse.
 */
#include "common/base/base.h"

#include "common/walrec/dir_source.h"

#include "common/format/timeline_history.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"

#define WINDOW_SIZE KIB(256)

struct WalDir {
    WalDirConfig config;
    OsFile *file; /* NULL when none is open */
    WalSeg seg;   /* that file serves */
    bool is_partial;
    uint8_t *window;
    MemContext *mem;
    MemContext *file_mem; /* of the open file */
};

static const uint8_t *dir_read(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                               size_t *len);
static bool has_open(const WalDir *d, TimelineId timeline, uint64_t seg_no);
static bool open_seg(WalDir *d, TimelineId timeline, uint64_t seg_no, const char *suffix);
static bool open_along_history(WalDir *d, TimelineId timeline, uint64_t seg_no, const char *suffix);
static bool try_open(WalDir *d, WalSeg seg, const char *suffix);
static TimelineId newest_timeline(const WalDir *d, uint64_t seg_no);

WalDir *wal_dir_new(const WalDirConfig *config)
{
    WalDir *d = mem_new(WalDir);

    d->config = *config;
    d->mem = mem_current();
    d->file_mem = mem_context_new(d->mem, "WAL segment file");
    d->window = mem_alloc_aligned(WINDOW_SIZE, WAL_PAGE_SIZE);
    return d;
}

WalSource wal_dir_source(WalDir *d)
{
    return (WalSource){.read = dir_read, .arg = d};
}

uint32_t wal_dir_segment_size(const char *path)
{
    uint8_t page[WAL_PAGE_HEADER_LONG];
    OsFile *file = os_file_open(path, OS_READ);
    size_t len = os_file_read_at(file, page, sizeof(page), 0);
    WalPageHeader header;

    os_file_close(file);
    if (!wal_page_read_header(page, len, &header) || !wal_seg_size_is_valid(header.seg_size))
        return 0;
    return header.seg_size;
}

static const uint8_t *dir_read(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                               size_t *len)
{
    WalDir *d = arg;

    *len = 0;
    if (!has_open(d, timeline, seg_no) && !open_seg(d, timeline, seg_no, "") &&
        !(d->config.take_partial && open_seg(d, timeline, seg_no, ".partial")))
        return NULL;
    /* Files of other sizes are refused by what their first page says. */
    *len = os_file_read_at(d->file, d->window,
                           size_min(WINDOW_SIZE, d->config.segment_size - offset), offset);
    return d->window;
}

/* A partial file is asked for anew each time, since its segment may have come to be complete. */
static bool has_open(const WalDir *d, TimelineId timeline, uint64_t seg_no)
{
    return d->file != NULL && !d->is_partial && d->seg.seg_no == seg_no && d->seg.tli >= timeline &&
           (d->config.history != NULL || timeline == 0 || d->seg.tli == timeline);
}

static bool open_seg(WalDir *d, TimelineId timeline, uint64_t seg_no, const char *suffix)
{
    if (d->config.history != NULL)
        return open_along_history(d, timeline, seg_no, suffix);
    if (timeline == 0)
        timeline = newest_timeline(d, seg_no);
    return try_open(d, (WalSeg){.tli = timeline, .seg_no = seg_no}, suffix);
}

static bool open_along_history(WalDir *d, TimelineId timeline, uint64_t seg_no, const char *suffix)
{
    const TimelineSpan *spans = d->config.history->items;

    for (size_t i = d->config.history->count; i-- > 0 && spans[i].tli >= timeline;) {
        if (wal_seg_no(spans[i].begin, d->config.segment_size) <= seg_no &&
            try_open(d, (WalSeg){.tli = spans[i].tli, .seg_no = seg_no}, suffix))
            return true;
    }
    return false;
}

static bool try_open(WalDir *d, WalSeg seg, const char *suffix)
{
    char name[WAL_SEG_NAME_LEN + 1];

    d->file = NULL;
    mem_reset(d->file_mem);
    wal_seg_name_write(seg, d->config.segment_size, name);
    MEM_SCOPE(d->file_mem) {
        d->file = os_file_try_open(mem_printf("%s/%s%s", d->config.path, name, suffix), OS_READ);
    }
    if (d->file == NULL)
        return false;
    d->seg = seg;
    d->is_partial = *suffix != '\0';
    os_file_advise_sequential(d->file);
    return true;
}

/* The newest timeline of which there is a file of that segment; 1 when there is none. */
static TimelineId newest_timeline(const WalDir *d, uint64_t seg_no)
{
    TimelineId newest = 1;

    MEM_SCOPE(d->file_mem) {
        Array names;

        os_dir_list(d->config.path, &names);
        array_foreach(char *, name, &names) {
            WalSeg seg;

            if (!wal_seg_name_try_parse(*name, d->config.segment_size, &seg) &&
                !(d->config.take_partial &&
                  wal_partial_name_try_parse(*name, d->config.segment_size, &seg)))
                continue;
            if (seg.seg_no == seg_no && seg.tli > newest)
                newest = seg.tli;
        }
    }
    return newest;
}
