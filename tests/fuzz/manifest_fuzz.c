/* manifest_fuzz.c - any bytes as a manifest; paths that are handed out stay inside. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/manifest.h"
#include "common/mem/mem.h"
#include "common/os/path.h"

typedef struct Input {
    const uint8_t *pos, *end;
    size_t step; /* bytes that a read gives */
} Input;

static size_t read_some(void *arg, void *bytes, size_t max)
{
    Input *input = arg;
    size_t len = size_min(size_min(max, input->step), (size_t)(input->end - input->pos));

    memcpy(bytes, input->pos, len);
    input->pos += len;
    return len;
}

static void take_file(void *arg, const ManifestFile *file)
{
    (void)arg;
    if (!path_is_inside(file->path))
        abort();
}

static void read_manifest(Input *input)
{
    manifest_read((ByteSource){read_some, input}, &(ManifestHandler){.file = take_file});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MemContext *mem = mem_context_new(NULL, "input");
    Input input = {.pos = data, .end = data + size, .step = size % 97 + 1};

    ERR_TRY() {
        MEM_SCOPE(mem) {
            read_manifest(&input);
        }
    }
    ERR_CATCH() {
    }
    ERR_END();
    mem_delete(mem);
    return 0;
}
