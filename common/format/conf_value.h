/*
 * conf_value.h - a text as postgresql.conf, and the files it includes, have it: 'it''s'
 *
 * Source: PostgreSQL 15 manual, "Parameter Interaction via the Configuration File".
 */
#ifndef FORMAT_CONF_VALUE_H
#define FORMAT_CONF_VALUE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

/* Add value in quotes. One line whatever value is, so that it cannot become another setting. */
void conf_value_write(StrBuf *out, const char *value);

#endif
