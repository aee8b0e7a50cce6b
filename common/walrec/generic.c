/* generic.c - pages of extensions' access methods, as differences of bytes. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

/* The differences are block data; PostgreSQL looks for them in the main data, which is empty. */
void generic_describe(StrBuf *out, const WalRecord *record)
{
    ByteReader r = wal_main_reader(record);

    while (byte_reader_left(&r) > 0) {
        uint16_t offset = byte_reader_u16(&r);
        uint16_t length = byte_reader_u16(&r);

        byte_reader_take(&r, length);
        strbuf_add_fmt(out, "offset %u, length %u", offset, length);
        if (byte_reader_left(&r) > 0)
            put_text(out, "; ");
    }
}
