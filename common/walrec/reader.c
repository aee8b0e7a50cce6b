/*
 * reader.c - from WAL pages to records; reader.h has the interface.
 *
 * The reader holds one page at a time: where it lies in the source's memory and where on it the
 * next record starts. A record inside the page is checked and decoded where it is; one that goes on
 * is first put together in a buffer of the reader, page by page, so that a wild length costs no
 * more memory than there is WAL that agrees with it.
 *
 * Every page is checked when it becomes the current one. The checks, their order and their words
 * are PostgreSQL's, since people search for the words and the order decides which one is shown.
 */
#include "common/base/base.h"

#include "common/walrec/reader.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define RECORD_BYTES_MAX UINT32_C(0x3FFFFFFF) /* no server writes longer ones */
#define BUFFER_SIZE_MIN  (4 * BLOCK_SIZE)
#define SEG_NO_NONE      UINT64_MAX
#define PAGE_NONE        UINT64_MAX

struct WalReader {
    WalReaderConfig config;
    Lsn next;         /* where the next record starts; may be a page's start */
    Lsn last;         /* start of the record before, LSN_NONE after a seek */
    Lsn overwritten;  /* see wal_reader_overwritten */
    unsigned version; /* 0 until a page was read, as the next two */
    uint64_t system_id;
    TimelineId timeline; /* of newest_page */
    Lsn newest_page;     /* the farthest page that was read; timelines must not fall after it */

    const uint8_t *page;  /* the current page */
    Lsn page_lsn;         /* where it begins; PAGE_NONE when there is none */
    WalPageHeader header; /* of the current page */
    uint32_t header_size;
    const uint8_t *window; /* what the source gave last */
    Lsn window_lsn;        /* of its first byte */
    size_t window_len;
    uint64_t checked_seg_no; /* whose first page, or a later one after it, was checked */

    uint8_t *buffer; /* a record that crosses pages */
    size_t buffer_size;
    MemContext *mem;

    uint32_t record_len; /* how much of the record being read was to be there; 0: its header */
    WalRecord record;
    WalEnd end;
    WalReason reason; /* what end.reason shows */
};

typedef enum Step {
    STEP_OK,
    STEP_END,       /* r->end says why */
    STEP_OVERWRITE, /* the record's continuation was given up; r->next is where WAL goes on */
} Step;

static ALWAYS_INLINE Step record_read(WalReader *r);
static bool record_start(WalReader *r);
static inline bool header_check(WalReader *r, const uint8_t *header);
static bool header_refuse(WalReader *r, const uint8_t *header);
static bool crc_check(WalReader *r, const uint8_t *bytes);
NOINLINE static Step record_assemble(WalReader *r, uint32_t total_len, Lsn *end);
static Step length_refuse(WalReader *r, uint32_t total_len);
static bool continuation_check(WalReader *r, uint32_t total_len, uint32_t have);
static bool page_enter(WalReader *r, Lsn lsn);
static bool page_load(WalReader *r, Lsn lsn);
static bool window_load(WalReader *r, Lsn lsn);
static bool page_check(WalReader *r, Lsn lsn);
static bool page_check_long(WalReader *r, Lsn lsn);
static bool system_check(WalReader *r, Lsn lsn);
static bool page_check_timeline(WalReader *r, Lsn lsn);
static bool page_refuse(WalReader *r, const char *what, uint16_t bits, Lsn lsn);
static TimelineId timeline_wanted(const WalReader *r);
static const char *seg_name(const WalReader *r, Lsn lsn, char *name);
static bool end_at(WalReader *r, WalEndKind kind, Lsn page, size_t page_len);
static bool end_missing(WalReader *r, Lsn page, size_t page_len);
static bool end_invalid(WalReader *r, Lsn page);

WalReader *wal_reader_new(const WalReaderConfig *config)
{
    WalReader *r = mem_new(WalReader);

    ASSERT(wal_seg_size_is_valid(config->segment_size));
    r->config = *config;
    r->version = config->version;
    r->system_id = config->system_id;
    r->page_lsn = PAGE_NONE;
    r->checked_seg_no = SEG_NO_NONE;
    r->mem = mem_current();
    return r;
}

void wal_reader_seek(WalReader *r, Lsn lsn)
{
    r->next = lsn;
    r->last = LSN_NONE;
}

Lsn wal_reader_find(WalReader *r, Lsn lsn)
{
    Lsn page = lsn - lsn % BLOCK_SIZE;
    const WalRecord *record;
    uint64_t rest;

    /* Past what is left of a record that began on earlier pages; it may fill several. */
    for (;; page += BLOCK_SIZE) {
        wal_reader_seek(r, page);
        if (!page_enter(r, page))
            return LSN_NONE;
        rest = 0;
        if ((r->header.info & WAL_PAGE_CONTINUES) != 0)
            rest = u64_align_up(r->header.rem_len, 8);
        if (rest < BLOCK_SIZE - r->header_size)
            break;
    }

    wal_reader_seek(r, page + r->header_size + rest);
    while (wal_reader_next(r, &record)) {
        if (record->start >= lsn) {
            wal_reader_seek(r, record->start);
            return record->start;
        }
    }
    return LSN_NONE;
}

bool wal_reader_next(WalReader *r, const WalRecord **record)
{
    Step step;

    do
        step = record_read(r);
    while (step == STEP_OVERWRITE);

    *record = &r->record;
    return step == STEP_OK;
}

const WalEnd *wal_reader_end(const WalReader *r)
{
    return &r->end;
}

unsigned wal_reader_version(const WalReader *r)
{
    return r->version;
}

uint64_t wal_reader_system_id(const WalReader *r)
{
    return r->system_id;
}

TimelineId wal_reader_timeline(const WalReader *r)
{
    return r->timeline;
}

Lsn wal_reader_overwritten(const WalReader *r)
{
    return r->overwritten;
}

/* ---- Records ---- */

/* Read the record at r->next into r->record. */
static ALWAYS_INLINE Step record_read(WalReader *r)
{
    const uint8_t *bytes;
    uint32_t total_len;
    size_t left; /* on the page */
    Lsn end;

    r->record_len = 0;
    if (UNLIKELY(!record_start(r)))
        return STEP_END;
    bytes = r->page + r->next % BLOCK_SIZE;
    left = BLOCK_SIZE - r->next % BLOCK_SIZE;

    /* A header that goes on on the next page is checked there; its length is always here. */
    total_len = load_u32(bytes);
    if (LIKELY(left >= WAL_RECORD_HEADER_SIZE || total_len < WAL_RECORD_HEADER_SIZE)) {
        if (UNLIKELY(!header_check(r, bytes)))
            return STEP_END;
        r->record_len = total_len;
    }

    if (LIKELY(total_len <= left)) {
        end = r->next + u64_align_up(total_len, 8);
    } else {
        Step step = record_assemble(r, total_len, &end);

        if (step != STEP_OK)
            return step;
        bytes = r->buffer;
    }
    if (UNLIKELY(!r->config.skip_crc && !crc_check(r, bytes)))
        return STEP_END;

    /* The rest of the segment after a switch is padding. */
    if (UNLIKELY(bytes[17] == RMGR_XLOG && (bytes[16] & 0xF0) == WAL_XLOG_SWITCH))
        end = u64_align_up(end, r->config.segment_size);
    if (UNLIKELY(!wal_record_try_decode(&r->record, bytes, r->version, r->next, end, &r->reason))) {
        end_invalid(r, r->next);
        return STEP_END;
    }
    r->last = r->next;
    r->next = end;
    return STEP_OK;
}

/* Enter the page of r->next, and step over its header when r->next is where the page starts. */
static bool record_start(WalReader *r)
{
    uint32_t offset = (uint32_t)(r->next % BLOCK_SIZE);

    if (!page_enter(r, r->next - offset))
        return false;
    if (LIKELY(offset > r->header_size))
        return true;
    if (offset == 0) {
        r->next += r->header_size;
    } else if (offset < r->header_size) {
        wal_reason_set(&r->reason, "invalid record offset at " LSN_FMT, LSN_ARG(r->next));
        return end_invalid(r, r->next);
    }
    if ((r->header.info & WAL_PAGE_CONTINUES) != 0) {
        wal_reason_set(&r->reason, "contrecord is requested by " LSN_FMT, LSN_ARG(r->next));
        return end_invalid(r, r->next);
    }
    return true;
}

/* After a seek the record before is not known, so that any earlier one will do. */
static inline bool header_check(WalReader *r, const uint8_t *header)
{
    Lsn prev = load_u64(header + 8);

    if (LIKELY(load_u32(header) >= WAL_RECORD_HEADER_SIZE &&
               rmgr_is_valid(header[17], r->version) &&
               (r->last != LSN_NONE ? prev == r->last : prev < r->next)))
        return true;
    return header_refuse(r, header);
}

/* Only the length may be looked at when it is below that of a header. */
static bool header_refuse(WalReader *r, const uint8_t *header)
{
    uint32_t total_len = load_u32(header);

    if (total_len < WAL_RECORD_HEADER_SIZE)
        wal_reason_set(&r->reason, "invalid record length at " LSN_FMT ": wanted %u, got %u",
                       LSN_ARG(r->next), WAL_RECORD_HEADER_SIZE, total_len);
    else if (!rmgr_is_valid(header[17], r->version))
        wal_reason_set(&r->reason, "invalid resource manager ID %u at " LSN_FMT, header[17],
                       LSN_ARG(r->next));
    else
        wal_reason_set(&r->reason, "record with incorrect prev-link " LSN_FMT " at " LSN_FMT,
                       LSN_ARG(load_u64(header + 8)), LSN_ARG(r->next));
    return end_invalid(r, r->next);
}

static bool crc_check(WalReader *r, const uint8_t *bytes)
{
    uint32_t crc = load_u32(bytes + WAL_RECORD_HEADER_SIZE - sizeof(uint32_t));

    if (LIKELY(crc == crc32c_wal_record(bytes, load_u32(bytes))))
        return true;
    wal_reason_set(&r->reason, "incorrect resource manager data checksum in record at " LSN_FMT,
                   LSN_ARG(r->next));
    return end_invalid(r, r->next);
}

/* Put the record at r->next together in r->buffer; *end is where the next one starts. */
static Step record_assemble(WalReader *r, uint32_t total_len, Lsn *end)
{
    Lsn page = r->page_lsn;
    uint32_t have = 0;
    size_t offset = r->next % BLOCK_SIZE;
    bool is_header_checked = BLOCK_SIZE - offset >= WAL_RECORD_HEADER_SIZE;

    for (;;) {
        uint32_t len = (uint32_t)size_min(BLOCK_SIZE - offset, total_len - have);

        if (have > RECORD_BYTES_MAX - BLOCK_SIZE)
            return length_refuse(r, total_len);
        while (r->buffer_size < (size_t)have + len) {
            MEM_SCOPE(r->mem) {
                r->buffer_size = size_max(BUFFER_SIZE_MIN, 2 * r->buffer_size);
                r->buffer = mem_realloc(r->buffer, r->buffer_size);
            }
        }
        memcpy(r->buffer + have, r->page + offset, len);
        have += len;
        if (!is_header_checked && have >= WAL_RECORD_HEADER_SIZE) {
            /* For the header as much is read of its second page as the record has there. */
            r->record_len = have;
            if (!header_check(r, r->buffer))
                return STEP_END;
            r->record_len = total_len;
            is_header_checked = true;
        }
        if (have == total_len) {
            *end = u64_align_up(page + offset + len, 8);
            return STEP_OK;
        }

        page += BLOCK_SIZE;
        if (!page_enter(r, page))
            return STEP_END;
        if ((r->header.info & WAL_PAGE_OVERWRITES) != 0) {
            r->overwritten = r->next;
            r->next = page;
            return STEP_OVERWRITE;
        }
        if (!continuation_check(r, total_len, have))
            return STEP_END;
        offset = r->header_size;
    }
}

/* The pages of a record that is too long have to go on with it before it is refused. */
static Step length_refuse(WalReader *r, uint32_t total_len)
{
    wal_reason_set(&r->reason, "record length %u at " LSN_FMT " too long", total_len,
                   LSN_ARG(r->next));
    end_invalid(r, r->next);
    return STEP_END;
}

/* Does the current page go on with the record at r->next, of which there are have bytes so far? */
static bool continuation_check(WalReader *r, uint32_t total_len, uint32_t have)
{
    uint32_t rest = r->header.rem_len;

    if ((r->header.info & WAL_PAGE_CONTINUES) == 0) {
        wal_reason_set(&r->reason, "there is no contrecord flag at " LSN_FMT, LSN_ARG(r->next));
        return end_invalid(r, r->page_lsn);
    }
    if (rest == 0 || rest != total_len - have) {
        wal_reason_set(&r->reason, "invalid contrecord length %u (expected %u) at " LSN_FMT, rest,
                       total_len - have, LSN_ARG(r->next));
        return end_invalid(r, r->page_lsn);
    }
    return true;
}

/* ---- Pages ---- */

/* Make the page at lsn the current one, checked. */
static bool page_enter(WalReader *r, Lsn lsn)
{
    if (LIKELY(r->page_lsn == lsn))
        return true;
    return page_load(r, lsn);
}

static bool page_load(WalReader *r, Lsn lsn)
{
    uint64_t seg_no = wal_seg_no(lsn, r->config.segment_size);
    Lsn seg_start = wal_seg_start(seg_no, r->config.segment_size);

    /* Whose segment it is, its first page says. */
    if (seg_no != r->checked_seg_no && lsn != seg_start) {
        if (!window_load(r, seg_start) || !page_check(r, seg_start))
            return false;
    }
    if (!window_load(r, lsn) || !page_check(r, lsn))
        return false;
    r->page = r->window + (lsn - r->window_lsn);
    r->page_lsn = lsn;
    r->header_size = (uint32_t)wal_page_header_size(&r->header);
    r->checked_seg_no = seg_no;
    return true;
}

/* Have the page at lsn in the window. */
static bool window_load(WalReader *r, Lsn lsn)
{
    size_t len = 0;

    if (r->window != NULL && lsn >= r->window_lsn &&
        lsn - r->window_lsn + BLOCK_SIZE <= r->window_len)
        return true;

    /* The source may raise: then nothing is left of what was there. */
    r->page_lsn = PAGE_NONE;
    r->window = NULL;
    r->window = r->config.source.read(r->config.source.arg, timeline_wanted(r),
                                      wal_seg_no(lsn, r->config.segment_size),
                                      wal_seg_offset(lsn, r->config.segment_size), &len);
    r->window_lsn = lsn;
    r->window_len = len;
    if (r->window == NULL || len < BLOCK_SIZE)
        return end_missing(r, lsn, len);
    return true;
}

/* Read and check the header of the page at lsn, which is in the window. */
static bool page_check(WalReader *r, Lsn lsn)
{
    WalPageHeader *h = &r->header;
    unsigned version;

    wal_page_read_header(r->window + (lsn - r->window_lsn), BLOCK_SIZE, h);
    version = wal_page_version(h->magic);
    if (version == 0 || (r->version != 0 && version != r->version))
        return page_refuse(r, "invalid magic number", h->magic, lsn);
    if ((h->info & ~WAL_PAGE_FLAGS_KNOWN) != 0)
        return page_refuse(r, "invalid info bits", h->info, lsn);
    if ((h->info & WAL_PAGE_LONG) != 0) {
        if (!page_check_long(r, lsn))
            return false;
    } else if (wal_seg_offset(lsn, r->config.segment_size) == 0) {
        return page_refuse(r, "invalid info bits", h->info, lsn);
    }
    if (h->address != lsn) {
        char name[WAL_SEG_NAME_LEN + 1];

        wal_reason_set(&r->reason, "unexpected pageaddr " LSN_FMT " in log segment %s, offset %u",
                       LSN_ARG(h->address), seg_name(r, lsn, name),
                       wal_seg_offset(lsn, r->config.segment_size));
        return end_invalid(r, lsn);
    }
    if (!page_check_timeline(r, lsn))
        return false;
    r->version = version;
    return true;
}

static bool page_check_long(WalReader *r, Lsn lsn)
{
    if (r->config.system_id != 0 && !system_check(r, lsn))
        return false;
    if (r->header.seg_size != r->config.segment_size) {
        wal_reason_set(&r->reason, "WAL file is from different database system: incorrect segment "
                                   "size in page header");
        return end_invalid(r, lsn);
    }
    if (r->header.page_size != BLOCK_SIZE) {
        wal_reason_set(&r->reason, "WAL file is from different database system: incorrect "
                                   "XLOG_BLCKSZ in page header");
        return end_invalid(r, lsn);
    }
    return system_check(r, lsn);
}

/* The cluster is the one asked for, else the one of the first segment that was read. */
static bool system_check(WalReader *r, Lsn lsn)
{
    if (r->system_id != 0 && r->header.system_id != r->system_id) {
        wal_reason_set(&r->reason,
                       "WAL file is from different database system: WAL file database system "
                       "identifier is %" PRIu64
                       ", pg_control database system identifier is %" PRIu64,
                       r->header.system_id, r->system_id);
        return end_invalid(r, lsn);
    }
    r->system_id = r->header.system_id;
    return true;
}

/* A recycled segment or a copy of an older timeline must not be taken for what follows. */
static bool page_check_timeline(WalReader *r, Lsn lsn)
{
    TimelineId timeline = r->header.tli;

    if (lsn <= r->newest_page && r->newest_page != 0)
        return true;
    if (timeline < r->timeline) {
        char name[WAL_SEG_NAME_LEN + 1];

        wal_reason_set(&r->reason,
                       "out-of-sequence timeline ID %u (after %u) in log segment %s, offset %u",
                       timeline, r->timeline, seg_name(r, lsn, name),
                       wal_seg_offset(lsn, r->config.segment_size));
        return end_invalid(r, lsn);
    }
    r->newest_page = lsn;
    r->timeline = timeline;
    return true;
}

static bool page_refuse(WalReader *r, const char *what, uint16_t bits, Lsn lsn)
{
    char name[WAL_SEG_NAME_LEN + 1];

    wal_reason_set(&r->reason, "%s %04X in log segment %s, offset %u", what, bits,
                   seg_name(r, lsn, name), wal_seg_offset(lsn, r->config.segment_size));
    return end_invalid(r, lsn);
}

static TimelineId timeline_wanted(const WalReader *r)
{
    return r->config.timeline != 0 ? r->config.timeline : r->timeline;
}

/* The name of the segment that lsn lies in, in name. */
static const char *seg_name(const WalReader *r, Lsn lsn, char *name)
{
    WalSeg seg = {.tli = timeline_wanted(r), .seg_no = wal_seg_no(lsn, r->config.segment_size)};

    if (seg.tli == 0)
        seg.tli = r->config.begins_on;
    wal_seg_name_write(seg, r->config.segment_size, name);
    return name;
}

/* ---- The end ---- */

/* Forget the pages that were read, so that the next call reads them again; always false. */
static bool end_at(WalReader *r, WalEndKind kind, Lsn page, size_t page_len)
{
    bool has_segment = r->window != NULL;

    r->page_lsn = PAGE_NONE;
    r->window = NULL;
    r->checked_seg_no = SEG_NO_NONE;
    r->end = (WalEnd){.kind = kind,
                      .lsn = r->next,
                      .page = page - page % BLOCK_SIZE,
                      .page_len = page_len,
                      .has_segment = has_segment,
                      .record_len = r->record_len,
                      .reason = r->reason.text};
    return false;
}

static bool end_missing(WalReader *r, Lsn page, size_t page_len)
{
    char name[WAL_SEG_NAME_LEN + 1];

    seg_name(r, page, name);
    if (r->window == NULL)
        wal_reason_set(&r->reason, "could not find WAL segment \"%s\"", name);
    else
        wal_reason_set(&r->reason, "WAL segment \"%s\" ends at offset %zu", name,
                       wal_seg_offset(page, r->config.segment_size) + page_len);
    return end_at(r, WAL_END_MISSING, page, page_len);
}

static bool end_invalid(WalReader *r, Lsn page)
{
    return end_at(r, WAL_END_INVALID, page, 0);
}
