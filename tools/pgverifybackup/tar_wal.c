/* tar_wal.c - keep segments while the archive passes by; tar_wal.h has the idea. */
#include "common/base/base.h"

#include "tools/pgverifybackup/tar_wal.h"

#include "common/ds/array.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/thread_pool.h"
#include "common/text/str.h"
#include "tools/pgverifybackup/tar_stream.h"

#define STEP     KIB(4) /* of the file: compressed zeros grow a thousandfold */
#define KEPT_MAX 16     /* segments that wait in memory, when they come out of order */

typedef struct TarSegment {
    uint64_t seg_no;
    uint8_t *bytes;
    size_t size, len; /* announced, and there so far */
} TarSegment;

struct TarWal {
    const char *path, *prefix;
    TimelineId tli;
    uint32_t segment_size; /* 0 until a segment's first page was seen */
    TarStream *stream;     /* NULL: at the beginning of the archive */
    MemContext *mem;
    TarSegment passing;   /* the entry at hand; bytes NULL when it is no segment of ours */
    const char *name;     /* of an entry that is a segment of ours as far as digits tell */
    Array kept;           /* of TarSegment, whole ones */
    uint64_t seg_no_from; /* older ones are not kept */
};

static const uint8_t *tar_wal_read(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                   size_t *len);
static const TarSegment *find_kept(const TarWal *w, uint64_t seg_no);
static void drop_before(TarWal *w, uint64_t seg_no);
static bool step(TarWal *w);
static void begin_entry(void *arg, const TarEntry *entry);
static void take_data(void *arg, const void *bytes, size_t len);
static void end_entry(void *arg);
static uint32_t size_in_page(const TarSegment *segment);

TarWal *tar_wal_open(const char *path, const char *prefix, TimelineId tli)
{
    TarWal *w = mem_new(TarWal);

    *w = (TarWal){.path = path, .prefix = prefix, .tli = tli, .mem = mem_current()};
    array_init(&w->kept, sizeof(TarSegment));
    return w;
}

uint32_t tar_wal_segment_size(TarWal *w)
{
    while (w->segment_size == 0 && step(w))
        ;
    return w->segment_size;
}

WalSource tar_wal_source(TarWal *w)
{
    return (WalSource){.read = tar_wal_read, .arg = w};
}

void tar_wal_close(TarWal *w)
{
    if (w->stream != NULL)
        tar_stream_close(w->stream);
    w->stream = NULL;
}

static const uint8_t *tar_wal_read(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                   size_t *len)
{
    TarWal *w = arg;
    const TarSegment *segment;
    int ends = 0;

    (void)timeline; /* the one it was opened for */
    drop_before(w, seg_no);
    segment = find_kept(w, seg_no);
    while (segment == NULL && ends < 2) {
        if (!step(w))
            ends++;
        segment = find_kept(w, seg_no);
    }
    if (segment == NULL)
        return NULL;
    *len = offset < segment->len ? segment->len - offset : 0;
    return segment->bytes + size_min(offset, segment->len);
}

static const TarSegment *find_kept(const TarWal *w, uint64_t seg_no)
{
    array_foreach(TarSegment, segment, &w->kept) {
        if (segment->seg_no == seg_no)
            return segment;
    }
    return NULL;
}

static void drop_before(TarWal *w, uint64_t seg_no)
{
    TarSegment *segments = w->kept.items;
    size_t left = 0;

    w->seg_no_from = seg_no;
    for (size_t i = 0; i < w->kept.count; i++) {
        if (segments[i].seg_no >= seg_no)
            segments[left++] = segments[i];
        else
            mem_free(segments[i].bytes);
    }
    w->kept.count = left;
}

/* Read a little of the archive; false at its end, behind which it begins anew. */
static bool step(TarWal *w)
{
    bool has_more = false;

    thread_pool_check_cancel();
    MEM_SCOPE(w->mem) {
        if (w->stream == NULL)
            w->stream =
                tar_stream_open(w->path, &(TarVisitor){begin_entry, take_data, end_entry, w});
        has_more = tar_stream_step(w->stream, STEP) > 0;
        if (!has_more)
            tar_wal_close(w);
    }
    return has_more;
}

static void begin_entry(void *arg, const TarEntry *entry)
{
    TarWal *w = arg;
    const char *name = entry->name + strlen(w->prefix);
    char tli[9];

    w->passing = (TarSegment){.bytes = NULL};
    snprintf(tli, sizeof(tli), "%08X", w->tli);
    if (entry->kind != TAR_FILE || !str_starts_with(entry->name, w->prefix) ||
        wal_name_kind(name) != WAL_NAME_SEGMENT || !str_starts_with(name, tli) ||
        entry->size == 0 || entry->size > WAL_SEG_SIZE_MAX || w->kept.count >= KEPT_MAX)
        return;
    if (w->segment_size != 0) {
        WalSeg seg;

        if (!wal_seg_name_try_parse(name, w->segment_size, &seg) || seg.seg_no < w->seg_no_from ||
            find_kept(w, seg.seg_no) != NULL)
            return;
        w->passing.seg_no = seg.seg_no;
    }
    w->name = mem_strdup(name);
    w->passing.size = (size_t)entry->size;
    w->passing.bytes = mem_alloc(w->passing.size);
}

static void take_data(void *arg, const void *bytes, size_t len)
{
    TarSegment *passing = &((TarWal *)arg)->passing;

    if (passing->bytes == NULL)
        return;
    memcpy(passing->bytes + passing->len, bytes, size_min(len, passing->size - passing->len));
    passing->len += size_min(len, passing->size - passing->len);
}

static void end_entry(void *arg)
{
    TarWal *w = arg;
    WalSeg seg;

    if (w->passing.bytes == NULL)
        return;
    /* The first one tells the size, and with it its own number. */
    if (w->segment_size == 0) {
        w->segment_size = size_in_page(&w->passing);
        if (w->segment_size == 0 || !wal_seg_name_try_parse(w->name, w->segment_size, &seg)) {
            mem_free(w->passing.bytes);
            return;
        }
        w->passing.seg_no = seg.seg_no;
    }
    *(TarSegment *)array_push(&w->kept) = w->passing;
}

static uint32_t size_in_page(const TarSegment *segment)
{
    WalPageHeader header;

    if (!wal_page_read_header(segment->bytes, segment->len, &header) ||
        !wal_seg_size_is_valid(header.seg_size))
        return 0;
    return header.seg_size;
}
