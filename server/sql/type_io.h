/*
 * type_io.h - the functions by which values of a type are read and written, found once
 */
#ifndef SQL_TYPE_IO_H
#define SQL_TYPE_IO_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

typedef struct TypeIo {
    Oid type;
    bool is_stale; /* its row has changed: not to be found any more */
    bool has_columns; /* of a row, or of rows in an array: what columns these have is kept, too */
    const char *name;
    Oid io_param;
    Oid output, send; /* 0: it has none */
    Oid input, receive;
    FmgrSite output_site, send_site, input_site, receive_site; /* fn NULL: not asked for yet */
} TypeIo;

/* As long as the process; raises XX000 "cache lookup failed for type 1", 42704 for a mere shell. */
TypeIo *type_io(Oid type);

/* One of its functions, ready to be called; raises 42883 when the type has none of that kind. */
FmgrSite *type_io_output(TypeIo *io);
FmgrSite *type_io_send(TypeIo *io);
FmgrSite *type_io_input(TypeIo *io);
FmgrSite *type_io_receive(TypeIo *io);

#endif
