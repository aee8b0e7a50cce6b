/* toast_int.h - what the files of access/toast share */
#ifndef TOAST_TOAST_INT_H
#define TOAST_TOAST_INT_H

#include "common/base/base.h"

#include "server/access/toast/toast.h"

/* Columns of a toast table. */
enum { CHUNK_ID = 1, CHUNK_SEQ = 2, CHUNK_DATA = 3 };
enum { CHUNK_COLUMNS = 3 };

const TupleDesc *toast_chunk_desc(void);

/* Is it a pointer into a toast table? (Others point into memory.) */
bool toast_is_on_disk(const uint8_t *value);
ToastPointer toast_read_pointer(const uint8_t *value);

/* Has the table a chunk of that value, dead or alive? */
bool toast_has_value(ToastRel *toast, Oid id);
bool toast_table_has_value(Oid toast_table, Oid id);

#endif
