/* target.c - the entry that libFuzzer and main.c call: one input, with a frame around it. */
#include "common/base/base.h"

#include "tests/fuzz/target.h"

#include "common/err/err.h"
#include "common/mem/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MemContext *mem = mem_context_new(NULL, "fuzz input");

    ERR_TRY() {
        MEM_SCOPE(mem) {
            fuzz_take(data, size);
        }
    }
    ERR_CATCH() {
    }
    ERR_END();
    mem_delete(mem);
    return 0;
}
