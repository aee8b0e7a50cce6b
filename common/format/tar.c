/*
 * tar.c - headers and the reader of tar archives; tar.h has the dialect and the promises
 *
 * The reader is in one of four states; tar_reader_write() feeds the bytes to the state until none
 * are left:
 *
 *     HEADER --read_header()--> DATA --all bytes--> PADDING --> HEADER
 *        |                        (size 0: HEADER at once)
 *        +--two zero blocks--> OVER (zero bytes only)
 */
#include "common/base/base.h"

#include "common/format/tar.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/text/str.h"

/* A header as it stands in the archive. */
typedef struct TarHeader {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char kind;
    char link[100];
    char magic[6];
    char version[2];
    char uname[32];
    char gname[32];
    char dev_major[8];
    char dev_minor[8];
    char prefix[155];
    char unused[12];
} TarHeader;

STATIC_ASSERT(sizeof(TarHeader) == TAR_BLOCK);

typedef enum TarState {
    TAR_STATE_HEADER,
    TAR_STATE_DATA,
    TAR_STATE_PADDING,
    TAR_STATE_OVER
} TarState;

struct TarReader {
    TarVisitor visitor;
    const char *what;
    TarState state;
    uint64_t left;   /* DATA, PADDING: bytes until the next state */
    uint64_t offset; /* of the next byte, for messages */
    size_t padding;  /* behind the content of the current entry */
    unsigned zero_blocks;
    size_t block_used; /* HEADER: bytes of block that are there */
    union {
        TarHeader header;
        uint8_t bytes[TAR_BLOCK];
    } block;
    char name[sizeof((TarHeader *)0)->prefix + sizeof((TarHeader *)0)->name + 2];
    char link[sizeof((TarHeader *)0)->link + 1];
};

static size_t take_header(TarReader *t, const uint8_t *bytes, size_t len);
static void read_header(TarReader *t);
static TarKind read_kind(const TarReader *t);
static void read_numbers(const TarReader *t, TarEntry *entry);
static void read_name(TarReader *t);
static void check_name(const TarReader *t);
static bool is_zero(const uint8_t *bytes, size_t len);
static uint64_t read_number(const TarReader *t, const char *field, size_t size, const char *what);
static uint64_t read_base256(const TarReader *t, const char *field, size_t size, const char *what);
static uint32_t sum_of(const uint8_t *block);
_Noreturn static void raise_bad(const TarReader *t, const char *what);
static void write_number(char *field, size_t size, uint64_t value);

void tar_header_write(const TarEntry *entry, uint8_t out[TAR_BLOCK])
{
    TarHeader h;
    size_t name_len = strlen(entry->name);
    bool has_slash = entry->kind != TAR_FILE;

    if (name_len + has_slash > TAR_NAME_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("file name too long for tar format: \"%s\"", entry->name));
    if (entry->kind == TAR_LINK && strlen(entry->link) > TAR_NAME_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("symbolic link target too long for tar format: file name "
                                     "\"%s\", target \"%s\"",
                                     entry->name, entry->link));

    memset(&h, 0, sizeof h);
    memcpy(h.name, entry->name, name_len);
    if (has_slash)
        h.name[name_len] = '/';
    write_number(h.mode, sizeof h.mode, entry->mode & 07777);
    write_number(h.uid, sizeof h.uid, entry->uid);
    write_number(h.gid, sizeof h.gid, entry->gid);
    write_number(h.size, sizeof h.size, entry->kind == TAR_FILE ? entry->size : 0);
    write_number(h.mtime, sizeof h.mtime, (uint64_t)entry->mtime);
    h.kind = entry->kind == TAR_FILE ? '0' : entry->kind == TAR_LINK ? '2' : '5';
    if (entry->kind == TAR_LINK)
        memcpy(h.link, entry->link, strlen(entry->link));
    memcpy(h.magic, "ustar", sizeof h.magic);
    memcpy(h.version, "00", sizeof h.version);
    memcpy(h.uname, "postgres", strlen("postgres"));
    memcpy(h.gname, "postgres", strlen("postgres"));
    write_number(h.dev_major, sizeof h.dev_major, 0);
    write_number(h.dev_minor, sizeof h.dev_minor, 0);
    memcpy(out, &h, sizeof h);
    write_number(h.checksum, sizeof h.checksum, sum_of(out));
    memcpy(out, &h, sizeof h);
}

TarReader *tar_reader_new(const TarVisitor *visitor, const char *what)
{
    TarReader *t = mem_new(TarReader);

    t->visitor = *visitor;
    t->what = what;
    return t;
}

void tar_reader_write(TarReader *t, const void *bytes, size_t len)
{
    const uint8_t *next = bytes;

    while (len > 0) {
        size_t n = (size_t)(t->left < len ? t->left : len);

        switch (t->state) {
        case TAR_STATE_HEADER:
            n = take_header(t, next, len);
            break;
        case TAR_STATE_DATA:
            t->visitor.data(t->visitor.arg, next, n);
            t->left -= n;
            if (t->left == 0) {
                t->visitor.end(t->visitor.arg);
                t->state = t->padding == 0 ? TAR_STATE_HEADER : TAR_STATE_PADDING;
                t->left = t->padding;
            }
            break;
        case TAR_STATE_PADDING:
            t->left -= n;
            if (t->left == 0)
                t->state = TAR_STATE_HEADER;
            break;
        case TAR_STATE_OVER:
            n = len;
            if (!is_zero(next, n))
                raise_bad(t, "data behind the end");
            break;
        }
        next += n;
        len -= n;
        t->offset += n;
    }
}

void tar_reader_finish(TarReader *t)
{
    if (t->state == TAR_STATE_DATA || t->state == TAR_STATE_PADDING || t->block_used > 0)
        raise_bad(t, "unexpected end");
}

bool tar_reader_has_end(const TarReader *t)
{
    return t->state == TAR_STATE_OVER;
}

void tar_reader_free(TarReader *t)
{
    mem_free(t);
}

/* Collect a header; returns how many bytes it took. */
static size_t take_header(TarReader *t, const uint8_t *bytes, size_t len)
{
    size_t n = size_min(len, TAR_BLOCK - t->block_used);

    memcpy(t->block.bytes + t->block_used, bytes, n);
    t->block_used += n;
    if (t->block_used < TAR_BLOCK)
        return n;

    t->block_used = 0;
    if (is_zero(t->block.bytes, TAR_BLOCK)) {
        if (++t->zero_blocks == 2)
            t->state = TAR_STATE_OVER;
        return n;
    }
    if (t->zero_blocks > 0)
        raise_bad(t, "data behind the end");
    read_header(t);
    return n;
}

static void read_header(TarReader *t)
{
    const TarHeader *h = &t->block.header;
    TarEntry entry = {.name = t->name, .header = t->block.bytes};

    if (read_number(t, h->checksum, sizeof h->checksum, "checksum") != sum_of(t->block.bytes))
        raise_bad(t, "wrong checksum of a header");
    if (memcmp(h->magic, "ustar", 5) != 0)
        raise_bad(t, "no ustar header");
    entry.kind = read_kind(t);
    read_name(t);
    memcpy(t->link, h->link, sizeof h->link);
    entry.link = entry.kind == TAR_LINK ? t->link : NULL;
    read_numbers(t, &entry);

    /* Archives of a whole folder begin with the folder itself, which exists anyway. */
    if (entry.kind == TAR_DIR && str_equal(t->name, "."))
        return;
    check_name(t);
    t->padding = tar_padding(entry.size);
    t->left = entry.size;
    t->state = entry.size > 0 ? TAR_STATE_DATA : TAR_STATE_HEADER;
    t->visitor.begin(t->visitor.arg, &entry);
    if (entry.size == 0)
        t->visitor.end(t->visitor.arg);
}

static TarKind read_kind(const TarReader *t)
{
    char kind = t->block.header.kind;

    switch (kind) {
    case '0':
    case '\0':
        return TAR_FILE;
    case '2':
        return TAR_LINK;
    case '5':
        return TAR_DIR;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("tar entry of type \"%c\" is not supported in %s", kind, t->what));
    }
}

/* Mode, owners, time and size, which must fit their fields; the kind is known. */
static void read_numbers(const TarReader *t, TarEntry *entry)
{
    const TarHeader *h = &t->block.header;
    uint64_t uid = read_number(t, h->uid, sizeof h->uid, "user");
    uint64_t gid = read_number(t, h->gid, sizeof h->gid, "group");

    if (uid > UINT32_MAX || gid > UINT32_MAX)
        raise_bad(t, "impossible owner");
    entry->uid = (uint32_t)uid;
    entry->gid = (uint32_t)gid;
    entry->mode = (uint32_t)read_number(t, h->mode, sizeof h->mode, "mode") & 07777;
    entry->mtime = (int64_t)read_number(t, h->mtime, sizeof h->mtime, "time");
    entry->size = read_number(t, h->size, sizeof h->size, "size");
    if (entry->mtime < 0)
        raise_bad(t, "impossible time");
    if (entry->kind != TAR_FILE && entry->size != 0)
        raise_bad(t, "folder or link with content");
    if (entry->size > INT64_MAX - TAR_BLOCK)
        raise_bad(t, "impossible size");
}

/* Put the name together, without "./" in front and slashes behind. */
static void read_name(TarReader *t)
{
    const TarHeader *h = &t->block.header;
    size_t prefix_len = strnlen(h->prefix, sizeof h->prefix);
    size_t name_len = strnlen(h->name, sizeof h->name);
    char *name = t->name;
    size_t len = 0;

    if (prefix_len > 0) {
        memcpy(name, h->prefix, prefix_len);
        name[prefix_len] = '/';
        len = prefix_len + 1;
    }
    memcpy(name + len, h->name, name_len);
    len += name_len;
    name[len] = '\0';
    while (len > 1 && name[len - 1] == '/')
        name[--len] = '\0';
    while (name[0] == '.' && name[1] == '/') {
        memmove(name, name + 2, len - 1);
        len -= 2;
    }
}

static void check_name(const TarReader *t)
{
    if (!path_is_inside(t->name))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unsafe file name \"%s\" in %s", t->name, t->what));
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    return len == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

/* Octal digits, with spaces and NULs around them; or base 256. */
static uint64_t read_number(const TarReader *t, const char *field, size_t size, const char *what)
{
    uint64_t value = 0;
    size_t i = 0;

    if (((uint8_t)field[0] & 0x80) != 0)
        return read_base256(t, field, size, what);
    while (i < size && field[i] == ' ')
        i++;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        value = value << 3 | (uint64_t)(field[i] - '0');
    for (; i < size; i++)
        if (field[i] != ' ' && field[i] != '\0')
            raise_bad(t, err_fmt("bad %s in a header", what));
    return value;
}

static uint64_t read_base256(const TarReader *t, const char *field, size_t size, const char *what)
{
    uint64_t value = 0;

    if ((uint8_t)field[0] != 0x80)
        raise_bad(t, err_fmt("bad %s in a header", what));
    for (size_t i = 1; i < size; i++) {
        if (value > UINT64_MAX >> 8)
            raise_bad(t, err_fmt("bad %s in a header", what));
        value = value << 8 | (uint8_t)field[i];
    }
    return value;
}

/* The sum of all bytes, with the checksum's own field counted as spaces. */
static uint32_t sum_of(const uint8_t *block)
{
    const size_t field = offsetof(TarHeader, checksum);
    uint32_t sum = 0;

    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += i >= field && i < field + sizeof((TarHeader *)0)->checksum ? ' ' : block[i];
    return sum;
}

static void raise_bad(const TarReader *t, const char *what)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("%s is not a proper tar archive: %s", t->what, what),
              .detail = err_fmt("The place is near byte %" PRIu64 ".", t->offset));
}

/* Octal digits and a space; what does not fit is written in base 256. */
static void write_number(char *field, size_t size, uint64_t value)
{
    size_t digits = size - 1;

    if (digits * 3 < 64 && value >> (digits * 3) != 0) {
        field[0] = (char)0x80;
        for (size_t i = size - 1; i > 0; i--, value >>= 8)
            field[i] = (char)(value & 0xFF);
        return;
    }
    field[digits] = ' ';
    for (size_t i = digits; i > 0; i--, value >>= 3)
        field[i - 1] = (char)('0' + (value & 7));
}
