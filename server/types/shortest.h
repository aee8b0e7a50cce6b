/*
 * shortest.h - the shortest decimal digits that read back as the same floating-point number
 *
 * Of several that are as short, the one next to the number. Bounds do not count as inside: a text
 * is taken only when every rounding reads it back.
 *
 * The method is Raffaello Giulietti's Schubfach ("The Schubfach way to render doubles"): three
 * multiplications by a power of ten of 128 bits.
 */
#ifndef TYPES_SHORTEST_H
#define TYPES_SHORTEST_H

#include "common/base/base.h"

typedef struct Shortest {
    uint64_t digits; /* without zeros at the end */
    int exponent;    /* the number is digits * 10^exponent */
} Shortest;

/* v is finite and above 0. */
Shortest shortest_f8(double v);
Shortest shortest_f4(float v);

#endif
