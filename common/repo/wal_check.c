/* wal_check.c - check a WAL segment before it is archived. */
#include "common/base/base.h"

#include "common/repo/wal_check.h"

#include "common/err/err.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/walrec/reader.h"

typedef struct OneSegment {
    uint64_t seg_no;
    const uint8_t *bytes;
    size_t len;
} OneSegment;

static void check_first_page(const char *name, const uint8_t *bytes, size_t len, WalCheck *out);
static void check_records(const char *name, const uint8_t *bytes, size_t len, WalCheck *out);
static const uint8_t *one_segment(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                  size_t *len);

void wal_check_segment(const char *name, const uint8_t *bytes, size_t len, bool with_records,
                       WalCheck *out)
{
    *out = (WalCheck){.record_count = 0};
    check_first_page(name, bytes, len, out);
    if (with_records)
        check_records(name, bytes, len, out);
}

static void check_first_page(const char *name, const uint8_t *bytes, size_t len, WalCheck *out)
{
    WalPageHeader page;
    char seg_name[WAL_SEG_NAME_LEN + 1] = {0};

    if (!wal_page_read_header(bytes, len, &page) || !(page.info & WAL_PAGE_LONG))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("\"%s\" does not begin with the header of a WAL segment", name));
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
                  .message = err_fmt("WAL segment \"%s\" has %zu bytes, not %u", name, len,
                                     page.seg_size));
    out->identity.system_id = page.system_id;
    out->identity.segment_size = page.seg_size;

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

static void check_records(const char *name, const uint8_t *bytes, size_t len, WalCheck *out)
{
    OneSegment source = {.seg_no = out->seg.seg_no, .bytes = bytes, .len = len};
    WalReader *reader = wal_reader_new(&(WalReaderConfig){
        .source = {.read = one_segment, .arg = &source},
        .segment_size = out->identity.segment_size,
        .version = out->identity.version,
        .system_id = out->identity.system_id,
    });
    const WalRecord *record;
    const WalEnd *end;

    if (wal_reader_find(reader, wal_seg_start(out->seg.seg_no, out->identity.segment_size)) !=
        LSN_NONE)
        while (wal_reader_next(reader, &record)) {
            out->record_count++;
            out->end = record->end;
        }
    end = wal_reader_end(reader);
    if (end->kind == WAL_END_INVALID && wal_name_kind(name) == WAL_NAME_SEGMENT)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("WAL segment \"%s\" is damaged at " LSN_FMT, name, LSN_ARG(end->lsn)),
                  .detail = end->reason,
                  .hint = "The file in pg_wal should be looked at before it is archived; "
                          "push --no-check archives it as it is.");
}

static const uint8_t *one_segment(void *arg, TimelineId timeline UNUSED, uint64_t seg_no,
                                  uint32_t offset, size_t *len)
{
    const OneSegment *s = arg;

    if (seg_no != s->seg_no || offset > s->len)
        return NULL;
    *len = s->len - offset;
    return s->bytes + offset;
}
