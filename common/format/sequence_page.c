/* sequence_page.c - read a sequence's page; sequence_page.h has the layout. */
#include "common/base/base.h"

#include "common/format/sequence_page.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/page.h"

#define AT_HOFF       22
#define TUPLE_DATA    24 /* without NULLs, so without a bitmap */
#define AT_LAST_VALUE (TUPLE_DATA + 0)
#define AT_LOG_COUNT  (TUPLE_DATA + 8)
#define AT_IS_CALLED  (TUPLE_DATA + 16)

SequenceValues sequence_page_read(const uint8_t *page)
{
    uint32_t magic = load_u32(page_special_area(page, SEQUENCE_SPECIAL_SIZE));
    const uint8_t *tuple;
    size_t len;

    if (magic != SEQUENCE_MAGIC)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("bad magic number in sequence: %08X", magic));
    tuple = page_get_item(page, 1, &len);
    if (len != SEQUENCE_TUPLE_SIZE || tuple[AT_HOFF] != TUPLE_DATA)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid tuple of a sequence: size %zu, data at %u", len,
                                     tuple[AT_HOFF]));
    return (SequenceValues){.last_value = (int64_t)load_u64(tuple + AT_LAST_VALUE),
                            .log_count = (int64_t)load_u64(tuple + AT_LOG_COUNT),
                            .is_called = tuple[AT_IS_CALLED] != 0};
}
