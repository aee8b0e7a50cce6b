/*
 * guarded_call.h - functions that are called with other rights or settings than the caller's:
 * SECURITY DEFINER, SET
 */
#ifndef EXPR_GUARDED_CALL_H
#define EXPR_GUARDED_CALL_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/fmgr/fmgr.h"

/* If the function's row asks for it: the site calls it as its owner, and with its settings. */
void guarded_call_wrap(const HeapTuple *row, FmgrSite *site);

#endif
