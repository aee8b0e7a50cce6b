/*
 * copy.h - the copy modes of the protocol: data between a command and the client
 *
 *     copy_in_begin(format, columns);
 *     while (copy_in_next(&data))      a piece as the client cut it, which may be amid a row
 *         take(&data);
 *
 * A command that fails while the client still sends just raises: what is left of the copy is passed
 * over by the session, since the client may not know yet.
 */
#ifndef NET_COPY_H
#define NET_COPY_H

#include "common/base/base.h"

#include "common/base/bytes.h"

typedef enum CopyFormat { COPY_TEXT = 0, COPY_BINARY = 1 } CopyFormat;

/* Ask for data; all columns have the one format. */
void copy_in_begin(CopyFormat format, unsigned columns);

/*
 * The next piece, valid until the next call; false when the client has said that it was the last.
 * Raises 57014 when it gives up, 08006 when it is gone, 08P01 when it says something else, after
 * which the session cannot go on.
 */
bool copy_in_next(ByteReader *data);

/* Announce data; then each piece between copy_out_piece() and net_end(). */
void copy_out_begin(CopyFormat format, unsigned columns);
void copy_out_piece(void);
void copy_out_end(void);

/* Both ways at once, for streams of WAL: announce it; the walsender reads messages by itself. */
void copy_both_begin(void);

#endif
