/* wal_seg_name.c - parse and make the names of WAL files; wal_seg_name.h has the forms. */
#include "common/base/base.h"

#include "common/format/wal_seg_name.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "common/text/str.h"

#define HALF_LEN 8 /* digits of a timeline, of half a segment number, of an offset */

static uint32_t segs_per_high_half(uint32_t seg_size);
static bool read_seg(const char *name, uint32_t seg_size, WalSeg *out);
static bool has_digits(const char *name, size_t count);

WalNameKind wal_name_kind(const char *name)
{
    if (!has_digits(name, HALF_LEN))
        return WAL_NAME_OTHER;
    if (str_equal(name + HALF_LEN, ".history"))
        return WAL_NAME_HISTORY;
    if (!has_digits(name, WAL_SEG_NAME_LEN))
        return WAL_NAME_OTHER;

    name += WAL_SEG_NAME_LEN;
    if (*name == '\0')
        return WAL_NAME_SEGMENT;
    if (str_equal(name, ".partial"))
        return WAL_NAME_PARTIAL;
    if (*name == '.' && has_digits(name + 1, HALF_LEN) && str_equal(name + 1 + HALF_LEN, ".backup"))
        return WAL_NAME_BACKUP;
    return WAL_NAME_OTHER;
}

bool wal_seg_name_try_parse(const char *name, uint32_t seg_size, WalSeg *out)
{
    return wal_name_kind(name) == WAL_NAME_SEGMENT && read_seg(name, seg_size, out);
}

WalSeg wal_seg_name_parse(const char *name, uint32_t seg_size)
{
    WalSeg seg;

    if (!wal_seg_name_try_parse(name, seg_size, &seg))
        err_raise(SQLSTATE_INVALID_NAME,
                  .message = err_fmt("invalid WAL segment name \"%s\"", name),
                  .detail = err_fmt("The segment size of this cluster is %u bytes.", seg_size));
    return seg;
}

void wal_seg_name_write(WalSeg seg, uint32_t seg_size, char out[WAL_SEG_NAME_LEN + 1])
{
    uint32_t split = segs_per_high_half(seg_size);

    ASSERT(seg.seg_no / split <= UINT32_MAX);
    snprintf(out, WAL_SEG_NAME_LEN + 1, "%08X%08X%08X", seg.tli, (uint32_t)(seg.seg_no / split),
             (uint32_t)(seg.seg_no % split));
}

char *wal_seg_name_at(TimelineId tli, Lsn lsn, uint32_t seg_size)
{
    char *name = mem_alloc(WAL_SEG_NAME_LEN + 1);

    wal_seg_name_write((WalSeg){.tli = tli, .seg_no = wal_seg_no(lsn, seg_size)}, seg_size, name);
    return name;
}

bool wal_partial_name_try_parse(const char *name, uint32_t seg_size, WalSeg *out)
{
    return wal_name_kind(name) == WAL_NAME_PARTIAL && read_seg(name, seg_size, out);
}

bool wal_history_name_try_parse(const char *name, TimelineId *tli)
{
    uint32_t number;

    if (wal_name_kind(name) != WAL_NAME_HISTORY || !hex_read_u32(name, &number) || number == 0)
        return false;
    *tli = number;
    return true;
}

char *wal_history_name(TimelineId tli)
{
    return mem_printf("%08X.history", tli);
}

bool wal_backup_name_try_parse(const char *name, uint32_t seg_size, TimelineId *tli, Lsn *start)
{
    uint32_t offset;
    WalSeg seg;

    if (wal_name_kind(name) != WAL_NAME_BACKUP || !read_seg(name, seg_size, &seg) ||
        !hex_read_u32(name + WAL_SEG_NAME_LEN + 1, &offset) || offset >= seg_size)
        return false;
    *tli = seg.tli;
    *start = wal_seg_start(seg.seg_no, seg_size) + offset;
    return true;
}

char *wal_backup_name(TimelineId tli, Lsn start, uint32_t seg_size)
{
    return mem_printf("%s.%08X.backup", wal_seg_name_at(tli, start, seg_size),
                      wal_seg_offset(start, seg_size));
}

/* The segment that the first 24 digits name. */
static bool read_seg(const char *name, uint32_t seg_size, WalSeg *out)
{
    uint32_t split = segs_per_high_half(seg_size);
    uint32_t tli, high, low;

    if (!hex_read_u32(name, &tli) || !hex_read_u32(name + HALF_LEN, &high) ||
        !hex_read_u32(name + 2 * HALF_LEN, &low))
        return false;

    /* No server writes such a name: the file is foreign, or made with another segment size. */
    if (tli == 0 || low >= split)
        return false;

    *out = (WalSeg){.tli = tli, .seg_no = (uint64_t)high * split + low};
    return true;
}

/* How many segments make 4 GiB of WAL, which is what one step of the high half stands for. */
static uint32_t segs_per_high_half(uint32_t seg_size)
{
    ASSERT(wal_seg_size_is_valid(seg_size));
    return (uint32_t)((UINT64_C(1) << 32) / seg_size);
}

/* Upper-case only: the server writes no others. */
static bool has_digits(const char *name, size_t count)
{
    return strspn(name, "0123456789ABCDEF") >= count;
}
