/* wal_path.c - find and read the segments of one line of timelines. */
#include "common/base/base.h"

#include "common/repo/wal_path.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/repo/wal_object.h"

struct WalPath {
    Repo *repo;
    const Array *spans; /* of TimelineSpan */
    uint32_t segment_size;
    const char *local_dir; /* NULL when there is none */
    MemContext *mem;       /* holds the segment below, reset for each */
    uint64_t seg_no;       /* of bytes, valid when bytes is not NULL */
    char *bytes;
    size_t len;
};

/* A name under which a segment may be found. */
typedef bool (*Probe)(WalPath *p, const char *name);

static const char *read_history(Repo *r, const WalHistorySource *local, TimelineId tli);
static const uint8_t *read_segment(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                   size_t *len);
static bool probe_names(WalPath *p, uint64_t seg_no, Probe probe);
static void cut_at(WalPath *p, uint64_t len);
static bool load(WalPath *p, const char *name);
static bool exists(WalPath *p, const char *name);

void wal_path_history(Repo *r, const WalHistorySource *local, TimelineId tli, Array *spans)
{
    const char *text = NULL;

    if (tli != 1)
        text = read_history(r, local, tli);
    if (tli != 1 && text == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT, .message = err_fmt("timeline %u does not exist", tli),
                  .detail = err_fmt("Its history file \"%s\" is not in the archive.",
                                    wal_history_name(tli)));
    timeline_history_parse(text, tli, spans);
}

TimelineId wal_path_latest(Repo *r, const WalHistorySource *local, TimelineId tli)
{
    while (read_history(r, local, tli + 1) != NULL)
        tli++;
    return tli;
}

WalPath *wal_path_new(Repo *r, const Array *spans, uint32_t segment_size, const char *local_dir)
{
    WalPath *p = mem_new(WalPath);

    p->repo = r;
    p->spans = spans;
    p->segment_size = segment_size;
    p->local_dir = local_dir == NULL ? NULL : mem_strdup(local_dir);
    p->mem = mem_context_new(mem_current(), "WAL segment");
    return p;
}

WalSource wal_path_source(WalPath *p)
{
    return (WalSource){.read = read_segment, .arg = p};
}

char *wal_path_first_missing(WalPath *p, Lsn from, Lsn to)
{
    const TimelineSpan *last = array_at(p->spans, p->spans->count - 1);

    for (uint64_t seg_no = from / p->segment_size; seg_no * p->segment_size < to; seg_no++) {
        volatile bool found = false;

        MEM_SCOPE(p->mem) {
            found = probe_names(p, seg_no, exists);
        }
        p->bytes = NULL;
        mem_reset(p->mem);
        if (!found)
            return wal_seg_name_at(last->tli, seg_no * p->segment_size, p->segment_size);
    }
    return mem_strdup("");
}

/* NULL when there is none. */
static const char *read_history(Repo *r, const WalHistorySource *local, TimelineId tli)
{
    WalObject object;
    size_t len;

    if (wal_object_try_find(r, wal_history_name(tli), &object))
        return wal_object_get(r, &object, &len);
    return local == NULL ? NULL : local->read(local->arg, tli);
}

/* The reader says which timeline it is on; the path decides by the segment alone. */
static const uint8_t *read_segment(void *arg, TimelineId timeline UNUSED, uint64_t seg_no,
                                   uint32_t offset, size_t *len)
{
    WalPath *p = arg;

    if (p->bytes == NULL || p->seg_no != seg_no) {
        p->bytes = NULL;
        mem_reset(p->mem);
        MEM_SCOPE(p->mem) {
            probe_names(p, seg_no, load);
        }
        p->seg_no = seg_no;
    }
    if (p->bytes == NULL || offset > p->len)
        return NULL;
    *len = p->len - offset;
    return (const uint8_t *)p->bytes + offset;
}

/* Newest timeline first; a timeline can hold the segments from its begin to its end alone. */
static bool probe_names(WalPath *p, uint64_t seg_no, Probe probe)
{
    for (size_t i = p->spans->count; i-- > 0;) {
        const TimelineSpan *span = array_at(p->spans, i);
        char *name = wal_seg_name_at(span->tli, seg_no * p->segment_size, p->segment_size);

        if (seg_no < span->begin / p->segment_size)
            continue;
        if (span->end != LSN_NONE && seg_no > span->end / p->segment_size)
            break;
        if (probe(p, name) || probe(p, mem_printf("%s.partial", name))) {
            if (p->bytes != NULL && span->end != LSN_NONE)
                cut_at(p, span->end - seg_no * p->segment_size);
            return true;
        }
    }
    return false;
}

/*
 * What an old timeline wrote behind the switch is none of this line's, and is blanked: if the new
 * timeline's segment is missing, the log ends at the switch.
 */
static void cut_at(WalPath *p, uint64_t len)
{
    if (len < p->len)
        memset(p->bytes + len, 0, p->len - len);
}

static bool load(WalPath *p, const char *name)
{
    WalObject object;

    if (p->repo != NULL && wal_object_try_find(p->repo, name, &object))
        p->bytes = wal_object_get(p->repo, &object, &p->len);
    else if (p->local_dir != NULL)
        p->bytes = os_file_try_read_all(path_join(p->local_dir, name), p->segment_size, &p->len);
    return p->bytes != NULL;
}

static bool exists(WalPath *p, const char *name)
{
    WalObject object;

    return (p->repo != NULL && wal_object_try_find(p->repo, name, &object)) ||
           (p->local_dir != NULL && os_exists(path_join(p->local_dir, name)));
}
