/*
 * text_search.h - find one text in another
 */
#ifndef TYPES_TEXT_SEARCH_H
#define TYPES_TEXT_SEARCH_H

#include "common/base/base.h"

#include "server/types/collation.h"

/* Raises 0A000 when other bytes may be equal in the collation, 42P22 without one. */
void text_search_check(Oid collation);

/*
 * The first place where pattern, which is not empty, stands; NULL: there is none. Only whole
 * characters count, whatever the encoding.
 */
const char *text_search_find(CollationText text, CollationText pattern);

#endif
