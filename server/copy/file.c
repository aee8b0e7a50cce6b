/* file.c - files of the server, which COPY reads and writes */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/copy/copy_int.h"
#include "server/stats/activity.h"

typedef struct FileSource {
    CopySource head;
    OsFile *file;
} FileSource;

typedef struct FileSink {
    BufferedSink buffered;
    OsFile *file;
} FileSink;

static OsFile *open_file(const char *path, unsigned flags, const char *hint);
static size_t read_file(CopySource *source, uint8_t *room, size_t size);
static void write_file(BufferedSink *sink, const uint8_t *bytes, size_t len);
static void end_file(CopySink *sink);

CopySource *copy_source_file(const char *path)
{
    FileSource *s = mem_new(FileSource);
    OsStat stat;

    s->head.read = read_file;
    s->file = open_file(path, OS_READ,
                        "COPY FROM instructs the PostgreSQL server process to read a file. You may "
                        "want a client-side facility such as psql's \\copy.");
    os_stat(path, &stat);
    if (stat.kind == OS_KIND_DIR)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = err_fmt("\"%s\" is a directory", path));
    command_progress_set(COPY_BYTES_TOTAL, (int64_t)stat.size);
    return &s->head;
}

CopySink *copy_sink_file(const char *path)
{
    FileSink *s;

    if (*path != '/')
        err_raise(SQLSTATE_INVALID_NAME, .message = "relative path not allowed for COPY to file");
    s = mem_new(FileSink);
    s->buffered.head = (CopySink){.write = buffered_write, .end = end_file};
    s->buffered.put = write_file;
    s->file = open_file(path, OS_WRITE,
                        "COPY TO instructs the PostgreSQL server process to write a file. You may "
                        "want a client-side facility such as psql's \\copy.");
    return &s->buffered.head;
}

/* Who has no such file, or no right, may have meant one of the client's. */
static OsFile *open_file(const char *path, unsigned flags, const char *hint)
{
    OsFile *volatile file = NULL;

    ERR_TRY() {
        file = os_file_open_named(path, flags);
    }
    ERR_CATCH() {
        ErrReport report = *err_caught();

        if (report.sqlstate == SQLSTATE_UNDEFINED_FILE ||
            report.sqlstate == SQLSTATE_INSUFFICIENT_PRIVILEGE)
            report.hint = hint;
        err_raise_copy(&report);
    }
    ERR_END();
    return file;
}

static size_t read_file(CopySource *source, uint8_t *room, size_t size)
{
    return os_file_read(((FileSource *)source)->file, room, size);
}

static void write_file(BufferedSink *sink, const uint8_t *bytes, size_t len)
{
    os_file_write(((FileSink *)sink)->file, bytes, len);
}

static void end_file(CopySink *sink)
{
    FileSink *s = (FileSink *)sink;

    buffered_flush(&s->buffered);
    os_file_close(s->file);
}
