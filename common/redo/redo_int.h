/*
 * redo_int.h - what the driver hands to a resource manager, and what the managers share
 *
 * A manager is a table: by opcode and by number of the reference, the function that brings a page
 * forward. Such a function is called with a page that is to be changed: the driver has done the
 * LSN test, and the page's header is sane unless the reference is made from nothing. It sees no
 * other page than its own; of other references it may use the tag alone. What it reads, page or
 * record, is foreign: it goes through the checked functions of format/page.h and through
 * ByteReader, and raises SQLSTATE_DATA_CORRUPTED when they do not fit each other.
 */
#ifndef REDO_REDO_INT_H
#define REDO_REDO_INT_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/redo/redo.h"
#include "common/walrec/record.h"

typedef struct RedoBlock {
    const RedoEnv *env;
    const WalRecord *record;
    const WalTouch *touch;
    const WalBlockRef *ref; /* NULL for an implied touch */
    uint8_t *page;
} RedoBlock;

typedef enum RedoStep {
    STEP_UNCHANGED,
    STEP_CHANGED,          /* the driver sets the LSN */
    STEP_CHANGED_KEEP_LSN, /* it does not */
} RedoStep;

typedef RedoStep (*RedoFn)(const RedoBlock *b);

/* What a reference must say about its page; the record is corrupt when it says otherwise. */
typedef enum RedoInit {
    INIT_NEVER,
    INIT_ALWAYS, /* "will init": the function makes the page from nothing */
    INIT_MAYBE,  /* both happen; the function looks at ref->will_init */
} RedoInit;

typedef struct RedoRefOp {
    RedoFn fn; /* NULL: no record has such a reference */
    RedoInit init;
    bool after_image; /* fn also runs when the page was restored from an image */
} RedoRefOp;

#define REDO_OP_REFS 7

typedef struct RedoOp {
    RedoRefOp refs[REDO_OP_REFS]; /* by number of the reference */
    RedoRefOp rest;               /* for those that have no row of their own */
} RedoOp;

#define REDO_OPS 16

typedef struct RedoManager {
    uint8_t opcode_mask; /* the bits of info that tell the opcode */
    RedoFn implied;      /* for touches without a reference; NULL when there are none */
    const RedoOp *ops;   /* REDO_OPS, by opcode >> 4; NULL: no record has references */
} RedoManager;

/* For the rows: where a kind of record stands, and the common forms of a reference. */
/* clang-format off */
#define AT(kind)                  (WAL_##kind >> 4)
#define OLD(function)             {.fn = (function)}
#define MADE(function)            {.fn = (function), .init = INIT_ALWAYS}
#define EITHER(function)          {.fn = (function), .init = INIT_MAYBE}
#define AFTER_IMAGE_TOO(function) {.fn = (function), .after_image = true}
/* clang-format on */

#define ROW_IF_0(prefix)
#define ROW_IF_1(prefix)                                  extern const RedoManager prefix##_redo;
#define ROW(id, symbol, name, prefix, from, to, has_redo) ROW_IF_##has_redo(prefix)
#include "common/walrec/rmgr.def"
#undef ROW
#undef ROW_IF_0
#undef ROW_IF_1

/* For references that a record only holds to lock their page. */
RedoStep redo_lock_only(const RedoBlock *b);

/* For references whose redo is their image: raises, since there was none. */
RedoStep redo_image_only(const RedoBlock *b);

/* Raise SQLSTATE_DATA_CORRUPTED: record and page do not fit each other. */
_Noreturn void redo_misfit(const char *format, ...) PRINTF_LIKE(1, 2);

/* The data of the block's reference, and the main data. */
static inline ByteReader redo_data(const RedoBlock *b)
{
    return byte_reader(b->ref->data, b->ref->has_data ? b->ref->data_len : 0, "block data");
}

static inline ByteReader redo_main(const RedoBlock *b)
{
    return byte_reader(b->record->main, b->record->main_len, "main data");
}

/* Raise unless the reader has come to the end of its bytes. */
void redo_expect_end(const ByteReader *r);

/* The block number of another reference of the record; raises when the record has none. */
BlockNo redo_ref_block(const RedoBlock *b, int id);

/* Read count offset numbers, which lie at any address. */
void redo_read_offsets(ByteReader *r, OffsetNo *out, size_t count, size_t max);

/*
 * The next index tuple, whose own header tells its length, in place; *len is that length rounded up
 * to align.
 */
const uint8_t *redo_take_tuple(ByteReader *r, size_t align, size_t *len);

/* Add all index tuples that are left in r behind those on the page; returns how many. */
size_t redo_add_tuples(uint8_t *page, ByteReader *r);

/*
 * True when the record makes the page anew, for managers whose records say so by a bit of their
 * own (WAL_INIT_PAGE): raises when that bit and the reference do not agree.
 */
bool redo_is_new_page(const RedoBlock *b);

#endif
