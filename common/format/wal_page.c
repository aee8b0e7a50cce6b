/* wal_page.c - headers of WAL pages; wal_page.h has the layout. */
#include "common/base/base.h"

#include "common/format/wal_page.h"

#include "common/base/bytes.h"
#include "common/format/pg_version.h"

bool wal_page_read_header(const uint8_t *page, size_t len, WalPageHeader *out)
{
    if (len < WAL_PAGE_HEADER)
        return false;
    *out = (WalPageHeader){
        .magic = load_u16(page),
        .info = load_u16(page + 2),
        .tli = load_u32(page + 4),
        .address = load_u64(page + 8),
        .rem_len = load_u32(page + 16),
    };
    if ((out->info & WAL_PAGE_LONG) == 0)
        return true;
    if (len < WAL_PAGE_HEADER_LONG)
        return false;
    out->system_id = load_u64(page + 24);
    out->seg_size = load_u32(page + 32);
    out->page_size = load_u32(page + 36);
    return true;
}

size_t wal_page_write_header(uint8_t *page, const WalPageHeader *header)
{
    store_u16(page, header->magic);
    store_u16(page + 2, header->info);
    store_u32(page + 4, header->tli);
    store_u64(page + 8, header->address);
    store_u32(page + 16, header->rem_len);
    store_u32(page + 20, 0);
    if ((header->info & WAL_PAGE_LONG) == 0)
        return WAL_PAGE_HEADER;
    store_u64(page + 24, header->system_id);
    store_u32(page + 32, header->seg_size);
    store_u32(page + 36, header->page_size);
    return WAL_PAGE_HEADER_LONG;
}

void wal_page_mark_continued(uint8_t *page, uint32_t rem_len)
{
    store_u16(page + 2, load_u16(page + 2) | WAL_PAGE_CONTINUES);
    store_u32(page + 16, rem_len);
}

unsigned wal_page_version(uint16_t magic)
{
    const PgVersion *version = pg_version_find_by_wal_magic(magic);

    return version == NULL ? 0 : version->major;
}

uint16_t wal_page_magic(unsigned version)
{
    const PgVersion *found = pg_version_find(version);

    return found == NULL ? 0 : found->wal_magic;
}
