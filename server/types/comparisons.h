/*
 * comparisons.h - the six functions behind =, <>, <, <=, > and >= of a type
 *
 *     COMPARISONS(bytea, , is_equal(call), compare(call))
 *     COMPARISONS(name, text, name_text_equal(call), compare_name_text(call))
 *
 * makes byteaeq, byteane and so on, nameeqtext, namenetext and so on. The expressions see `call`;
 * order is negative, 0 or positive.
 */
#ifndef TYPES_COMPARISONS_H
#define TYPES_COMPARISONS_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

#define COMPARISON(name, test) \
 Datum name(FmgrCall *call)    \
 {                             \
  return datum_of_bool(test);  \
 }

#define COMPARISONS(prefix, suffix, is_equal, order) \
 COMPARISON(prefix##eq##suffix, is_equal)            \
 COMPARISON(prefix##ne##suffix, !(is_equal))         \
 COMPARISON(prefix##lt##suffix, (order) < 0)         \
 COMPARISON(prefix##le##suffix, (order) <= 0)        \
 COMPARISON(prefix##gt##suffix, (order) > 0)         \
 COMPARISON(prefix##ge##suffix, (order) >= 0)

#endif
