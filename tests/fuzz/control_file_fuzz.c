/* control_file_fuzz.c - any bytes as a control file; what is decoded encodes to the same fields. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/mem/mem.h"

static void decode(const uint8_t *data, size_t size, ControlFile *control)
{
    control_file_decode(data, size, "input", control);
    control_file_check(control, 15);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MemContext *mem = mem_context_new(NULL, "input");
    uint8_t bytes[CONTROL_FILE_SIZE];
    ControlFile control, again;

    if (size >= CONTROL_FILE_STRUCT_MAX) {
        MEM_SCOPE(mem) {
            control_file_decode(data, size, "input", &control);
            control_file_encode(&control, bytes);
            control_file_decode(bytes, sizeof(bytes), "input", &again);
            /* Flags become 0 or 1, so bytes may differ, fields may not. */
            if (!again.is_crc_right || again.state != control.state ||
                again.checkpoint.redo != control.checkpoint.redo ||
                memcmp(again.nonce, control.nonce, sizeof(again.nonce)) != 0)
                abort();
        }
    }
    ERR_TRY() {
        decode(data, size, &control);
    }
    ERR_CATCH() {
    }
    ERR_END();
    mem_delete(mem);
    return 0;
}
