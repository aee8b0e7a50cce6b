/*
 * file.c - pg_stat/pgstat.stat: the counts from one run to the next
 *
 * PostgreSQL 15's form: a number of the format, the fixed kinds one after the other, then a letter
 * for what follows: 'S' a key (kind, database, object) and the body; 'N' a replication slot by its
 * name; 'E' the end. Integers are the machine's. Whatever is wrong with the file, the counts begin
 * anew: nobody else depends on them.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/strbuf.h"
#include "server/stats/stats_int.h"

#define FORMAT   0x01A5BCA7
#define PATH     "pg_stat/pgstat.stat"
#define TEMP     "pg_stat/pgstat.tmp"
#define FILE_MAX (SIZE_MAX / 2)
#define NAME_LEN 64

/* ---- Writing ---- */

static void add(StrBuf *out, const void *bytes, size_t len)
{
    strbuf_add_bytes(out, bytes, len);
}

typedef struct SavedEntry {
    StatsKey key;
    StatsBody body;
} SavedEntry;

typedef struct Saved {
    SavedEntry *items;
    size_t count, room;
} Saved;

static void count_entry(const StatsKey *key UNUSED, StatsBody *body UNUSED, void *arg)
{
    ((Saved *)arg)->count++;
}

static void copy_entry(const StatsKey *key, StatsBody *body, void *arg)
{
    Saved *saved = arg;

    if (saved->count == saved->room)
        return;
    saved->items[saved->count].key = *key;
    memcpy(&saved->items[saved->count++].body, body, stats_body_size(key->kind));
}

static void add_fixed(StrBuf *out)
{
    StatsFixed f;

    fixed_copy(&f);
    add(out, &f.archiver, sizeof f.archiver);
    add(out, &f.bgwriter, sizeof f.bgwriter);
    add(out, &f.checkpointer, sizeof f.checkpointer);
    add(out, f.slru, sizeof f.slru);
    add(out, &f.wal, sizeof f.wal);
}

/* Slots are known by a number that another run may give to another slot, so they are left out. */
static void add_entries(StrBuf *out)
{
    Saved saved = {0};

    shared_walk(count_entry, &saved);
    saved.room = saved.count;
    saved.count = 0;
    saved.items = mem_new_array(SavedEntry, saved.room + 1);
    shared_walk(copy_entry, &saved);
    for (size_t i = 0; i < saved.count; i++) {
        if (saved.items[i].key.kind == STATS_SLOT)
            continue;
        strbuf_add_char(out, 'S');
        add(out, &saved.items[i].key, sizeof(StatsKey));
        add(out, &saved.items[i].body, stats_body_size(saved.items[i].key.kind));
    }
    strbuf_add_char(out, 'E');
}

static void save(void)
{
    const int32_t format = FORMAT;
    StrBuf out;
    OsFile *file;

    strbuf_init(&out);
    add(&out, &format, sizeof format);
    add_fixed(&out);
    add_entries(&out);
    file = os_file_open(TEMP, OS_WRITE | OS_CREATE | OS_TRUNCATE);
    os_file_write(file, out.text, out.len);
    os_file_close(file);
    os_rename(TEMP, PATH);
}

void stats_save(void)
{
    MemContext *mem = mem_context_new(mem_current(), "counters to save");

    ERR_TRY() {
        MEM_SCOPE(mem) {
            save();
        }
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = err_fmt("could not write statistics file \"%s\": %s", PATH,
                                            err_caught()->message));
    }
    ERR_END();
    mem_delete(mem);
}

/* ---- Reading ---- */

static void read_into(ByteReader *r, void *place, size_t len)
{
    memcpy(place, byte_reader_take(r, len), len);
}

static void read_fixed(ByteReader *r)
{
    StatsFixed f;

    memset(&f, 0, sizeof f);
    read_into(r, &f.archiver, sizeof f.archiver);
    read_into(r, &f.bgwriter, sizeof f.bgwriter);
    read_into(r, &f.checkpointer, sizeof f.checkpointer);
    read_into(r, f.slru, sizeof f.slru);
    read_into(r, &f.wal, sizeof f.wal);
    f.archiver.last_archived[STATS_WAL_NAME_SIZE - 1] = '\0';
    f.archiver.last_failed[STATS_WAL_NAME_SIZE - 1] = '\0';
    fixed_set(&f);
}

static void read_entry(ByteReader *r)
{
    StatsKey key;
    size_t size;
    const uint8_t *bytes;
    StatsBody *body;

    read_into(r, &key, sizeof key);
    /* Of a kind that we do not keep, but know: 2 counters and a time. */
    if (key.kind == STATS_SUBSCRIPTION) {
        byte_reader_take(r, 3 * sizeof(int64_t));
        return;
    }
    size = stats_body_size(key.kind);
    if (size == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "unknown kind of counters");
    bytes = byte_reader_take(r, size);
    body = shared_acquire(&key, true);
    if (body == NULL)
        return;
    memcpy(body, bytes, size);
    shared_release();
}

static void read_all(ByteReader *r)
{
    int32_t format;

    read_into(r, &format, sizeof format);
    if (format != FORMAT)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "another format");
    read_fixed(r);
    for (;;) {
        switch (*byte_reader_take(r, 1)) {
        case 'S':
            read_entry(r);
            break;
        case 'N':
            byte_reader_take(r, sizeof(int32_t) + NAME_LEN + sizeof(StatsSlotBody));
            break;
        case 'E':
            if (byte_reader_left(r) != 0)
                err_raise(SQLSTATE_DATA_CORRUPTED, .message = "bytes behind the end");
            return;
        default:
            err_raise(SQLSTATE_DATA_CORRUPTED, .message = "unknown letter");
        }
    }
}

static void load(void)
{
    size_t len;
    char *bytes = os_file_try_read_all(PATH, FILE_MAX, &len);
    ByteReader r;

    if (bytes == NULL)
        return;
    r = byte_reader(bytes, len, "statistics file");
    read_all(&r);
}

/* It is of use once: a crash from now on makes it untrue. */
void stats_load(void)
{
    MemContext *mem = mem_context_new(mem_current(), "saved counters");

    ERR_TRY() {
        MEM_SCOPE(mem) {
            load();
        }
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = err_fmt("corrupted statistics file \"%s\"", PATH));
        stats_discard();
    }
    ERR_END();
    mem_delete(mem);
    os_try_unlink(PATH);
}
