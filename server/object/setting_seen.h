/*
 * setting_seen.h - which settings the current role may see
 *
 * Some tell where files are, and what is in the command line: they are for those with the rights of
 * pg_read_all_settings.
 */
#ifndef OBJECT_SETTING_SEEN_H
#define OBJECT_SETTING_SEEN_H

#include "common/base/base.h"

#include "common/ds/array.h"

/* Are those among them that not everybody sees? */
bool setting_sees_all(void);

/* The name in its own spelling. Raises 42704 for what is no setting, 42501 when it is not seen. */
const char *setting_require_seen(const char *name);

/* GucRow, as guc_list() gives them: those that are seen, without what no list shows. */
void setting_list_seen(Array *rows);

#endif
