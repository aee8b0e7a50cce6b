/*
 * control_file.h - global/pg_control: identity, state and parameters of a cluster
 *
 * The file is 8192 bytes; the struct at its beginning ends in a CRC-32C over all before it, the
 * rest is zero. It is rewritten in place by one write, which a disk does not tear: the struct fits
 * in a sector. A reader beside a running server may still see a mixture and tries again.
 *
 * Layout: 13 to 17 alike (CRC at 288); 18 has one byte more before the nonce (CRC at 292). The
 * control version tells which; the catalog version tells 13 to 16 apart.
 *
 * Promises
 *   1. Decoding keeps the bytes it came from; encoding overwrites the fields alone, so padding
 *      and what lies between survive.
 *   2. control_file_read gives only a file whose version is known and whose CRC is right.
 *   3. control_file_write returns after the bytes are on disk.
 *
 * Source: catalog/pg_control.h of PostgreSQL 15; servers 13 to 18.
 */
#ifndef FORMAT_CONTROL_FILE_H
#define FORMAT_CONTROL_FILE_H

#include "common/base/base.h"

#include "common/format/checkpoint.h"

#define CONTROL_FILE_NAME       "global/pg_control"
#define CONTROL_FILE_SIZE       8192
#define CONTROL_FILE_STRUCT_MAX 296 /* bytes with a meaning, in any version */
#define CONTROL_FILE_NONCE_SIZE 32
#define CONTROL_FILE_FLOAT      1234567.0

/* Where the server counts from when an unlogged index needs an LSN. */
#define UNLOGGED_LSN_FIRST UINT64_C(1000)

typedef enum ControlState {
    CONTROL_STARTING_UP,
    CONTROL_SHUT_DOWN,
    CONTROL_SHUT_DOWN_IN_RECOVERY,
    CONTROL_SHUTTING_DOWN,
    CONTROL_IN_CRASH_RECOVERY,
    CONTROL_IN_ARCHIVE_RECOVERY,
    CONTROL_IN_PRODUCTION,
    CONTROL_STATE_COUNT,
} ControlState;

typedef enum WalLevel { WAL_LEVEL_MINIMAL, WAL_LEVEL_REPLICA, WAL_LEVEL_LOGICAL } WalLevel;

typedef struct ControlFile {
    unsigned version; /* major; 0 when the file names none that is known */
#define CONTROL_U32             uint32_t
#define CONTROL_U64             uint64_t
#define CONTROL_I64             int64_t
#define CONTROL_FLAG            bool
#define CONTROL_REAL            double
#define ROW(offset, kind, name) CONTROL_##kind name; /* control_field.def */
#include "common/format/control_field.def"
#undef ROW
    Checkpoint checkpoint;
    bool char_is_signed;                    /* 18 and later; true before */
    uint8_t nonce[CONTROL_FILE_NONCE_SIZE]; /* for pretended SCRAM salts */
    uint32_t crc;                           /* as stored */
    bool is_crc_right;
    uint8_t raw[CONTROL_FILE_STRUCT_MAX]; /* what was decoded; zero in a new one */
} ControlFile;

/*
 * Take the bytes of the file apart, as far as they make sense, and judge nothing: for looking at
 * a file that may be damaged. Raises only when it is shorter than the struct, naming path.
 */
void control_file_decode(const uint8_t *bytes, size_t len, const char *path, ControlFile *out);

/* The whole file as bytes, CRC computed. The control version decides the layout. */
void control_file_encode(const ControlFile *control, uint8_t bytes[CONTROL_FILE_SIZE]);

/* Read and decode data_dir/global/pg_control; as control_file_decode. */
void control_file_read_unchecked(const char *data_dir, ControlFile *out);

/*
 * The same for those who rely on it: raises SQLSTATE_DATA_CORRUPTED when the CRC is wrong or a
 * field cannot be (state, WAL segment size), 0A000 when the version is not one of 13 to 18.
 */
void control_file_read(const char *data_dir, ControlFile *out);

/*
 * Raise 0A000, in the words of a server of that major version that refuses to start, unless the
 * cluster is one for it: control version, CRC, catalog version, alignment, float format, sizes.
 */
void control_file_check(const ControlFile *control, unsigned version);

/* Set the time of the last change to now and write the file in place, durably. */
void control_file_write(const char *data_dir, ControlFile *control);

/* "in production" and so on; "unrecognized status code". */
const char *control_state_text(uint32_t state);

/* "minimal", "replica", "logical"; "unrecognized wal_level". */
const char *wal_level_text(uint32_t wal_level);

/* Ended in good order: no recovery is needed before its files mean something. */
static inline bool control_state_is_clean(uint32_t state)
{
    return state == CONTROL_SHUT_DOWN || state == CONTROL_SHUT_DOWN_IN_RECOVERY;
}

#endif
