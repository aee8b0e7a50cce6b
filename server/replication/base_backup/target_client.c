/*
 * target_client.c - archives and manifest as messages of a copy
 *
 * Bytes of files are read right into the buffer that is sent. A message stays open while it has
 * room, so that many small files go out with one call.
 */
#include "common/base/base.h"

#include "server/replication/base_backup/target.h"

#include "common/mem/mem.h"
#include "common/proto/backup_stream.h"
#include "server/ipc/interrupt.h"
#include "server/net/copy.h"
#include "server/net/net.h"

typedef struct ClientTarget {
    BackupTarget target;
    bool has_data;
    size_t piece_size;
    size_t left; /* room in the message of data that is open; 0: none is */
} ClientTarget;

static void begin_message(ClientTarget *c, BackupKind kind)
{
    copy_out_piece();
    net_put_u8((uint8_t)kind);
    c->left = 0;
}

static void end_message(ClientTarget *c)
{
    c->left = 0;
    if (net_is_in_message())
        net_end();
    check_interrupts();
}

static void client_begin_archive(BackupTarget *self, const char *name, const char *location)
{
    ClientTarget *c = (ClientTarget *)self;

    begin_message(c, BACKUP_ARCHIVE);
    net_put_bytes(name, strlen(name) + 1);
    net_put_bytes(location, strlen(location) + 1);
    end_message(c);
}

static uint8_t *client_room(BackupTarget *self, size_t min, size_t *size)
{
    ClientTarget *c = (ClientTarget *)self;

    ASSERT(c->has_data);
    if (c->left < min) {
        end_message(c);
        begin_message(c, BACKUP_DATA);
        c->left = c->piece_size;
    }
    *size = c->left;
    return (uint8_t *)net_room(c->left);
}

static void client_take(BackupTarget *self, size_t len)
{
    ClientTarget *c = (ClientTarget *)self;

    net_take_room(len);
    c->left -= len;
    if (c->left == 0)
        end_message(c);
}

static void client_progress(BackupTarget *self, uint64_t done)
{
    ClientTarget *c = (ClientTarget *)self;

    end_message(c);
    begin_message(c, BACKUP_PROGRESS);
    net_put_u64(done);
    end_message(c);
    net_flush();
}

static void client_end(BackupTarget *self)
{
    end_message((ClientTarget *)self);
}

static void client_begin_manifest(BackupTarget *self)
{
    ClientTarget *c = (ClientTarget *)self;

    begin_message(c, BACKUP_MANIFEST);
    end_message(c);
}

BackupTarget *backup_target_client(bool has_data, size_t piece_size)
{
    ClientTarget *c = mem_new(ClientTarget);

    ASSERT(piece_size >= BACKUP_ROOM_MIN);
    *c = (ClientTarget){.target = {.begin_archive = client_begin_archive,
                                   .room = client_room,
                                   .take = client_take,
                                   .progress = client_progress,
                                   .end_archive = client_end,
                                   .begin_manifest = client_begin_manifest,
                                   .end_manifest = client_end,
                                   .finish = client_end},
                        .has_data = has_data,
                        .piece_size = piece_size};
    return &c->target;
}
