/*
 * output.h - where the script goes: standard output, or a file that gets its name when it is whole
 *
 * What is written is collected in a large buffer. A full disk or a pipe that nobody reads raises. A
 * file is written under a temporary name beside its own, synced and renamed at the end; when the
 * dump fails before, it is removed. A file that was there before hands on its rights; a link stays
 * one, and what it points to is written.
 */
#ifndef PGDUMP_OUTPUT_H
#define PGDUMP_OUTPUT_H

#include "common/base/base.h"

#include "common/base/bytes.h"

typedef struct Output Output;

/* path NULL: standard output. no_sync: the file need not be safe on disk. */
Output *output_open(const char *path, bool no_sync);

const ByteSink *output_sink(Output *out);

/* All was written: flush, and let the file have its name. */
void output_close(Output *out);

#endif
