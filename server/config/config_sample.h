/*
 * config_sample.h - the text of a new cluster's postgresql.conf
 *
 * All settings that a file may have, in groups, each commented out at its default with a line on
 * what it does; those that the new cluster is given values for are in force. Needs no guc_init().
 */
#ifndef CONFIG_CONFIG_SAMPLE_H
#define CONFIG_CONFIG_SAMPLE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

typedef struct ConfigSampleValue {
    const char *name;
    const char *value; /* plain, in the form of SHOW; quoted here where it is needed */
} ConfigSampleValue;

/*
 * Of a name given twice the last counts. Raises 42704 for a name that no setting has, nor a module
 * could have.
 */
void config_sample_write(StrBuf *out, const ConfigSampleValue *values, size_t count);

#endif
