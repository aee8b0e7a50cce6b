/* control_file_fuzz.c - any bytes as a control file; what is decoded encodes to the same fields. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "tests/fuzz/target.h"

/* Taking apart and putting together raise nothing for a file of the right length. */
static void check_fields(const uint8_t *data, size_t size)
{
    uint8_t bytes[CONTROL_FILE_SIZE];
    ControlFile control, again;

    ERR_TRY() {
        control_file_decode(data, size, "input", &control);
        control_file_encode(&control, bytes);
        control_file_decode(bytes, sizeof(bytes), "input", &again);
        /* Flags become 0 or 1, so bytes may differ, fields may not. */
        if (!again.is_crc_right || again.state != control.state ||
            again.checkpoint.redo != control.checkpoint.redo ||
            memcmp(again.nonce, control.nonce, sizeof(again.nonce)) != 0)
            abort();
    }
    ERR_CATCH() {
        abort();
    }
    ERR_END();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    ControlFile control;

    if (size >= CONTROL_FILE_STRUCT_MAX)
        check_fields(data, size);
    control_file_decode(data, size, "input", &control);
    control_file_check(&control, 15);
}
