/* output.c - standard output or a file, through one buffer; output.h has the promises. */
#include "common/base/base.h"

#include "pgdump/output.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "common/os/path.h"

#define BUFFER_SIZE MIB(1)

struct Output {
    ByteSink sink;
    OsFile *file;
    const char *path; /* NULL: it has its name */
    const char *temp;
    uint32_t mode; /* that it gets with its name */
    bool no_sync;
    MemCallback *on_reset;
    char *buffer;
    size_t used;
};

static void write_bytes(void *arg, const void *bytes, size_t len);
static void flush(Output *out);
static void give_up(void *arg);
static const char *follow_links(const char *path);

Output *output_open(const char *path, bool no_sync)
{
    Output *out = mem_new(Output);
    OsStat before;
    bool is_there = path != NULL && os_try_stat(path, &before);

    out->sink = (ByteSink){.write = write_bytes, .arg = out};
    out->buffer = mem_alloc(BUFFER_SIZE);
    out->no_sync = no_sync;
    if (path == NULL) {
        out->file = os_file_from_fd(1, "standard output");
    } else if (is_there && before.kind != OS_KIND_FILE) {
        /* A device or a pipe stays what it is: it is written to. */
        out->file = os_file_open(path, OS_WRITE);
    } else {
        out->path = follow_links(path);
        out->temp = os_temp_name(out->path);
        out->file = os_file_open(out->temp, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
        out->on_reset = mem_on_reset(mem_current(), give_up, out);
        out->mode = is_there ? before.mode : os_user_file_mode();
    }
    return out;
}

const ByteSink *output_sink(Output *out)
{
    return &out->sink;
}

void output_close(Output *out)
{
    flush(out);
    if (out->path == NULL)
        return;
    os_file_set_mode(out->file, out->mode);
    if (!out->no_sync)
        os_file_sync(out->file);
    os_file_close(out->file);
    if (out->no_sync)
        os_rename(out->temp, out->path);
    else
        os_rename_durable(out->temp, out->path);
    mem_off_reset(mem_current(), out->on_reset);
}

/* Large pieces go straight through. */
static void write_bytes(void *arg, const void *bytes, size_t len)
{
    Output *out = arg;

    if (len > BUFFER_SIZE - out->used)
        flush(out);
    if (len >= BUFFER_SIZE) {
        os_file_write(out->file, bytes, len);
        return;
    }
    memcpy(out->buffer + out->used, bytes, len);
    out->used += len;
}

static void flush(Output *out)
{
    if (out->used > 0)
        os_file_write(out->file, out->buffer, out->used);
    out->used = 0;
}

/* The dump failed: nothing is left of the file. Called when memory goes, so it must not raise. */
static void give_up(void *arg)
{
    const Output *out = arg;

    (void)os_fd_unlink(out->temp);
}

/* A link stays a link: what it points to is replaced, or made. */
static const char *follow_links(const char *path)
{
    OsStat stat;

    while (os_try_lstat(path, &stat) && stat.kind == OS_KIND_LINK) {
        const char *target = os_readlink(path);

        path = path_is_absolute(target) ? target : path_join(path_dir(path), target);
    }
    return path;
}
