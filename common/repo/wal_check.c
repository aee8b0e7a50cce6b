/* wal_check.c - check a WAL segment before it is archived. */
#include "common/base/base.h"

#include "common/repo/wal_check.h"

#include "common/err/err.h"
#include "common/format/checkpoint.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"

#define RECORD_RMGR_AT   17
#define FIRST_RECORD_MAX 128 /* more than the record needs that begins a timeline */

typedef struct OneSegment {
    uint64_t seg_no;
    const uint8_t *bytes;
    size_t len;
    const WalBefore *before; /* NULL: not at hand */
    uint32_t tail_begin;     /* where its tail begins in the segment before */
} OneSegment;

static void check_first_page(const char *name, const uint8_t *bytes, size_t len, WalCheck *out);
static void check_continuation(const char *name, const uint8_t *bytes, size_t len,
                               const WalCheck *check);
static void check_records(const char *name, const uint8_t *bytes, size_t len, WalCheck *out);
static WalReader *segment_reader(const WalCheck *check, OneSegment *source);
static bool has_page_of_timeline(const uint8_t *bytes, size_t len, const WalCheck *check);
static bool begins_timeline(const WalRecord *record, TimelineId tli);
static bool may_begin_timeline(const WalEnd *end, const uint8_t *bytes, size_t len);
static const uint8_t *one_segment(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                  size_t *len);

void wal_check_segment(const char *name, const uint8_t *bytes, size_t len, bool with_records,
                       WalCheck *out)
{
    *out = (WalCheck){.record_count = 0};
    check_first_page(name, bytes, len, out);
    if (!with_records)
        return;
    check_continuation(name, bytes, len, out);
    check_records(name, bytes, len, out);
}

WalCrossing wal_check_crossing(const WalCheck *check, const uint8_t *bytes, size_t len,
                               const WalBefore *before, const char **reason, Lsn *at)
{
    const uint32_t size = check->identity.segment_size;
    const Lsn begin = wal_seg_start(check->seg.seg_no, size);
    OneSegment source = {.seg_no = check->seg.seg_no,
                         .bytes = bytes,
                         .len = len,
                         .before = before,
                         .tail_begin = size - (uint32_t)WAL_CHECK_TAIL};
    WalReader *reader = segment_reader(check, &source);
    const WalRecord *record;
    const WalEnd *end;
    Lsn first = wal_reader_find(reader, begin - WAL_CHECK_TAIL);

    if (first == LSN_NONE || first >= begin)
        return WAL_CROSSING_UNKNOWN;
    while (wal_reader_next(reader, &record)) {
        if (record->end > begin && record->start < begin)
            return WAL_CROSSING_SOUND;
        if (record->start >= begin) {
            *reason = "no record goes on from the segment before";
            *at = begin;
            return WAL_CROSSING_BAD;
        }
    }
    end = wal_reader_end(reader);
    if (end->kind == WAL_END_MISSING)
        return WAL_CROSSING_UNKNOWN;
    *reason = mem_strdup(end->reason);
    *at = end->lsn;
    return WAL_CROSSING_BAD;
}

static void check_first_page(const char *name, const uint8_t *bytes, size_t len, WalCheck *out)
{
    WalPageHeader page;
    char seg_name[WAL_SEG_NAME_LEN + 1] = {0};

    if (!wal_page_read_header(bytes, len, &page) || !(page.info & WAL_PAGE_LONG))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("\"%s\" does not begin with the header of a WAL segment", name),
                  .detail = err_fmt("The file has %zu bytes.", len));
    out->identity.version = wal_page_version(page.magic);
    if (out->identity.version == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("invalid magic number %04X in WAL segment \"%s\"", page.magic, name),
                  .detail = "WAL of PostgreSQL 13 to 18 is known.");
    if (!wal_seg_size_is_valid(page.seg_size) || page.page_size != WAL_PAGE_SIZE)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt(
                      "WAL segment \"%s\" states a segment size of %u and a page size of %u", name,
                      page.seg_size, page.page_size));
    if (len != page.seg_size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("WAL segment \"%s\" has %zu bytes, not %u", name, len, page.seg_size),
                  .hint = "It was cut, or is still being copied.");
    out->identity.system_id = page.system_id;
    out->identity.segment_size = page.seg_size;
    out->rem_len = page.rem_len;

    memcpy(seg_name, name, WAL_SEG_NAME_LEN);
    out->seg = wal_seg_name_parse(seg_name, page.seg_size);
    if (page.address != wal_seg_start(out->seg.seg_no, page.seg_size))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the content of \"%s\" is that of another WAL segment", name),
                  .detail =
                      err_fmt("Its first page is the one at " LSN_FMT ", expected was " LSN_FMT ".",
                              LSN_ARG(page.address),
                              LSN_ARG(wal_seg_start(out->seg.seg_no, page.seg_size))));
    /* After a switch of timelines the segment begins with a copy of the older one's pages. */
    if (page.tli > out->seg.tli)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("WAL segment \"%s\" begins with a page of timeline %u", name,
                                     page.tli));
}

/*
 * A record of an earlier segment may fill the first pages. Reading starts behind it, as far as the
 * first page says, so each page must agree with the one before about what is left. A page that is
 * not there at all is left to the reader.
 */
static void check_continuation(const char *name, const uint8_t *bytes, size_t len,
                               const WalCheck *check)
{
    Lsn start = wal_seg_start(check->seg.seg_no, check->identity.segment_size);
    uint32_t left = 0;

    for (size_t at = 0; at < len; at += WAL_PAGE_SIZE) {
        WalPageHeader page;
        uint32_t room;

        wal_page_read_header(bytes + at, len - at, &page);
        if (page.address != start + at)
            return;
        if (at > 0 && (page.info & WAL_PAGE_OVERWRITES) == 0 &&
            ((page.info & WAL_PAGE_CONTINUES) == 0 || page.rem_len != left))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("WAL segment \"%s\" is damaged at " LSN_FMT, name,
                                         LSN_ARG(start + at)),
                      .detail = err_fmt("%u bytes of a record are left before that page, the page "
                                        "says %u.",
                                        left, page.rem_len));
        room = WAL_PAGE_SIZE - (uint32_t)wal_page_header_size(&page);
        if ((page.info & WAL_PAGE_CONTINUES) == 0 || page.rem_len <= room)
            return;
        left = page.rem_len - room;
    }
}

/*
 * The first segment of a timeline begins with its parent's pages, up to the switch. A segment that
 * has no page of its timeline, nor the record that begins it, has another segment's name.
 */
static void check_records(const char *name, const uint8_t *bytes, size_t len, WalCheck *out)
{
    bool is_own = has_page_of_timeline(bytes, len, out);
    OneSegment source = {.seg_no = out->seg.seg_no, .bytes = bytes, .len = len};
    WalReader *reader = segment_reader(out, &source);
    const WalRecord *record;
    const WalEnd *end;

    if (wal_reader_find(reader, wal_seg_start(out->seg.seg_no, out->identity.segment_size)) !=
        LSN_NONE)
        while (wal_reader_next(reader, &record)) {
            out->record_count++;
            out->end = record->end;
            is_own = is_own || begins_timeline(record, out->seg.tli);
        }
    end = wal_reader_end(reader);
    if (end->kind == WAL_END_INVALID && wal_name_kind(name) == WAL_NAME_SEGMENT)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("WAL segment \"%s\" is damaged at " LSN_FMT, name, LSN_ARG(end->lsn)),
                  .detail = end->reason,
                  .hint = "The file in pg_wal should be looked at before it is archived; "
                          "push --no-check archives it as it is.");
    if (!is_own && !may_begin_timeline(end, bytes, len))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the content of \"%s\" is that of another WAL segment", name),
                  .detail = err_fmt("It has nothing of timeline %u.", out->seg.tli));
}

/* Takes records of the segment's own version and system alone. */
static WalReader *segment_reader(const WalCheck *check, OneSegment *source)
{
    return wal_reader_new(&(WalReaderConfig){
        .source = {.read = one_segment, .arg = source},
        .segment_size = check->identity.segment_size,
        .version = check->identity.version,
        .system_id = check->identity.system_id,
    });
}

static bool has_page_of_timeline(const uint8_t *bytes, size_t len, const WalCheck *check)
{
    Lsn start = wal_seg_start(check->seg.seg_no, check->identity.segment_size);

    for (size_t at = 0; at < len; at += WAL_PAGE_SIZE) {
        WalPageHeader page;

        if (wal_page_read_header(bytes + at, len - at, &page) && page.address == start + at &&
            page.tli == check->seg.tli)
            return true;
    }
    return false;
}

static bool begins_timeline(const WalRecord *record, TimelineId tli)
{
    Checkpoint checkpoint;
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_END_OF_RECOVERY)
        return effect.end_of_recovery.tli == tli;
    if (effect.kind != WAL_EFFECT_CHECKPOINT || effect.checkpoint.size < CHECKPOINT_SIZE)
        return false;
    checkpoint_decode(effect.checkpoint.bytes, &checkpoint);
    return checkpoint.tli == tli;
}

/* The record that begins a timeline may do so at the segment's very end, and not be there whole. */
static bool may_begin_timeline(const WalEnd *end, const uint8_t *bytes, size_t len)
{
    size_t at = end->lsn % len;

    if (at == 0 || at + FIRST_RECORD_MAX < len)
        return false;
    return len - at < WAL_RECORD_HEADER_SIZE ||
           (bytes[at + RECORD_RMGR_AT] == RMGR_XLOG && end->record_len <= FIRST_RECORD_MAX);
}

static const uint8_t *one_segment(void *arg, TimelineId timeline UNUSED, uint64_t seg_no,
                                  uint32_t offset, size_t *len)
{
    const OneSegment *s = arg;

    if (s->before != NULL && seg_no + 1 == s->seg_no && offset == 0) {
        *len = BLOCK_SIZE;
        return s->before->first_page;
    }
    if (s->before != NULL && seg_no + 1 == s->seg_no && offset >= s->tail_begin) {
        *len = WAL_CHECK_TAIL - (offset - s->tail_begin);
        return s->before->tail + (offset - s->tail_begin);
    }
    if (seg_no != s->seg_no || offset > s->len)
        return NULL;
    *len = s->len - offset;
    return s->bytes + offset;
}
