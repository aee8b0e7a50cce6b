/*
 * usage.h - what a part of a command has cost, for VERBOSE
 */
#ifndef COMMAND_USAGE_H
#define COMMAND_USAGE_H

#include "common/base/base.h"

typedef struct CommandUsage {
    PgTime began;
    uint64_t user_us, system_us;
} CommandUsage;

void usage_begin(CommandUsage *usage);

/* "CPU: user: 0.00 s, system: 0.00 s, elapsed: 0.00 s", since then; in the current context. */
char *usage_text(const CommandUsage *since);

#endif
