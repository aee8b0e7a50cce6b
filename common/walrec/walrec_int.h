/* walrec_int.h - what the files of this folder share */
#ifndef WALREC_WALREC_INT_H
#define WALREC_WALREC_INT_H

#include "common/base/base.h"
#include "common/base/bytes.h"

#include "common/text/strbuf.h"
#include "common/walrec/effects.h"
#include "common/walrec/record.h"

/* Why a record or page is refused, in PostgreSQL's words. */
typedef struct WalReason {
    char text[256];
} WalReason;

void wal_reason_set(WalReason *reason, const char *format, ...) PRINTF_LIKE(2, 3);

/* As wal_record_decode, but false with *reason set instead of a raise. */
bool wal_record_try_decode(WalRecord *record, const uint8_t *bytes, unsigned version, Lsn start,
                           Lsn end, WalReason *reason);

/* ---- Main data ---- */

/* A reader over the main data or a block's data, which may be empty. */
ByteReader wal_main_reader(const WalRecord *record);
ByteReader wal_data_reader(const WalBlockRef *ref);

/* The main data, of which there must be len bytes. */
const uint8_t *wal_main(const WalRecord *record, uint32_t len);

/* ---- One file per resource manager ---- */

#define ROW(id, symbol, name, prefix, from, to, has_redo) \
 void prefix##_describe(StrBuf *out, const WalRecord *record);
#include "common/walrec/rmgr.def"
#undef ROW

/* Changes of rows as from 16 on. */
void heap_describe_16(StrBuf *out, const WalRecord *record);
void heap2_describe_16(StrBuf *out, const WalRecord *record);

/* ---- Shared words ---- */

/* "; inval msgs: catcache 55 relcache 1260", with the init file before it; nothing when empty. */
void describe_invalidate(StrBuf *out, const WalInvalidate *invalidate);

/* "IS_MULTI LOCK_ONLY " and so on: how a row version is locked. */
void describe_infobits(StrBuf *out, uint8_t infobits);

/* " 735 736" */
void describe_xids(StrBuf *out, const WalList *xids);

/* " (full page image)" where block 0 has one; false when it has none. */
bool describe_image_instead(StrBuf *out, const WalRecord *record);

#endif
