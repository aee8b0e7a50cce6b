/* pitr.h - the verbs of pitr; main.c has the table, each verb a file. */
#ifndef PITR_PITR_H
#define PITR_PITR_H

#include "common/base/base.h"

#include "common/option/option.h"
#include "common/repo/options.h"
#include "common/tool/tool.h"

/* What every verb's struct begins with. */
typedef struct PitrOptions {
    ToolLog log;
    RepoOptions repo;
} PitrOptions;

extern const OptionSet restore_options;
int restore_run(const Options *o);

#endif
