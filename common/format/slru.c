/* slru.c - entries of SLRU pages and the files of the pages; slru.h has the layout. */
#include "common/base/base.h"

#include "common/format/slru.h"

#include "common/err/err.h"
#include "common/mem/mem.h"

#define XACTS_PER_BYTE    4
#define XACT_BITS         2
#define MEMBERS_PER_GROUP 4
#define GROUP_SIZE        20 /* 4 flag bytes, then 4 xids */
#define GROUPS_PER_PAGE   (BLOCK_SIZE / GROUP_SIZE)
#define COMMIT_TS_SIZE    10

const SlruKind slru_xact = {"pg_xact", BLOCK_SIZE *XACTS_PER_BYTE};
const SlruKind slru_commit_ts = {"pg_commit_ts", BLOCK_SIZE / COMMIT_TS_SIZE};
const SlruKind slru_multixact_offsets = {"pg_multixact/offsets", BLOCK_SIZE / sizeof(MultiOffset)};
const SlruKind slru_multixact_members = {"pg_multixact/members",
                                         GROUPS_PER_PAGE *MEMBERS_PER_GROUP};

static size_t offset_position(MultiXid multi);
static size_t group_position(MultiOffset member);
static size_t commit_ts_position(Xid xid);

char *slru_path_of_page(const SlruKind *kind, uint32_t page, uint64_t *offset)
{
    *offset = (uint64_t)(page % SLRU_PAGES_PER_SEGMENT) * BLOCK_SIZE;
    return mem_printf("%s/%04X", kind->folder, page / SLRU_PAGES_PER_SEGMENT);
}

bool slru_try_parse_name(const char *name, uint32_t *segment)
{
    size_t len = strlen(name);

    /* Six digits would be more than any kind has; longer numbers do not begin with a zero. */
    if (len < 4 || len > 6 || (len > 4 && *name == '0') || strspn(name, "0123456789ABCDEF") != len)
        return false;
    *segment = (uint32_t)strtoul(name, NULL, 16);
    return true;
}

XactStatus xact_status_get(const uint8_t *page, Xid xid)
{
    uint32_t at = xid % slru_xact.items_per_page;

    return (XactStatus)(page[at / XACTS_PER_BYTE] >> (at % XACTS_PER_BYTE * XACT_BITS) & 3);
}

void xact_status_set(uint8_t *page, Xid xid, XactStatus status)
{
    uint32_t at = xid % slru_xact.items_per_page;
    unsigned shift = at % XACTS_PER_BYTE * XACT_BITS;
    uint8_t *byte = &page[at / XACTS_PER_BYTE];

    *byte = (uint8_t)((*byte & ~(3u << shift)) | (unsigned)status << shift);
}

MultiOffset multixact_offset_get(const uint8_t *page, MultiXid multi)
{
    return load_u32(page + offset_position(multi));
}

void multixact_offset_set(uint8_t *page, MultiXid multi, MultiOffset offset)
{
    store_u32(page + offset_position(multi), offset);
}

MultiMember multixact_member_get(const uint8_t *page, MultiOffset member)
{
    const uint8_t *group = page + group_position(member);
    uint32_t slot = member % slru_multixact_members.items_per_page % MEMBERS_PER_GROUP;

    if (group[slot] >= MULTI_STATUS_COUNT)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("invalid status %u of multixact member %u", group[slot], member));
    return (MultiMember){.xid = load_u32(group + MEMBERS_PER_GROUP + 4 * slot),
                         .status = (MultiStatus)group[slot]};
}

void multixact_member_set(uint8_t *page, MultiOffset member, MultiMember value)
{
    uint8_t *group = page + group_position(member);
    uint32_t slot = member % slru_multixact_members.items_per_page % MEMBERS_PER_GROUP;

    group[slot] = (uint8_t)value.status;
    store_u32(group + MEMBERS_PER_GROUP + 4 * slot, value.xid);
}

CommitTs commit_ts_get(const uint8_t *page, Xid xid)
{
    const uint8_t *entry = page + commit_ts_position(xid);

    return (CommitTs){.time = (PgTime)load_u64(entry), .origin = load_u16(entry + 8)};
}

void commit_ts_set(uint8_t *page, Xid xid, CommitTs value)
{
    uint8_t *entry = page + commit_ts_position(xid);

    store_u64(entry, (uint64_t)value.time);
    store_u16(entry + 8, value.origin);
}

static size_t offset_position(MultiXid multi)
{
    return multi % slru_multixact_offsets.items_per_page * sizeof(MultiOffset);
}

static size_t group_position(MultiOffset member)
{
    return member % slru_multixact_members.items_per_page / MEMBERS_PER_GROUP * GROUP_SIZE;
}

static size_t commit_ts_position(Xid xid)
{
    return (size_t)(xid % slru_commit_ts.items_per_page) * COMMIT_TS_SIZE;
}
