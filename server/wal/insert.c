/*
 * insert.c - a record gets its place and is copied into the log's buffers
 *
 * The step that all inserters share is reserve(): a few instructions under a spinlock. Positions
 * are kept as LSNs, so that a record which fits on its page costs an addition there; only one that
 * goes over the page's end counts headers.
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/os/clock.h"
#include "common/walrec/record.h"
#include "common/walrec/rmgr.h"
#include "server/wal/wal_int.h"

#define RECORD_AT_PREV      8
#define RECORD_AT_CRC       20
#define RECORD_HEAD_CHECKED 20 /* bytes of the header that the CRC covers */
#define IMAGES_PER_RECORD   WAL_BLOCK_REF_MAX

typedef struct Place {
    Lsn before; /* the end of the record before */
    Lsn start, end;
    Lsn prev; /* start of the record before */
} Place;

/* Where the copy stands. */
typedef struct Cursor {
    WalSlot *slot;
    Lsn lsn;
    uint8_t *to;
    size_t room; /* on the page */
} Cursor;

static inline bool images_wanted(const WalShared *shared);
static inline bool decision_holds(const WalAssembled *rec, Lsn redo, bool with_images);
static inline void reserve(uint32_t len, Place *out);
static void reserve_segment(Place *out, Lsn *segment_end);
static void copy_record(WalSlot *slot, const WalAssembled *rec, const Place *place);
static void copy_over_pages(Cursor *c, const WalAssembled *rec);
static void enter_next_page(Cursor *c, uint32_t rest);
static void clear_until(WalSlot *slot, Lsn lsn, Lsn end);
static void note_inserted(const WalAssembled *rec, const Place *place);

Lsn wal_insert(uint8_t rmgr, uint8_t info)
{
    WalShared *shared = wal_process.shared;
    WalAssembled rec;
    WalSlot *slot;
    Place place;

    for (;;) {
        const Lsn redo = atomic_load_explicit(&shared->redo, memory_order_relaxed);
        const bool with_images = images_wanted(shared);

        wal_assemble(&rec, rmgr, info, redo, with_images);
        crit_begin();
        slot = wal_slot_take();

        /* A checkpoint may have begun meanwhile; with a slot taken it cannot any more. */
        if (LIKELY(decision_holds(&rec, redo, with_images)))
            break;
        wal_slot_give(slot);
        crit_end();
    }
    reserve(rec.total_len, &place);

    /* Who wants what is before need not wait for us. Who sleeps already may wait for the end. */
    atomic_store_explicit(&slot->at, place.before, memory_order_release);
    if (rec.is_important)
        atomic_store_explicit(&slot->last_important, place.start, memory_order_relaxed);
    copy_record(slot, &rec, &place);
    wal_slot_give(slot);
    crit_end();
    note_inserted(&rec, &place);
    return place.end;
}

Lsn wal_switch(bool is_unimportant)
{
    WalAssembled rec;
    Lsn segment_end = LSN_NONE;
    Place place;

    wal_begin_insert();
    if (is_unimportant)
        wal_set_insert_flags(WAL_INSERT_UNIMPORTANT);
    wal_assemble(&rec, RMGR_XLOG, WAL_XLOG_SWITCH, LSN_NONE, false);
    crit_begin();
    wal_slot_take_all();
    reserve_segment(&place, &segment_end);
    if (place.start == LSN_NONE) {
        wal_slot_give_all();
        crit_end();
        wal_reset_insert();
        return place.end;
    }
    atomic_store_explicit(&wal_slot_last()->at, place.before, memory_order_release);
    if (rec.is_important)
        atomic_store_explicit(&wal_slot_last()->last_important, place.start, memory_order_relaxed);
    copy_record(wal_slot_last(), &rec, &place);
    clear_until(wal_slot_last(), place.end, segment_end);
    wal_slot_give_all();
    crit_end();
    note_inserted(&rec, &place);
    wal_flush(segment_end);
    return place.end;
}

Lsn wal_insert_page_image(const BlockTag *tag, const uint8_t *page, bool is_standard)
{
    wal_begin_insert();
    wal_register_page(0, tag, page, WAL_REF_FORCE_IMAGE | (is_standard ? WAL_REF_STANDARD : 0));
    return wal_insert(RMGR_XLOG, WAL_XLOG_FPI);
}

void wal_insert_page_images(const BlockTag *tags, const uint8_t *const *pages, size_t count,
                            bool is_standard, Lsn *ends)
{
    const unsigned flags = WAL_REF_FORCE_IMAGE | (is_standard ? WAL_REF_STANDARD : 0);

    wal_ensure_room(IMAGES_PER_RECORD - 1, 0);
    for (size_t done = 0; done < count;) {
        const size_t n = size_min(count - done, IMAGES_PER_RECORD);
        Lsn end;

        wal_begin_insert();
        for (size_t i = 0; i < n; i++)
            wal_register_page((unsigned)i, &tags[done + i], pages[done + i], flags);
        end = wal_insert(RMGR_XLOG, WAL_XLOG_FPI);
        for (size_t i = 0; i < n; i++)
            ends[done + i] = end;
        done += n;
    }
}

bool wal_needs_image(Lsn lsn)
{
    const WalShared *shared = wal_process.shared;

    return images_wanted(shared) && lsn <= atomic_load(&shared->redo);
}

Lsn wal_end_after_pages(Lsn start, uint64_t len)
{
    const uint64_t segment_size = wal_process.identity.segment_size;
    Lsn page = wal_page_of(start) + WAL_PAGE_SIZE;

    len -= page - start;
    for (;;) {
        /* len bytes are left to be put on pages from here on; as many as the segment takes. */
        const uint64_t long_more =
            (page & (segment_size - 1)) == 0 ? WAL_PAGE_HEADER_LONG - WAL_PAGE_HEADER : 0;
        const uint64_t left = segment_size - (page & (segment_size - 1));
        const uint64_t room = left / WAL_PAGE_SIZE * (WAL_PAGE_SIZE - WAL_PAGE_HEADER) - long_more;

        if (len <= room) {
            const uint64_t whole = (len + long_more - 1) / (WAL_PAGE_SIZE - WAL_PAGE_HEADER);

            return page + whole * WAL_PAGE_SIZE + WAL_PAGE_HEADER + len + long_more -
                   whole * (WAL_PAGE_SIZE - WAL_PAGE_HEADER);
        }
        len -= room;
        page += left;
    }
}

static inline bool images_wanted(const WalShared *shared)
{
    return atomic_load_explicit(&shared->full_page_writes, memory_order_relaxed) ||
           atomic_load_explicit(&shared->forced_images, memory_order_relaxed) > 0;
}

/* Would the record that was put together for redo and with_images be the same now? */
static inline bool decision_holds(const WalAssembled *rec, Lsn redo, bool with_images)
{
    const WalShared *shared = wal_process.shared;
    const Lsn redo_now = atomic_load_explicit(&shared->redo, memory_order_relaxed);

    if (LIKELY(redo == redo_now && with_images == images_wanted(shared)))
        return true;
    if (!images_wanted(shared))
        return true; /* images too many do no harm */
    return with_images &&
           (rec->lowest_without_image == LSN_NONE || rec->lowest_without_image > redo_now);
}

static inline void reserve(uint32_t len, Place *out)
{
    WalShared *shared = wal_process.shared;
    const uint64_t size = u64_align_up(len, 8);

    spin_lock(&shared->place_lock);
    out->before = atomic_load_explicit(&shared->place, memory_order_relaxed);
    out->prev = shared->last_start;
    out->start = wal_start_after(out->before);
    out->end = wal_end_of(out->start, size);
    shared->last_start = out->start;
    atomic_store_explicit(&shared->place, out->end, memory_order_release);
    spin_unlock(&shared->place_lock);
}

/* The same for a switch: all of the segment. At a segment's start nothing; start is then 0. */
static void reserve_segment(Place *out, Lsn *segment_end)
{
    WalShared *shared = wal_process.shared;
    const uint64_t segment_size = wal_process.identity.segment_size;

    spin_lock(&shared->place_lock);
    out->before = atomic_load_explicit(&shared->place, memory_order_relaxed);
    out->prev = shared->last_start;
    out->start = LSN_NONE;
    out->end = out->before;
    if ((out->before & (segment_size - 1)) != 0) {
        out->start = wal_start_after(out->before);
        out->end = wal_end_of(out->start, WAL_RECORD_HEADER_SIZE);
        *segment_end = u64_align_up(out->end, segment_size);
        shared->last_start = out->start;
        atomic_store_explicit(&shared->place, *segment_end, memory_order_release);
    }
    spin_unlock(&shared->place_lock);
}

/* Complete the record with what its place decides, and copy it there. */
static void copy_record(WalSlot *slot, const WalAssembled *rec, const Place *place)
{
    Cursor c = {.slot = slot, .lsn = place->start};

    store_u64(rec->head + RECORD_AT_PREV, place->prev);
    store_u32(rec->head + RECORD_AT_CRC,
              crc32c_final(crc32c_update(rec->crc, rec->head, RECORD_HEAD_CHECKED)));
    c.to = wal_buffer_at(slot, c.lsn);
    c.room = WAL_PAGE_SIZE - c.lsn % WAL_PAGE_SIZE;
    if (LIKELY(rec->piece_count == 1 && rec->total_len <= c.room))
        memcpy(c.to, rec->pieces[0].bytes, rec->total_len);
    else
        copy_over_pages(&c, rec);
}

static void copy_over_pages(Cursor *c, const WalAssembled *rec)
{
    uint32_t rest = rec->total_len;

    for (size_t i = 0; i < rec->piece_count; i++) {
        const uint8_t *bytes = rec->pieces[i].bytes;
        size_t len = rec->pieces[i].len;

        while (len > 0) {
            size_t n;

            if (c->room == 0)
                enter_next_page(c, rest);
            n = size_min(len, c->room);
            memcpy(c->to, bytes, n);
            c->to += n;
            c->lsn += n;
            c->room -= n;
            bytes += n;
            len -= n;
            rest -= (uint32_t)n;
        }
    }
}

/* Go on behind the header of the next page, which says that rest bytes of a record follow. */
static void enter_next_page(Cursor *c, uint32_t rest)
{
    uint8_t *page = wal_buffer_at(c->slot, c->lsn);
    const uint32_t header = wal_header_size(c->lsn);

    wal_page_mark_continued(page, rest);
    c->to = page + header;
    c->lsn += header;
    c->room = WAL_PAGE_SIZE - header;
}

/*
 * Zeros up to the end of the segment: buffers are zero but for the page's header, which goes too,
 * so that what is left of a segment compresses to nothing.
 */
static void clear_until(WalSlot *slot, Lsn lsn, Lsn end)
{
    for (Lsn page = u64_align_up(lsn, WAL_PAGE_SIZE); page < end; page += WAL_PAGE_SIZE)
        memset(wal_buffer_at(slot, page), 0, wal_header_size(page));
}

static void note_inserted(const WalAssembled *rec, const Place *place)
{
    WalUsage *usage = &wal_process.usage;

    wal_process.last_start = place->start;
    wal_process.last_end = place->end;
    usage->records++;
    usage->images += rec->image_count;
    usage->bytes += rec->total_len;
    wal_note_inserted();
}
