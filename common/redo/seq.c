/* seq.c - a sequence: its page is made anew by each record, whatever it held. */
#include "common/base/base.h"

#include "common/format/page.h"
#include "common/format/sequence_page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

static RedoStep seq_log(const RedoBlock *b);

static const RedoOp seq_ops[REDO_OPS] = {[AT(SEQ_LOG)].refs = {MADE(seq_log)}};

const RedoManager seq_redo = {.opcode_mask = 0xF0, .ops = seq_ops};

static RedoStep seq_log(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t len;

    byte_reader_take(&main, sizeof(RelTag));
    len = byte_reader_left(&main);
    page_init(b->page, SEQUENCE_SPECIAL_SIZE);
    store_u32(page_special_area_rw(b->page, SEQUENCE_SPECIAL_SIZE), SEQUENCE_MAGIC);
    page_add_item(b->page, byte_reader_take(&main, len), len, 1, PAGE_ADD_INSERT);
    return STEP_CHANGED;
}
