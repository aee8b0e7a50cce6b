/*
 * sequence_page.h - a sequence: one page with one tuple, changed in place
 *
 * The special area holds a magic; the tuple is a row of three columns without NULLs. Values up to
 * log_count ahead of the last one are logged already and may be handed out without another record.
 *
 * Source: commands/sequence.h of PostgreSQL 15; pages of a real server.
 */
#ifndef FORMAT_SEQUENCE_PAGE_H
#define FORMAT_SEQUENCE_PAGE_H

#include "common/base/base.h"

#define SEQUENCE_MAGIC        0x1717
#define SEQUENCE_SPECIAL_SIZE 8
#define SEQUENCE_TUPLE_SIZE   41 /* bytes, header included */

typedef struct SequenceValues {
    int64_t last_value;
    int64_t log_count;
    bool is_called; /* last_value was handed out */
} SequenceValues;

/* Read a sequence's page; raises SQLSTATE_DATA_CORRUPTED when it is another kind of page. */
SequenceValues sequence_page_read(const uint8_t *page);

#endif
