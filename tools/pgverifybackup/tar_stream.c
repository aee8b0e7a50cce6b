/* tar_stream.c - file, decompressor and reader of the archive in a row. */
#include "common/base/base.h"

#include "tools/pgverifybackup/tar_stream.h"

#include "common/compress/stream.h"
#include "common/mem/mem.h"
#include "common/os/file.h"

#define STEP_MAX KIB(256)

struct TarStream {
    OsFile *file;
    uint8_t *buffer; /* STEP_MAX */
    Decompressor *decompressor;
    TarReader *reader;
    bool is_finished;
};

static void feed_reader(void *arg, const void *bytes, size_t len);

TarStream *tar_stream_open(const char *path, const TarVisitor *visitor)
{
    TarStream *t = mem_new(TarStream);

    t->file = os_file_open(path, OS_READ);
    os_file_advise_sequential(t->file);
    t->buffer = mem_alloc_aligned(STEP_MAX, 4096);
    t->reader = tar_reader_new(visitor, mem_strdup(path));
    t->decompressor = decompressor_new(compress_method_of_name(path), (ByteSink){feed_reader, t},
                                       DECOMPRESS_NO_LIMIT);
    return t;
}

size_t tar_stream_step(TarStream *t, size_t max)
{
    size_t len = os_file_read(t->file, t->buffer, size_min(max, STEP_MAX));

    if (len > 0) {
        decompressor_write(t->decompressor, t->buffer, len);
    } else if (!t->is_finished) {
        decompressor_finish(t->decompressor);
        tar_reader_finish(t->reader);
        t->is_finished = true;
    }
    return len;
}

void tar_stream_close(TarStream *t)
{
    decompressor_free(t->decompressor);
    tar_reader_free(t->reader);
    os_file_close(t->file);
    mem_free(t->buffer);
    mem_free(t);
}

static void feed_reader(void *arg, const void *bytes, size_t len)
{
    tar_reader_write(((TarStream *)arg)->reader, bytes, len);
}
