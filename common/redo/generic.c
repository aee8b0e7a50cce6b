/*
 * generic.c - records of extensions' access methods: pieces of the page, by offset and length
 *
 * The pieces leave out what lies between lower and upper, which the writer holds to be zero.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

static RedoStep generic_apply(const RedoBlock *b);

static const RedoOp generic_ops[REDO_OPS] = {[AT(GENERIC_GENERIC)] = {.rest = OLD(generic_apply)}};

const RedoManager generic_redo = {.opcode_mask = 0xF0, .ops = generic_ops};

static RedoStep generic_apply(const RedoBlock *b)
{
    ByteReader pieces = redo_data(b);

    while (byte_reader_left(&pieces) > 0) {
        size_t offset = byte_reader_u16(&pieces);
        size_t len = byte_reader_u16(&pieces);

        if (offset + len > BLOCK_SIZE)
            redo_misfit("a piece of %zu bytes at %zu does not lie on the page", len, offset);
        byte_reader_copy(&pieces, b->page + offset, len);
    }
    page_check_header(b->page);
    memset(b->page + page_lower(b->page), 0, page_hole_size(b->page));
    return STEP_CHANGED;
}
