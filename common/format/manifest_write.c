/* manifest_write.c - write a manifest as a server does; manifest.h has the form. */
#include "common/base/base.h"

#include "common/format/manifest.h"
#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/timestamp.h"

enum { IN_FILES, IN_WAL_RANGES, AT_END };

static void begin_item(ManifestWriter *w);
static void begin_wal_ranges(ManifestWriter *w);
static void write_line(ManifestWriter *w);

void manifest_writer_begin(ManifestWriter *w, ByteSink sink, unsigned version, uint64_t system_id)
{
    ASSERT(version == 1 || version == 2);
    *w = (ManifestWriter){.sink = sink, .state = IN_FILES};
    digest_init(&w->digest, DIGEST_SHA256);
    strbuf_init(&w->line);
    strbuf_add_fmt(&w->line, "{ \"PostgreSQL-Backup-Manifest-Version\": %u,\n", version);
    if (version >= 2)
        strbuf_add_fmt(&w->line, "\"System-Identifier\": %" PRIu64 ",\n", system_id);
    strbuf_add(&w->line, "\"Files\": [");
    write_line(w);
}

void manifest_writer_add_file(ManifestWriter *w, const ManifestFile *file)
{
    size_t len = strlen(file->path);
    char *mtime;

    ASSERT(w->state == IN_FILES);
    begin_item(w);
    if (w->is_encoding_forced || !str_is_utf8(file->path, len)) {
        strbuf_add(&w->line, "\"Encoded-Path\": \"");
        strbuf_add_hex(&w->line, file->path, len);
        strbuf_add(&w->line, "\", ");
    } else {
        strbuf_add(&w->line, "\"Path\": ");
        json_add_string(&w->line, file->path, len);
        strbuf_add(&w->line, ", ");
    }
    mtime = time_format(time_from_unix(file->mtime), TIME_MANIFEST, NULL);
    strbuf_add_fmt(&w->line, "\"Size\": %" PRIu64 ", \"Last-Modified\": \"%s\"", file->size, mtime);
    mem_free(mtime);
    if (file->has_checksum) {
        strbuf_add_fmt(&w->line, ", \"Checksum-Algorithm\": \"%s\", \"Checksum\": \"",
                       digest_name(file->kind));
        strbuf_add_hex(&w->line, file->checksum, file->checksum_len);
        strbuf_add(&w->line, "\"");
    }
    strbuf_add(&w->line, " }");
    write_line(w);
}

void manifest_writer_add_wal_range(ManifestWriter *w, const ManifestWalRange *range)
{
    begin_wal_ranges(w);
    begin_item(w);
    strbuf_add_fmt(&w->line,
                   "\"Timeline\": %u, \"Start-LSN\": \"" LSN_FMT "\", \"End-LSN\": \"" LSN_FMT
                   "\" }",
                   range->tli, LSN_ARG(range->start), LSN_ARG(range->end));
    write_line(w);
}

void manifest_writer_end(ManifestWriter *w)
{
    char text[DIGEST_TEXT_MAX];

    begin_wal_ranges(w);
    strbuf_add(&w->line, "\n],\n");
    write_line(w);
    digest_final_text(&w->digest, text);
    strbuf_add_fmt(&w->line, "\"Manifest-Checksum\": \"%s\"}\n", text);
    byte_sink_write(&w->sink, w->line.text, w->line.len);
    w->state = AT_END;
}

static void begin_item(ManifestWriter *w)
{
    strbuf_add(&w->line, w->count++ == 0 ? "\n{ " : ",\n{ ");
}

/* Close the list of files when the other has not begun yet. */
static void begin_wal_ranges(ManifestWriter *w)
{
    ASSERT(w->state != AT_END);
    if (w->state == IN_WAL_RANGES)
        return;
    strbuf_add(&w->line, "\n],\n\"WAL-Ranges\": [");
    w->state = IN_WAL_RANGES;
    w->count = 0;
}

/* Give the line to the sink and the digest, and begin another. */
static void write_line(ManifestWriter *w)
{
    digest_update(&w->digest, w->line.text, w->line.len);
    byte_sink_write(&w->sink, w->line.text, w->line.len);
    strbuf_clear(&w->line);
}
