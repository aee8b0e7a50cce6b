/*
 * xml.c - the type xml, as far as EXPLAIN needs it
 *
 * Nothing else makes a value of it yet: what there is has no declaration before it, which would be
 * left out of what is shown.
 */
#include "common/base/base.h"

#include "server/types/types_int.h"

Datum xml_out(FmgrCall *call)
{
    return textout(call);
}
