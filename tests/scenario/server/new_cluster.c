/*
 * new_cluster.c - make a data directory around the databases that bootstrap_write() makes
 *
 *     new_cluster DIR SUPERUSER on|off [collations]
 *
 * The third word says whether pages have checksums; collations asks for those of the machine. What
 * is beside the databases is the least that lets a real PostgreSQL 15 start: a control file and a
 * log that hold a checkpoint at shutdown, the status of transactions, empty folders, settings that
 * ask for nothing.
 */
#include "common/base/base.h"

#include <string.h>
#include <time.h>

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/crypt/random.h"
#include "common/format/control_file.h"
#include "common/format/pg_version.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/encoding.h"
#include "server/catalog/bootstrap.h"
#include "server/catalog/collation_list.h"

#define SEGMENT_SIZE  MIB(16)
#define FIRST_LSN     (UINT64_C(0x1000000) + WAL_PAGE_HEADER_LONG)
#define RECORD_HEADER 24
#define RECORD_SIZE   (RECORD_HEADER + 2 + CHECKPOINT_SIZE)
#define SHORT_MAIN    255 /* id of main data of at most 255 bytes */

static const char *const folders[] = {
    "base",
    "pg_commit_ts",
    "pg_dynshmem",
    "pg_logical/mappings",
    "pg_logical/snapshots",
    "pg_multixact/members",
    "pg_multixact/offsets",
    "pg_notify",
    "pg_replslot",
    "pg_serial",
    "pg_snapshots",
    "pg_stat",
    "pg_stat_tmp",
    "pg_subtrans",
    "pg_tblspc",
    "pg_twophase",
    "pg_wal/archive_status",
    "pg_xact",
};

static const char *const empty_pages[] = {"pg_multixact/members/0000", "pg_multixact/offsets/0000",
                                          "pg_subtrans/0000", "pg_xact/0000"};

static void write_text(const char *dir, const char *name, const char *text)
{
    os_write_durable(mem_printf("%s/%s", dir, name), text, strlen(text));
}

static Checkpoint first_checkpoint(Oid next_oid)
{
    return (Checkpoint){.redo = FIRST_LSN,
                        .tli = 1,
                        .prev_tli = 1,
                        .full_page_writes = true,
                        .next_xid = BOOTSTRAP_NEXT_XID,
                        .next_oid = next_oid,
                        .next_multi = BOOTSTRAP_NEXT_MULTI,
                        .oldest_xid = BOOTSTRAP_NEXT_XID,
                        .oldest_xid_db = BOOTSTRAP_OLDEST_XID_DB,
                        .oldest_multi = BOOTSTRAP_NEXT_MULTI,
                        .oldest_multi_db = BOOTSTRAP_OLDEST_XID_DB,
                        .time = time(NULL)};
}

static void write_control(const char *dir, uint64_t system_id, Oid next_oid, bool has_checksums)
{
    const PgVersion *version = pg_version_find(15);
    ControlFile control = {.version = 15,
                           .system_id = system_id,
                           .control_version = version->control_version,
                           .catalog_version = version->catalog_version,
                           .state = CONTROL_SHUT_DOWN,
                           .checkpoint_lsn = FIRST_LSN,
                           .unlogged_lsn = UNLOGGED_LSN_FIRST,
                           .wal_level = WAL_LEVEL_REPLICA,
                           .max_connections = 100,
                           .max_worker_processes = 8,
                           .max_wal_senders = 10,
                           .max_locks_per_xact = 64,
                           .max_align = 8,
                           .float_format = CONTROL_FILE_FLOAT,
                           .block_size = BLOCK_SIZE,
                           .segment_blocks = SEGMENT_BLOCKS,
                           .wal_block_size = WAL_PAGE_SIZE,
                           .wal_segment_size = SEGMENT_SIZE,
                           .name_size = 64,
                           .index_key_max = 32,
                           .toast_chunk_size = 1996,
                           .large_object_chunk_size = 2048,
                           .float8_by_value = true,
                           .checksum_version = has_checksums,
                           .checkpoint = first_checkpoint(next_oid)};
    uint8_t bytes[CONTROL_FILE_SIZE];

    random_bytes(control.nonce, sizeof control.nonce);
    control_file_encode(&control, bytes);
    os_write_durable(mem_printf("%s/%s", dir, CONTROL_FILE_NAME), bytes, sizeof bytes);
}

/* The record of a checkpoint at shutdown: rmgr 0, info 0. */
static void put_record(uint8_t *record, Oid next_oid)
{
    Checkpoint checkpoint = first_checkpoint(next_oid);

    store_u32(record, RECORD_SIZE);
    record[RECORD_HEADER] = SHORT_MAIN;
    record[RECORD_HEADER + 1] = CHECKPOINT_SIZE;
    checkpoint_encode(&checkpoint, record + RECORD_HEADER + 2);
    store_u32(record + 20, crc32c_wal_record(record, RECORD_SIZE));
}

static void write_segment(const char *dir, uint64_t system_id, Oid next_oid)
{
    uint8_t *bytes = mem_alloc(SEGMENT_SIZE);
    WalPageHeader header = {.magic = wal_page_magic(15),
                            .info = WAL_PAGE_LONG,
                            .tli = 1,
                            .address = SEGMENT_SIZE,
                            .system_id = system_id,
                            .seg_size = SEGMENT_SIZE,
                            .page_size = WAL_PAGE_SIZE};

    put_record(bytes + wal_page_write_header(bytes, &header), next_oid);
    os_write_durable(mem_printf("%s/pg_wal/000000010000000000000001", dir), bytes, SEGMENT_SIZE);
}

int main(int argc, char **argv)
{
    static const uint8_t empty_page[BLOCK_SIZE];
    uint64_t system_id = (uint64_t)time(NULL) << 32 | (random_u64() & UINT32_MAX);
    BootstrapOptions options = {
        .encoding = ENCODING_UTF8, .locale_provider = 'c', .collate = "C", .ctype = "C"};
    const char *dir = argv[1];
    Array collations;
    Oid next_oid;

    if (argc != 4 && argc != 5)
        return 2;
    if (argc == 5) {
        collation_list_system(&collations);
        options.collations = collations.items;
        options.collation_count = collations.count;
    }
    options.superuser = argv[2];
    options.has_checksums = strcmp(argv[3], "on") == 0;

    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        os_dir_make_all_durable(mem_printf("%s/%s", dir, folders[i]));
    next_oid = bootstrap_write(dir, &options);
    bootstrap_copy_template(dir, &options);
    for (size_t i = 0; i < ARRAY_LEN(empty_pages); i++)
        os_write_durable(mem_printf("%s/%s", dir, empty_pages[i]), empty_page, sizeof empty_page);
    write_control(dir, system_id, next_oid, options.has_checksums);
    write_segment(dir, system_id, next_oid);
    write_text(dir, "postgresql.conf", "\n");
    write_text(dir, "pg_hba.conf", "local all all trust\n");
    write_text(dir, "pg_ident.conf", "");
    write_text(dir, "PG_VERSION", "15\n");
    return 0;
}
