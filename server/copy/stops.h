/*
 * stops.h - which bytes of a block are among four: where scans of text have to look closer
 */
#ifndef COPY_STOPS_H
#define COPY_STOPS_H

#include "common/base/base.h"

#if defined(__SSE2__)
# include <emmintrin.h>
#endif

#define COPY_BLOCK 32 /* bytes looked at together */

typedef struct CopyStops {
    uint8_t bytes[4];
} CopyStops;

#if defined(__SSE2__)

static inline uint32_t copy_stops_in_half(const uint8_t *p, const CopyStops *stops)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i a = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)stops->bytes[0]));
    __m128i b = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)stops->bytes[1]));
    __m128i c = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)stops->bytes[2]));
    __m128i d = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)stops->bytes[3]));

    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)));
}

#else

static inline uint32_t copy_stops_in_half(const uint8_t *p, const CopyStops *stops)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < COPY_BLOCK / 2; i++)
        if (p[i] == stops->bytes[0] || p[i] == stops->bytes[1] || p[i] == stops->bytes[2] ||
            p[i] == stops->bytes[3])
            mask |= UINT32_C(1) << i;
    return mask;
}

#endif

/* A bit for each byte of the block that is one of the stops. */
static inline uint32_t copy_stops_in(const uint8_t *p, const CopyStops *stops)
{
    return copy_stops_in_half(p, stops) | copy_stops_in_half(p + COPY_BLOCK / 2, stops)
                                              << (COPY_BLOCK / 2);
}

#endif
