/*
 * text_part.h - substring() and overlay() of whatever is a row of units: characters, or bytes
 *
 * Arguments are those of the SQL function: the text, then where and how much. Raise 22011 for
 * negative lengths.
 */
#ifndef TYPES_TEXT_PART_H
#define TYPES_TEXT_PART_H

#include "common/base/base.h"

#include "server/types/text_arg.h"

/* From unit start (1 is the first) on, up to unit end, which does not belong to it. */
typedef CollationText TextSlice(CollationText t, int64_t start, int64_t end);

Datum text_part(FmgrCall *call, TextSlice *slice);      /* start, length */
Datum text_part_rest(FmgrCall *call, TextSlice *slice); /* start */

/* Argument 1 in place of count units from start on. */
Datum text_overlay(FmgrCall *call, int32_t start, int32_t count, TextSlice *slice);

#endif
