/*
 * describe.h - records in words, as pg_waldump prints them
 *
 * Those of 13 and 14 are in the words of 15, those of 16 to 18 in the words of their own version.
 * Kinds whose layout is not known for a version (index access methods outside 15) are told by name
 * and length.
 */
#ifndef WALREC_DESCRIBE_H
#define WALREC_DESCRIBE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "common/walrec/record.h"

/*
 * The name of a kind of record, e.g. "INSERT+INIT"; NULL when that version has none with the info
 * byte.
 */
const char *walrec_kind_name(unsigned version, uint8_t rmgr, uint8_t info);

/* The name of a resource manager, e.g. "Heap"; NULL for those of extensions and unknown ones. */
const char *walrec_rmgr_name(uint8_t rmgr);

/*
 * Add what the record says beyond its name and blocks, which may be nothing. Raises
 * SQLSTATE_DATA_CORRUPTED when the record is shorter than its kind; *out may then hold a part.
 */
void walrec_describe(StrBuf *out, const WalRecord *record);

#endif
