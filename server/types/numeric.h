/*
 * numeric.h - what other files of the server need of numerics: make them, read them
 *
 * A numeric is a varlena Datum, as stored (numeric_store.c has the form). Results are in the
 * current context.
 */
#ifndef TYPES_NUMERIC_H
#define TYPES_NUMERIC_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"

Datum numeric_of_i64(int64_t value);

/* value / 10^scale, shown with scale digits after the point. */
Datum numeric_of_scaled(int64_t value, int scale);
Datum numeric_of_text(const char *text); /* 22P02 when it is none */
char *numeric_to_text(Datum numeric);
double numeric_to_f8(Datum numeric); /* infinite when it is too large */

/* Rounded; false when it does not fit, or is no number. */
bool numeric_try_i64(Datum numeric, int64_t *out);

/* In the order of the type: NaN is above all. */
int numeric_compare(Datum a, Datum b);

#endif
