/*
 * crc32c.h - CRC-32C (Castagnoli), the checksum of WAL records, control file and manifests
 *
 * Reflected polynomial 0x82F63B78, start and final inversion 0xFFFFFFFF. A checksum over several
 * pieces:
 *
 *     uint32_t crc = crc32c_init();
 *     crc = crc32c_update(crc, head, head_len);
 *     crc = crc32c_update(crc, body, body_len);
 *     crc = crc32c_final(crc);
 */
#ifndef CRYPT_CRC32C_H
#define CRYPT_CRC32C_H

#include "common/base/base.h"

static inline uint32_t crc32c_init(void)
{
    return UINT32_C(0xFFFFFFFF);
}

/* The running value after len more bytes; it means nothing to others before crc32c_final. */
uint32_t crc32c_update(uint32_t crc, const void *bytes, size_t len);

static inline uint32_t crc32c_final(uint32_t crc)
{
    return ~crc;
}

/* The checksum of one piece. */
static inline uint32_t crc32c(const void *bytes, size_t len)
{
    return crc32c_final(crc32c_update(crc32c_init(), bytes, len));
}

/*
 * What the CRC field of a WAL record of len bytes must hold, 24 or more: the checksum of what
 * follows the header, then of the header up to that field. Records are short and many, so that two
 * calls of the above for each would cost a third more.
 */
uint32_t crc32c_wal_record(const uint8_t *record, size_t len);

/*
 * The way it is computed here: the best that the processor has of "pclmul" (three streams at once),
 * "sse4.2", "armv8" and "tables". All give the same values.
 */
const char *crc32c_path(void);

/* Take another way, for tests and measures; false when this processor does not have it. */
bool crc32c_try_set_path(const char *path);

#endif
