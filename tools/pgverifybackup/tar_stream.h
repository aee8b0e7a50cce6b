/* tar_stream.h - an archive file as entries, whatever it is compressed with; fed step by step. */
#ifndef PGVERIFYBACKUP_TAR_STREAM_H
#define PGVERIFYBACKUP_TAR_STREAM_H

#include "common/base/base.h"

#include "common/format/tar.h"

typedef struct TarStream TarStream;

/* Open the archive; belongs to the current memory context. */
TarStream *tar_stream_open(const char *path, const TarVisitor *visitor);

/*
 * Read the next max bytes of the file at most, and hand out what they hold; returns how many they
 * were, 0 at the end, when the archive was found complete.
 */
size_t tar_stream_step(TarStream *t, size_t max);

void tar_stream_close(TarStream *t);

#endif
