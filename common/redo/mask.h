/*
 * mask.h - hide what two equal pages may differ in
 *
 * Replay does not reproduce hint bits, unused space, checksums and the like. redo_mask_page()
 * overwrites these bytes with a fixed pattern, by the access method that owns the page, so that
 * two masked pages can be compared byte by byte.
 */
#ifndef REDO_MASK_H
#define REDO_MASK_H

#include "common/base/base.h"

#include "common/format/block_tag.h"

/* rmgr: the resource manager of the record that changed the page; XLOG: told by the page itself. */
void redo_mask_page(uint8_t rmgr, const BlockTag *tag, uint8_t *page);

#endif
