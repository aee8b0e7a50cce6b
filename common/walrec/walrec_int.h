/* walrec_int.h - what the files of this folder share */
#ifndef WALREC_WALREC_INT_H
#define WALREC_WALREC_INT_H

#include "common/base/base.h"

#include "common/walrec/record.h"

/* Why a record or page is refused, in PostgreSQL's words. */
typedef struct WalReason {
    char text[256];
} WalReason;

void wal_reason_set(WalReason *reason, const char *format, ...) PRINTF_LIKE(2, 3);

/* As wal_record_decode, but false with *reason set instead of a raise. */
bool wal_record_try_decode(WalRecord *record, const uint8_t *bytes, unsigned version, Lsn start,
                           Lsn end, WalReason *reason);

#endif
