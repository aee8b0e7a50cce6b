/*
 * datum_image.h - what can be done with a value when only its length is known: copy, size, equality
 * of bytes
 *
 * len is that of the type: bytes, -1 varlena, -2 C string.
 */
#ifndef FMGR_DATUM_IMAGE_H
#define FMGR_DATUM_IMAGE_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"

/* Bytes of a value that is a pointer, with all its headers. */
size_t datum_size(Datum value, int16_t len);

/* The same value, in the current context; what is stored out of line stays there. */
Datum datum_copy(Datum value, bool by_value, int16_t len);

/* Are the bytes equal where the values lie? */
bool datum_image_equal(Datum a, Datum b, bool by_value, int16_t len);

/* As above, but a short, a plain and a compressed varlena are equal when their contents are. */
bool datum_content_equal(Datum a, Datum b, bool by_value, int16_t len);

#endif
