/*
 * receive.h - the copy streams of BASE_BACKUP, taken apart and given to an output
 *
 * Servers from 15 on send one stream with letters, those before one stream for each archive and one
 * for the manifest. What an output sees is the same.
 */
#ifndef PGBASEBACKUP_RECEIVE_H
#define PGBASEBACKUP_RECEIVE_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/ds/array.h"
#include "pgbasebackup/output.h"

typedef struct Receive {
    Client *client;
    const Array *spaces; /* of BackupSpace, as announced: the data directory is the last */
    const char *suffix;  /* what names of archives end in, after ".tar": "" or ".gz" */
    bool has_manifest;   /* one was asked for */
    Output *output;      /* NULL: the server writes the backup, only progress comes */
    Report *report;
    void (*check)(void *arg); /* called now and then; raises when the backup is to end */
    void *check_arg;
} Receive;

void receive_backup(const Receive *r);

#endif
