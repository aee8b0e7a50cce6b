/*
 * receive.c - the streams of a base backup; receive.h says which there are
 *
 * From 15 on:
 *
 *     BETWEEN --n--> ARCHIVE --n--> ARCHIVE ... --m--> MANIFEST --end of copy--> over
 *
 * p may come anywhere, d only in ARCHIVE and MANIFEST. Each archive must be the one that the header
 * announced at this place, since its name becomes a file's.
 */
#include "common/base/base.h"

#include "pgbasebackup/receive.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/fault.h"
#include "common/proto/backup_stream.h"
#include "common/text/str.h"

#define CHECK_STEP_MS 1000 /* r->check is called at least so often */

typedef enum StreamState { STREAM_BETWEEN, STREAM_ARCHIVE, STREAM_MANIFEST } StreamState;

/* The one stream of 15 and later. */
typedef struct Stream {
    const Receive *receive;
    StreamState state;
    size_t space_next; /* index of the archive that comes next */
} Stream;

static void receive_stream(const Receive *r);
static void take_message(Stream *s, const BackupMessage *m);
static void begin_archive(Stream *s, const BackupMessage *m);
static void end_current(Stream *s);
static void receive_copies(const Receive *r);
static void receive_copy(const Receive *r, bool is_manifest);
static void expect_copy(const Receive *r);
static bool next_message(const Receive *r, const char **bytes, size_t *len);
static const char *archive_name(const Receive *r, const BackupSpace *space);
_Noreturn static void raise_order(const char *what);

void receive_backup(const Receive *r)
{
    if (client_server_version(r->client) >= 150000)
        receive_stream(r);
    else
        receive_copies(r);
}

/* ---- 15 and later ---- */

static void receive_stream(const Receive *r)
{
    Stream s = {.receive = r, .state = STREAM_BETWEEN};
    const char *bytes;
    size_t len;

    expect_copy(r);
    while (next_message(r, &bytes, &len)) {
        BackupMessage m = backup_message_parse(bytes, len);

        take_message(&s, &m);
    }
    if (s.space_next != r->spaces->count)
        raise_order("archives are missing");
    if (r->has_manifest && s.state != STREAM_MANIFEST)
        raise_order("the manifest is missing");
    end_current(&s);
}

static void take_message(Stream *s, const BackupMessage *m)
{
    const Receive *r = s->receive;
    Output *out = r->output;

    switch (m->kind) {
    case BACKUP_ARCHIVE:
        end_current(s);
        begin_archive(s, m);
        break;
    case BACKUP_MANIFEST:
        if (!r->has_manifest || s->state == STREAM_MANIFEST)
            raise_order("a manifest that nobody asked for");
        end_current(s);
        s->state = STREAM_MANIFEST;
        break;
    case BACKUP_DATA:
        if (out == NULL || s->state == STREAM_BETWEEN)
            raise_order("data outside of archives");
        if (s->state == STREAM_ARCHIVE)
            out->form->write(out, m->bytes, m->len);
        else
            out->form->manifest(out, m->bytes, m->len);
        break;
    case BACKUP_PROGRESS:
        report_set_done(r->report, m->done);
        break;
    }
}

static void begin_archive(Stream *s, const BackupMessage *m)
{
    const Receive *r = s->receive;
    const BackupSpace *space;

    if (s->state == STREAM_MANIFEST || s->space_next == r->spaces->count)
        raise_order("an archive too many");
    space = array_at(r->spaces, s->space_next++);
    if (!str_equal(m->archive, archive_name(r, space)))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("invalid archive name: \"%s\"", m->archive),
                  .detail = err_fmt("Expected \"%s\".", archive_name(r, space)));
    if (r->output != NULL)
        r->output->form->begin_archive(r->output, space, m->archive);
    s->state = STREAM_ARCHIVE;
}

static void end_current(Stream *s)
{
    Output *out = s->receive->output;

    if (s->state == STREAM_ARCHIVE) {
        FAULT_POINT("pgbasebackup.receive.archive_end");
        report_space_done(s->receive->report);
        if (out != NULL)
            out->form->end_archive(out);
    }
    if (s->state == STREAM_MANIFEST && out != NULL)
        out->form->end_manifest(out);
    s->state = STREAM_BETWEEN;
}

/* ---- Before 15 ---- */

static void receive_copies(const Receive *r)
{
    Output *out = r->output;

    array_foreach(const BackupSpace, space, r->spaces) {
        out->form->begin_archive(out, space, archive_name(r, space));
        receive_copy(r, false);
        FAULT_POINT("pgbasebackup.receive.archive_end");
        report_space_done(r->report);
        out->form->end_archive(out);
    }
    if (r->has_manifest) {
        receive_copy(r, true);
        out->form->end_manifest(out);
    }
}

static void receive_copy(const Receive *r, bool is_manifest)
{
    Output *out = r->output;
    const char *bytes;
    size_t len;

    expect_copy(r);
    while (next_message(r, &bytes, &len)) {
        if (is_manifest) {
            out->form->manifest(out, bytes, len);
        } else {
            out->form->write(out, bytes, len);
            report_add_done(r->report, len);
        }
    }
}

/* ---- Both ---- */

static void expect_copy(const Receive *r)
{
    client_result_free(client_expect(r->client, CLIENT_COPY_OUT, "could not get COPY data stream"));
}

/* The next CopyData; false at the end of the copy. */
static bool next_message(const Receive *r, const char **bytes, size_t *len)
{
    for (;;) {
        switch (client_copy_read(r->client, bytes, len, CHECK_STEP_MS)) {
        case CLIENT_COPY_DATA:
            FAULT_POINT("pgbasebackup.receive.message");
            r->check(r->check_arg);
            return true;
        case CLIENT_COPY_NOTHING:
            r->check(r->check_arg);
            break;
        case CLIENT_COPY_END:
            return false;
        }
    }
}

static const char *archive_name(const Receive *r, const BackupSpace *space)
{
    if (space->location == NULL)
        return mem_printf("base.tar%s", r->suffix);
    return mem_printf("%u.tar%s", space->oid, r->suffix);
}

static void raise_order(const char *what)
{
    err_raise(SQLSTATE_PROTOCOL_VIOLATION,
              .message = err_fmt("unexpected base backup stream: %s", what));
}
