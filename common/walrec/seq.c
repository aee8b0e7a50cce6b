/* seq.c - sequences. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

void seq_describe(StrBuf *out, const WalRecord *record)
{
    RelTag rel;

    if (wal_record_opcode(record) != WAL_SEQ_LOG)
        return;
    memcpy(&rel, wal_main(record, sizeof(rel)), sizeof(rel));
    put_text(out, "rel ");
    put_rel(out, &rel);
}
