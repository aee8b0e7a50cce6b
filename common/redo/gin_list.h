/*
 * gin_list.h - the compressed lists of TIDs on leaves of GIN posting trees
 *
 * format/gin_page.h has the form of a list.
 */
#ifndef REDO_GIN_LIST_H
#define REDO_GIN_LIST_H

#include "common/base/base.h"

#include "common/base/bytes.h"

/* The next list in r, in place; *len is its length, padding included. */
const uint8_t *gin_list_take(ByteReader *r, size_t *len);

/*
 * Write one list with the TIDs of an old one and with added ones, which ascend, to out, which has
 * room bytes; returns its length, padding included. TIDs that are in both come once. old may be
 * NULL. added points to count TIDs of 6 bytes at any address. Raises SQLSTATE_DATA_CORRUPTED when
 * TIDs do not ascend or there is no room.
 */
size_t gin_list_merge(const uint8_t *old, const uint8_t *added, size_t count, uint8_t *out,
                      size_t room);

#endif
