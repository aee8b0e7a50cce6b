/* setting.h - settings that belong to functions, roles and databases, as SET has them. */
#ifndef PGDUMP_SETTING_H
#define PGDUMP_SETTING_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "pgdump/dump.h"

/* "name TO 'value'" of "name=value"; lists of names are lists there too. */
void setting_add(const Dump *d, StrBuf *sql, const char *setting);

#endif
