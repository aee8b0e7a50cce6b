/*
 * wal_int.h - what the files of this folder share: the log's shared memory, positions, pages
 *
 * A position is an LSN. Where a record ends it may be a page's first byte; the next one then starts
 * behind that page's header, so that "end" and "start" of the same place differ by the header.
 *
 * How an insertion and a flush meet: an inserter takes one of a few slots, reserves its bytes, and
 * copies them. The slot tells up to where its holder has copied everything. Whoever writes the log
 * out first reads how far it is reserved, then waits for each slot that is taken and not yet that
 * far. So the slot is taken before the bytes are reserved, and given back after they are copied.
 *
 * Who waits for whom, so that nobody waits in a circle: an inserter that needs a buffer waits for
 * the bytes that lie a whole ring of buffers before it. All its own bytes up to where it stands are
 * copied and it says so in its slot, so of all who wait the one that stands first can go on.
 */
#ifndef WAL_WAL_INT_H
#define WAL_WAL_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/spinlock.h"
#include "server/wal/wal.h"

#define WAL_SLOT_COUNT 8 /* that many insert at once; more would make each flush look at more */

/* What WalSlot.at holds beside a position. */
#define WAL_SLOT_FREE  UINT64_C(0)
#define WAL_SLOT_TAKEN UINT64_C(1) /* nothing is reserved yet, or it is not known where */
#define WAL_SLOT_AHEAD UINT64_MAX  /* of one who has all slots and works with the last */

#define WAL_LINE_PAIR  128 /* bytes that processors fetch together */

typedef struct WalSlot {
    _Alignas(WAL_LINE_PAIR) _Atomic uint64_t at; /* written by the holder; see above */
    _Atomic uint32_t change;                     /* futex: grows when at has moved for a sleeper */
    _Atomic uint32_t sleepers;
    _Atomic Lsn last_important; /* written by the holder: start of its newest such record */
} WalSlot;

typedef struct WalShared {
    /* Where the log is inserted: the hottest line, alone. */
    _Alignas(WAL_LINE_PAIR) SpinLock place_lock;
    _Atomic Lsn place; /* end of what is reserved; written under place_lock */
    Lsn last_start;    /* of the newest record; guarded by place_lock */

    /* Written with all slots taken, so whoever has one may rely on them. */
    _Alignas(WAL_LINE_PAIR) _Atomic Lsn redo;
    _Atomic bool full_page_writes;
    _Atomic int forced_images; /* how many backups want images */

    /* Written once by wal_start(). */
    _Atomic bool is_ready;   /* places and buffers are set: for those who may insert early */
    _Atomic bool is_started; /* for all */
    _Atomic TimelineId timeline;
    Lsn overwriting_page; /* the page that takes the place of a lost continuation; 0 none */

    /* Guarded by write_lock; read by all. written grows before synced. */
    _Alignas(WAL_LINE_PAIR) _Atomic Lsn written;
    _Atomic Lsn synced;
    _Atomic Lsn copied;    /* all before it is in the buffers or files; grows by wal_wait_copied */
    _Atomic Lsn async_lsn; /* atomic, grows */
    _Atomic bool is_writer_asleep; /* written by the WAL writer */
    bool is_sync_needed;           /* not all that is written was synced by the writing itself */
    LwLock write_lock;

    /* Guarded by mapping_lock; read by all. */
    _Alignas(WAL_LINE_PAIR) LwLock mapping_lock;
    _Atomic Lsn ready; /* pages before it have, or had, a buffer */

    /* Segments. Atomic. */
    _Alignas(WAL_LINE_PAIR) _Atomic uint64_t last_removed;
    _Atomic uint64_t last_ahead; /* the newest segment that was made before its time, or tried */
    _Atomic Lsn switch_end;      /* of the newest segment that was finished */
    _Atomic int64_t switch_time; /* Unix seconds when that was */
    _Atomic uint64_t distance_estimate; /* bytes between checkpoints; written by the checkpointer */
    _Atomic uint32_t history_count;     /* history files that were made ready to be archived */

    WalSlot slots[WAL_SLOT_COUNT];
    size_t page_count;
    /* Then the ends of the pages in the buffers (_Atomic Lsn), then the pages. */
} WalShared;

/* Of this process; what is known before a fork is inherited. */
typedef struct WalProcess {
    WalShared *shared;
    MemContext *mem;        /* by wal_mem(); goes when shared memory is made anew */
    _Atomic Lsn *page_ends; /* by buffer: end of the page in it, 0 none; guarded by mapping_lock */
    uint8_t *pages;
    size_t page_count;
    WalIdentity identity;
    bool is_early; /* may insert before all others: it ends recovery */
    WalHooks hooks;

    /* The buffer that was used last, while it is surely still that page's: see wal_buffer_at. */
    Lsn near_page;
    uint8_t *near_bytes;

    Lsn last_start, last_end; /* of the newest record of this transaction */
    WalUsage usage;
} WalProcess;

extern WalProcess wal_process;

/* For what lives as long as this process uses this log. */
MemContext *wal_mem(void);

/* ---- Positions ---- */

static inline Lsn wal_page_of(Lsn lsn)
{
    return lsn - lsn % WAL_PAGE_SIZE;
}

static inline uint32_t wal_header_size(Lsn page)
{
    return (page & (wal_process.identity.segment_size - 1)) == 0 ? WAL_PAGE_HEADER_LONG
                                                                 : WAL_PAGE_HEADER;
}

/* Where a record starts when the one before ends at end. */
static inline Lsn wal_start_after(Lsn end)
{
    return end % WAL_PAGE_SIZE == 0 ? end + wal_header_size(end) : end;
}

/* The end of len bytes from start on; the way over pages' ends is the second's. */
Lsn wal_end_after_pages(Lsn start, uint64_t len);

static inline Lsn wal_end_of(Lsn start, uint64_t len)
{
    if (LIKELY(start % WAL_PAGE_SIZE + len <= WAL_PAGE_SIZE))
        return start + len;
    return wal_end_after_pages(start, len);
}

/* ---- Slots (slot.c) ---- */

WalSlot *wal_slot_take(void);
void wal_slot_take_all(void);
WalSlot *wal_slot_last(void); /* the one that the holder of all works with */
void wal_slot_give(WalSlot *slot);
void wal_slot_give_all(void);

/* All of the holder's bytes before lsn are copied. */
void wal_slot_move(WalSlot *slot, Lsn lsn);

/*
 * Wait until all bytes before lsn are copied. Returns how far that is so: lsn or more, or the end
 * of what is reserved when that is less.
 */
Lsn wal_wait_copied(Lsn lsn);

/* ---- Buffers (buffers.c) ---- */

/*
 * The byte at lsn in the buffers, of a page that the holder of slot has reserved bytes on. May wait
 * and write others out.
 */
uint8_t *wal_buffer_at(WalSlot *slot, Lsn lsn);

/* Give pages that come next their buffers, as long as those are free. */
void wal_buffers_prepare(void);

/* The page that a log starts in, which has bytes before end. */
void wal_buffers_begin(Lsn end, const uint8_t *page);

/* ---- Writing out (flush.c) ---- */

/* With write_lock: have the system write all before lsn. */
void wal_write_out(Lsn lsn);

/* wal_process.mem goes: the file that is open is in it. */
void wal_forget_file(void);

/* ---- Records (record.c) ---- */

/* A record that is complete but for its back link and CRC. */
typedef struct WalPiece {
    const uint8_t *bytes;
    size_t len;
} WalPiece;

typedef struct WalAssembled {
    uint8_t *head; /* of the first piece: the 24 bytes of the record's header, writable */
    const WalPiece *pieces;
    size_t piece_count;
    uint32_t total_len;
    uint32_t crc; /* running, over all behind the header */
    unsigned image_count;
    Lsn lowest_without_image; /* of the pages that got none by their LSN; 0 none */
    bool is_important;
} WalAssembled;

/* Put together what was registered. redo and with_images decide which pages get images. */
void wal_assemble(WalAssembled *out, uint8_t rmgr, uint8_t info, Lsn redo, bool with_images);

/* wal_process.mem goes: the room for a record is in it. */
void wal_forget_room(void);

/* The record is in the log: forget it. */
void wal_note_inserted(void);

/* ---- Page images (image.c) ---- */

typedef struct WalImage {
    uint16_t hole_offset, hole_len;
    uint16_t len; /* in the record */
    uint8_t info; /* bits of bimg_info, but for "apply" */
    WalPiece pieces[2];
} WalImage;

/* room: BLOCK_SIZE bytes to compress to, or NULL when images are not compressed. */
void wal_image_make(WalImage *out, const uint8_t *page, bool is_standard, uint8_t *room);

/* ---- Segments (segment.c) ---- */

#define WAL_PATH_MAX 1024

/* "pg_wal/NAME" in path. */
void wal_segment_path(uint64_t seg_no, TimelineId tli, char path[WAL_PATH_MAX]);
void wal_path_of(const char *name, char path[WAL_PATH_MAX]);

#endif
