/* option_int.h - what the sources of this folder share. */
#ifndef OPTION_OPTION_INT_H
#define OPTION_OPTION_INT_H

#include "common/base/base.h"

#include "common/option/option.h"

/* The options that every set has. Their fields are never written. */
extern const OptionDef option_help_def;
extern const OptionDef option_version_def;

#endif
