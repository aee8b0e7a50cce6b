/*
 * tar.h - tar archives: headers as PostgreSQL writes them, and a reader that is fed
 *
 * The dialect is POSIX ustar without extensions: files, folders and symbolic links, numbers in
 * octal with a space behind them, sizes over 8 GiB in base 256, user and group always "postgres".
 * Names are shorter than 100 bytes. The reader takes what other programs write too, as far as it is
 * ustar (prefix field, NULs instead of spaces), and refuses what would need the extensions.
 *
 * libarchive is not used here: it pulls, while a base backup is pushed to us in pieces; it takes
 * tars without end blocks (servers 13 and 14) for truncated ones; and it writes other numbers.
 *
 * Promises
 *   1. A name that the reader hands out lies below the folder that it is meant for: relative,
 *      without "..", "." and empty parts; no slash at its end. Others raise.
 *   2. Checksum and numbers of every header are checked; a damaged one raises
 *      SQLSTATE_DATA_CORRUPTED before anything of its entry is handed out.
 *   3. An archive that ends inside an entry raises; one without end blocks does not.
 *
 * Source: POSIX.1-2017 pax, "ustar Interchange Format"; archives of real servers in the tests.
 */
#ifndef FORMAT_TAR_H
#define FORMAT_TAR_H

#include "common/base/base.h"
#include "common/base/bytes.h"

#define TAR_BLOCK    512
#define TAR_NAME_MAX 99   /* bytes of a name or a link target that we write */
#define TAR_END_SIZE 1024 /* zero bytes at the end of an archive */

typedef enum TarKind { TAR_FILE, TAR_DIR, TAR_LINK } TarKind;

typedef struct TarEntry {
    TarKind kind;
    const char *name;
    const char *link; /* TAR_LINK: where it points to, as it stands in the archive */
    uint64_t size;    /* TAR_FILE: bytes that follow */
    uint32_t mode;    /* permission bits 07777 */
    int64_t mtime;    /* Unix seconds */
    uint32_t uid, gid;
    const uint8_t *header; /* from the reader: the TAR_BLOCK bytes as they stand in the archive */
} TarEntry;

/*
 * Write the header of an entry; folders and links get a slash behind the name as PostgreSQL does.
 * Raises SQLSTATE_PROGRAM_LIMIT_EXCEEDED for names and targets that are too long.
 */
void tar_header_write(const TarEntry *entry, uint8_t out[TAR_BLOCK]);

/* Zero bytes that follow the content of a file of that size. */
static inline size_t tar_padding(uint64_t size)
{
    return (size_t)(-size & (TAR_BLOCK - 1));
}

/* What the reader calls, in this order for each entry: begin, data (any number of times), end. */
typedef struct TarVisitor {
    void (*begin)(void *arg, const TarEntry *entry); /* entry is gone after the call */
    void (*data)(void *arg, const void *bytes, size_t len);
    void (*end)(void *arg);
    void *arg;
} TarVisitor;

typedef struct TarReader TarReader;

/* what names the archive in errors; it must outlive the reader. */
TarReader *tar_reader_new(const TarVisitor *visitor, const char *what);

/* Take the next piece; content goes to the visitor without being copied. */
void tar_reader_write(TarReader *t, const void *bytes, size_t len);

/* The archive is over. */
void tar_reader_finish(TarReader *t);

/* True when the two zero blocks were seen that end an archive; a file without them was cut. */
bool tar_reader_has_end(const TarReader *t);
void tar_reader_free(TarReader *t);

#endif
