/* tar_fuzz.c - any bytes as an archive, in pieces; names that are handed out stay inside. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/path.h"

/* What the visitor saw of the entry at hand. */
typedef struct Entry {
    uint64_t size, len;
} Entry;

static void begin_entry(void *arg, const TarEntry *entry)
{
    Entry *e = arg;

    if (!path_is_inside(entry->name))
        abort();
    *e = (Entry){.size = entry->kind == TAR_FILE ? entry->size : 0};
}

static void take_data(void *arg, const void *bytes, size_t len)
{
    (void)bytes;
    ((Entry *)arg)->len += len;
}

static void end_entry(void *arg)
{
    const Entry *e = arg;

    if (e->len != e->size)
        abort();
}

static void read_archive(const uint8_t *data, size_t size)
{
    Entry entry = {.size = 0};
    TarReader *t =
        tar_reader_new(&(TarVisitor){begin_entry, take_data, end_entry, &entry}, "input");
    size_t step = size % 1021 + 1;

    for (size_t at = 0; at < size; at += step)
        tar_reader_write(t, data + at, size_min(step, size - at));
    tar_reader_finish(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MemContext *mem = mem_context_new(NULL, "input");

    ERR_TRY() {
        MEM_SCOPE(mem) {
            read_archive(data, size);
        }
    }
    ERR_CATCH() {
    }
    ERR_END();
    mem_delete(mem);
    return 0;
}
