/* archive_command.h - commands of the settings that move files of the log: %p, %f and %r in them */
#ifndef WAL_ARCHIVE_COMMAND_H
#define WAL_ARCHIVE_COMMAND_H

#include "common/base/base.h"

/* What stands for them in a command; NULL: they stay as they are. */
typedef struct ArchiveWords {
    const char *path;       /* %p */
    const char *name;       /* %f */
    char *(*restart)(void); /* %r: the oldest file that is needed; asked for when it is there */
} ArchiveWords;

/* %% is a percent sign, anything else behind one stays as it is. In the current context. */
char *archive_command_fill(const char *command, const ArchiveWords *words);

#endif
