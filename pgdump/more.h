/* more.h - reports with several details or hints, each of which begins a line of its own. */
#ifndef PGDUMP_MORE_H
#define PGDUMP_MORE_H

#include "common/base/base.h"

typedef enum More { DETAIL_AGAIN, HINT_AGAIN } More;

/* What stands between two of them; in the current context. */
const char *more_text(More kind);

#endif
