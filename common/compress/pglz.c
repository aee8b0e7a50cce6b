/*
 * pglz.c - PostgreSQL's own compression; pglz.h has the format
 *
 * The decoder runs in two gears. While enough is left of both buffers it decodes whole groups with
 * few questions: literals and copies are moved in chunks that may run over their end, into room
 * that is known to be there and is written again by what follows. Near the end of either buffer,
 * and for what does not fit, the careful gear goes item by item. Distances are checked in both.
 *
 * The encoder looks for the longest copy among the latest positions with the same hash, as chains
 * in a table, and takes it at once.
 *
 * Figures, AMD EPYC (Zen 5), one thread, pages of 8 kB: 2.4 GB/s decoding and 0.3 GB/s encoding
 * WAL, 9.8 GB/s and 0.45 GB/s for pages of a new table of pgbench.
 */
#include "common/base/base.h"

#include "common/compress/pglz.h"

#include "common/base/bytes.h"

#define DISTANCE_MAX   4095
#define LENGTH_MIN     3
#define LENGTH_SHORT   17 /* the longest copy that two bytes tell */
#define LENGTH_MAX     273
#define FIRST_COPY_MAX 1024 /* give up when there was no copy in so many bytes of output */

/* ---- Decoding ---- */

#define GROUP_BYTES_MAX 25 /* a control byte and eight copies of three bytes */
#define CHUNK           16 /* bytes moved at a time, and so the most written beyond an end */

/* In the fast gear a group may read and write so much, copies over LENGTH_SHORT apart. */
#define FAST_IN_MIN  (GROUP_BYTES_MAX + CHUNK)
#define FAST_OUT_MIN (8 * LENGTH_SHORT + 2 * CHUNK)

typedef struct Decoder {
    const uint8_t *in, *in_end;
    uint8_t *start, *out, *out_end;
    unsigned control; /* the group's bits that are left, below a last bit that is always 1 */
} Decoder;

#define GROUP_DONE 1U

static bool decode_fast(Decoder *d);
static bool decode_item(Decoder *d);

bool pglz_try_decompress(const void *bytes, size_t len, void *out, size_t out_len)
{
    Decoder d = {.in = bytes, .start = out, .out = out, .control = GROUP_DONE};

    d.in_end = d.in + len;
    d.out_end = d.out + out_len;
    if (!decode_fast(&d))
        return false;
    while (d.out < d.out_end)
        if (!decode_item(&d))
            return false;
    return d.in == d.in_end;
}

static inline void copy_8(uint8_t *to, const uint8_t *from)
{
    store_u64(to, load_u64(from));
}

static inline void copy_16(uint8_t *to, const uint8_t *from)
{
    uint64_t low = load_u64(from);
    uint64_t high = load_u64(from + 8);

    store_u64(to, low);
    store_u64(to + 8, high);
}

/*
 * Repeat what stands distance bytes before to, for length bytes and up to CHUNK - 1 more. A chunk
 * must not read what it has not written yet, so near copies make their first eight bytes singly
 * and go on from a multiple of the distance that is eight or more.
 */
static inline void copy_fast(uint8_t *to, size_t distance, size_t length)
{
    static const uint8_t multiple[8] = {0, 8, 8, 9, 8, 10, 12, 14};
    const uint8_t *from = to - distance;
    uint8_t *end = to + length;

    if (LIKELY(distance >= 16)) {
        do {
            copy_16(to, from);
            to += 16;
            from += 16;
        } while (UNLIKELY(to < end));
        return;
    }
    if (distance < 8) {
        for (size_t i = 0; i < 8; i++)
            to[i] = from[i];
        to += 8;
        from = to - multiple[distance];
    }
    for (; to < end; to += 8, from += 8)
        copy_8(to, from);
}

/* Decode while there is room for carelessness; false when the stream is damaged. */
static bool decode_fast(Decoder *d)
{
    const uint8_t *in = d->in;
    uint8_t *out = d->out;
    unsigned control = GROUP_DONE;

    while (d->in_end - in >= FAST_IN_MIN && d->out_end - out >= FAST_OUT_MIN) {
        control = *in++ | 0x100U;
        for (;;) {
            int literals = __builtin_ctz(control);
            size_t length, distance;

            copy_8(out, in);
            out += literals;
            in += literals;
            control >>= literals;
            if (control == GROUP_DONE)
                break;

            length = (in[0] & 0x0FU) + LENGTH_MIN;
            distance = (in[0] & 0xF0U) << 4 | in[1];
            if (length > LENGTH_SHORT)
                length += in[2];
            if (UNLIKELY(distance - 1 >= (size_t)(out - d->start)))
                return false;
            /* The rest of the group needs the same room again; else the other gear takes over. */
            if (UNLIKELY(length > LENGTH_SHORT &&
                         (size_t)(d->out_end - out) < length + FAST_OUT_MIN))
                goto careful;
            in += length > LENGTH_SHORT ? 3 : 2;
            copy_fast(out, distance, length);
            out += length;
            control >>= 1;
        }
    }
careful:
    d->in = in;
    d->out = out;
    d->control = control;
    return true;
}

/* Decode one item, and the control byte before it; false when the stream is damaged. */
static bool decode_item(Decoder *d)
{
    size_t length, distance, left;
    unsigned bit;

    if (d->control == GROUP_DONE) {
        if (d->in == d->in_end)
            return false;
        d->control = *d->in++ | 0x100U;
    }
    bit = d->control & 1;
    d->control >>= 1;
    left = (size_t)(d->in_end - d->in);
    if (!bit) {
        if (left == 0)
            return false;
        *d->out++ = *d->in++;
        return true;
    }

    if (left < 2)
        return false;
    length = (d->in[0] & 0x0FU) + LENGTH_MIN;
    distance = (d->in[0] & 0xF0U) << 4 | d->in[1];
    d->in += 2;
    if (length > LENGTH_SHORT) {
        if (left < 3)
            return false;
        length += *d->in++;
    }
    if (distance - 1 >= (size_t)(d->out - d->start) || length > (size_t)(d->out_end - d->out))
        return false;
    for (; length > 0; length--, d->out++)
        *d->out = d->out[-(ptrdiff_t)distance];
    return true;
}

/* ---- Encoding ---- */

/*
 * Byte for byte what PostgreSQL makes of the same input, as sizes decide where a value is stored.
 * So all that the choice of a copy depends on is as it is there: the hash that gathers candidates,
 * bytes in it with their sign; that the last three positions are known by their first byte alone;
 * that the newest candidate comes first, and with each one that was looked at a shorter copy will
 * do.
 */
#define HASH_BITS_MIN 9
#define HASH_BITS_MAX 13
#define LENGTH_ENOUGH 128  /* at first; each candidate takes a tenth off */
#define BACK_MAX      4094 /* though two bytes could tell one more */
#define WINDOW        4096

typedef struct Encoder {
    const uint8_t *start, *in, *in_end;
    uint8_t *out_start, *out, *out_end;
    uint8_t *control;     /* where the group's control byte goes */
    unsigned control_bit; /* of the next item; 0x100: begin a group */
    unsigned hash_mask;
    size_t result_max;
    uint32_t heads[1 << HASH_BITS_MAX]; /* by hash: the newest position, from 1; 0 none */
    uint32_t chain[WINDOW];             /* by position modulo WINDOW: the one before it */
} Encoder;

static bool encode_all(Encoder *e);
static size_t find_copy(const Encoder *e, size_t *distance);
static void remember(Encoder *e);
static bool begin_item(Encoder *e, size_t size, bool is_copy);

size_t pglz_compress(const void *bytes, size_t len, void *out, size_t room)
{
    unsigned hash_bits = HASH_BITS_MIN;
    Encoder e;

    /* Positions are numbers of 32 bits. No value of PostgreSQL is larger. */
    if (len < PGLZ_LEN_MIN || len > INT32_MAX)
        return 0;
    while (hash_bits < HASH_BITS_MAX && len >= (size_t)64 << (hash_bits - HASH_BITS_MIN + 1))
        hash_bits++;
    e.start = bytes;
    e.in = bytes;
    e.in_end = e.in + len;
    e.out_start = e.out = out;
    e.out_end = e.out + room;
    e.control = NULL;
    e.control_bit = 0x100;
    e.hash_mask = (1U << hash_bits) - 1;
    e.result_max = len > INT32_MAX / 100 ? len / 100 * 75 : len * 75 / 100;
    memset(e.heads, 0, sizeof e.heads[0] << hash_bits);
    return encode_all(&e) ? (size_t)(e.out - e.out_start) : 0;
}

/* False when it does not pay. */
static bool encode_all(Encoder *e)
{
    bool has_copy = false;

    while (e->in < e->in_end) {
        size_t distance = 0, length;

        if ((size_t)(e->out - e->out_start) >= e->result_max)
            return false;
        if (!has_copy && e->out - e->out_start >= FIRST_COPY_MAX)
            return false;
        length = find_copy(e, &distance);
        if (length == 0) {
            if (!begin_item(e, 1, false))
                return false;
            *e->out++ = *e->in;
            remember(e);
            continue;
        }
        if (!begin_item(e, length > LENGTH_SHORT ? 3 : 2, true))
            return false;
        has_copy = true;
        *e->out++ =
            (uint8_t)((distance >> 4 & 0xF0) | (size_min(length, LENGTH_SHORT + 1) - LENGTH_MIN));
        *e->out++ = (uint8_t)distance;
        if (length > LENGTH_SHORT)
            *e->out++ = (uint8_t)(length - (LENGTH_SHORT + 1));
        for (; length > 0; length--)
            remember(e);
    }
    return (size_t)(e->out - e->out_start) < e->result_max;
}

/* The entry of heads for the position. */
static inline unsigned hash_of(const Encoder *e, const uint8_t *p)
{
    unsigned a = (unsigned)(int8_t)p[0];

    if (UNLIKELY(e->in_end - p < 4))
        return a & e->hash_mask;
    return (a << 6 ^ (unsigned)(int8_t)p[1] << 4 ^ (unsigned)(int8_t)p[2] << 2 ^
            (unsigned)(int8_t)p[3]) &
           e->hash_mask;
}

static size_t common_length(const uint8_t *a, const uint8_t *b, size_t max)
{
    size_t n = 0;

    for (; n + 8 <= max; n += 8) {
        uint64_t difference = load_u64(a + n) ^ load_u64(b + n);

        if (difference != 0)
            return n + (size_t)__builtin_ctzll(difference) / 8;
    }
    while (n < max && a[n] == b[n])
        n++;
    return n;
}

/* The length of the longest copy that can stand here, and its distance; 0 when there is none. */
static size_t find_copy(const Encoder *e, size_t *distance)
{
    size_t max = size_min((size_t)(e->in_end - e->in), LENGTH_MAX);
    size_t here = (size_t)(e->in - e->start);
    size_t best = LENGTH_MIN - 1, enough = LENGTH_ENOUGH;
    uint32_t candidate = e->heads[hash_of(e, e->in)];

    if (max < LENGTH_MIN)
        return 0;
    while (candidate != 0) {
        const uint8_t *p = e->start + (candidate - 1);
        size_t back = here - (candidate - 1), length;

        if (back > BACK_MAX)
            break;
        candidate = e->chain[(candidate - 1) % WINDOW];
        if (p[best] == e->in[best] && (length = common_length(p, e->in, max)) > best) {
            best = length;
            *distance = back;
            if (best == max)
                break;
        }
        if (best >= enough)
            break;
        enough -= enough / 10;
    }
    return best < LENGTH_MIN ? 0 : best;
}

/* Enter the position in its chain and go to the next. */
static inline void remember(Encoder *e)
{
    uint32_t here = (uint32_t)(e->in - e->start);
    uint32_t *head = &e->heads[hash_of(e, e->in)];

    e->chain[here % WINDOW] = *head;
    *head = here + 1;
    e->in++;
}

/* Set the bit of an item, in a new group when the last one is full; false: there is no room. */
static inline bool begin_item(Encoder *e, size_t size, bool is_copy)
{
    bool is_new_group = e->control_bit == 0x100;

    if (UNLIKELY((size_t)(e->out_end - e->out) < size + is_new_group))
        return false;
    if (is_new_group) {
        e->control = e->out++;
        *e->control = 0;
        e->control_bit = 1;
    }
    if (is_copy)
        *e->control |= (uint8_t)e->control_bit;
    e->control_bit <<= 1;
    return true;
}
