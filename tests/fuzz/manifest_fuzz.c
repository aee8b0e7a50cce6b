/* manifest_fuzz.c - any bytes as a manifest; paths that are handed out stay inside. */
#include "common/base/base.h"

#include "common/format/manifest.h"
#include "common/os/path.h"
#include "tests/fuzz/target.h"
#include "tests/lib/pieces.h"

static void take_file(void *arg, const ManifestFile *file)
{
    (void)arg;
    if (!path_is_inside(file->path))
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    Pieces pieces = {.bytes = data, .len = size, .piece = size % 97 + 1};

    manifest_read(pieces_source(&pieces), &(ManifestHandler){.file = take_file});
}
