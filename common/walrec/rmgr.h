/*
 * rmgr.h - resource managers and kinds of records by number; rmgr.def and opcode.def are the tables
 *
 * A record's rmgr field names the part of the server that wrote it and knows how to replay it, the
 * high nibble of its info says what happened.
 */
#ifndef WALREC_RMGR_H
#define WALREC_RMGR_H

#include "common/base/base.h"

typedef enum RmgrId {
#define ROW(id, symbol, name, prefix, from, to, has_redo) RMGR_##symbol = (id),
#include "common/walrec/rmgr.def"
#undef ROW
    RMGR_COUNT,
} RmgrId;

#define RMGR_CUSTOM_MIN 128 /* of extensions, 15 and up */

/* WAL_HEAP_INSERT and so on: values of wal_record_opcode(). */
enum {
#define ROW(symbol, rmgr, opcode, name, from, to) WAL_##symbol = (opcode),
#include "common/walrec/opcode.def"
#undef ROW
};

#define WAL_INIT_PAGE      0x80 /* HEAP, HEAP2, BRIN: the first page is made from nothing */
#define WAL_XACT_HAS_XINFO 0x80 /* XACT: not part of the opcode */

/* True when records of a server of that major version may carry the id. */
static inline bool rmgr_is_valid(uint8_t id, unsigned version)
{
    return id < RMGR_COUNT || (id >= RMGR_CUSTOM_MIN && version >= 15);
}

#endif
