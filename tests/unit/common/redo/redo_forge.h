/*
 * redo_forge.h - WAL records made by hand, for one block each, and pages to apply them to
 *
 *     Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
 *     forge_ref(f, 0, 7);                     reference 0 is block 7
 *     forge_u32(f, FORGE_MAIN, 100);          main data ...
 *     forge_u16(f, 0, 1);                     ... and data of reference 0
 *     CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
 */
#ifndef REDO_REDO_FORGE_H
#define REDO_REDO_FORGE_H

#include "common/base/base.h"

#include "common/redo/redo.h"
#include "common/walrec/record.h"
#include "common/walrec/rmgr.h"

#define FORGE_MAIN  (-1)

#define FORGE_XID   UINT32_C(777)
#define FORGE_START UINT64_C(0x10002000)
#define FORGE_END   UINT64_C(0x10002100)
#define FORGE_REL   UINT32_C(16384)

#define FORGE_ROOM  20000 /* bytes of data that a reference, or the main data, can have */

typedef struct Forge {
    WalRecord record;
    RedoEnv env;
    uint8_t bytes[WAL_BLOCK_REF_MAX + 1][FORGE_ROOM]; /* main data last */
} Forge;

/* In the current memory context. */
Forge *forge_new(uint8_t rmgr, uint8_t info);

/* A reference to a block of the main fork, without data as yet. */
WalBlockRef *forge_ref(Forge *f, int id, BlockNo block);

/* The same, of a page that is made from nothing. */
WalBlockRef *forge_init_ref(Forge *f, int id, BlockNo block);

/* Append to the data of a reference, or to the main data. */
void forge_bytes(Forge *f, int id, const void *bytes, size_t len);
void forge_u8(Forge *f, int id, uint8_t value);
void forge_u16(Forge *f, int id, uint16_t value);
void forge_u32(Forge *f, int id, uint32_t value);
void forge_u64(Forge *f, int id, uint64_t value);

/* An index tuple of len bytes, whose TID and content tell from others by mark. */
void forge_tuple(Forge *f, int id, size_t len, uint8_t mark);

/* Apply the record to the page of a reference, or to an implied block. */
RedoResult forge_redo(Forge *f, int id, uint8_t *page);
RedoResult forge_redo_implied(Forge *f, ForkNo fork, BlockNo block, uint8_t *page);

/* An empty page with an old LSN, aligned; special is the size of its special area. */
uint8_t *forge_page(size_t special);

/* Add an index tuple as forge_tuple makes it, behind the last. */
void forge_page_tuple(uint8_t *page, size_t len, uint8_t mark);

/* The mark of an index tuple on a page. */
uint8_t forge_mark(const uint8_t *page, OffsetNo offnum);

#endif
