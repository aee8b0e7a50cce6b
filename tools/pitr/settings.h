/*
 * settings.h - the recovery settings of a restored cluster
 *
 * They go to the end of postgresql.auto.conf, which the server reads last, and recovery.signal
 * makes the server follow them. Settings that an earlier restore left there are taken out first.
 */
#ifndef PITR_SETTINGS_H
#define PITR_SETTINGS_H

#include "common/base/base.h"

#include "tools/pitr/target.h"

typedef struct RecoverySettings {
    const char *repo_url;
    const char *cluster;
    const char *walarchive; /* absolute path of the program that fetches WAL */
    const Target *target;
    TimelineId tli;
} RecoverySettings;

/* Write both files into the data directory; they are synced with the tree. */
void settings_write(const char *dir, const RecoverySettings *s);

#endif
