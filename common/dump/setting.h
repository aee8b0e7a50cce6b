/* setting.h - settings that belong to functions, roles and databases, as SET has them. */
#ifndef DUMP_SETTING_H
#define DUMP_SETTING_H

#include "common/base/base.h"

#include "common/dump/archive.h"
#include "common/text/strbuf.h"

/* "name TO 'value'" of "name=value", for an entry of a; lists of names are lists there too. */
void setting_add(StrBuf *sql, const char *setting, const Archive *a);

#endif
