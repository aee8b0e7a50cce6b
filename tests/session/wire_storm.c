/*
 * wire_storm.c - many connections of clients that break the rules, by a seed
 *
 *     wire_storm SOCKET ROUNDS
 *
 * Each round is a start-up packet and a row of messages, taken from those that mean something and
 * then damaged: bits flipped, bytes cut or repeated, lengths changed, order mixed. Answers are read
 * and forgotten; what the server makes of itself is the caller's to look at.
 */
#include "common/base/base.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/startup.h"
#include "common/text/strbuf.h"
#include "tests/lib/seed.h"

#define MESSAGES_MAX 30
#define LATER_MS     20 /* for an answer that may not come */

typedef struct Sample {
    char type;
    const char *body;
    size_t len;
} Sample;

#define SAMPLE(type, body)     \
 {                             \
  type, body, sizeof(body) - 1 \
 }

static const Sample samples[] = {
    SAMPLE('Q', "select 1\0"),
    SAMPLE('Q', "begin\0"),
    SAMPLE('Q', "rollback\0"),
    SAMPLE('Q', "savepoint a\0"),
    SAMPLE('Q', "rollback to a\0"),
    SAMPLE('Q', "select generate_series(1,700), 'text', null\0"),
    SAMPLE('Q', "select 1; begin; select 1/0\0"),
    SAMPLE('Q', "copy t from stdin\0"),
    SAMPLE('Q', "copy (select generate_series(1,9)) to stdout\0"),
    SAMPLE('Q', "set client_encoding to 'latin1'\0"),
    SAMPLE('P', "s\0select $1::int4, $2\0\0\1\0\0\0\x17"),
    SAMPLE('P', "\0select generate_series(1,9)\0\0\0"),
    SAMPLE('P', "\0commit\0\0\0"),
    SAMPLE('B', "p\0s\0\0\2\0\1\0\0\0\2\0\0\0\4\0\0\0\x07\0\0\0\1x\0\1\0\1"),
    SAMPLE('B', "\0\0\0\0\0\0\0\0"),
    SAMPLE('D', "Ss\0"),
    SAMPLE('D', "Pp\0"),
    SAMPLE('E', "p\0\0\0\0\2"),
    SAMPLE('E', "\0\0\0\0\2"),
    SAMPLE('C', "Ss\0"),
    SAMPLE('C', "Pp\0"),
    SAMPLE('H', ""),
    SAMPLE('S', ""),
    SAMPLE('S', ""),
    SAMPLE('d', "1\n2\nabc\n"),
    SAMPLE('c', ""),
    SAMPLE('f', "no\0"),
    SAMPLE('F', "\0\0\0\xb1\0\1\0\0\0\2\0\0\0\0011\0\0\0\0012\0\0"),
    SAMPLE('p', "secret\0"),
    SAMPLE('X', ""),
};

static void put_startup(StrBuf *out, Seed *seed)
{
    static const char pairs[] = "user\0postgres\0database\0postgres\0application_name\0storm\0";
    uint8_t head[8];

    store_be32(head, sizeof pairs + 8);
    store_be32(head + 4, seed_below(seed, 20) == 0 ? STARTUP_CODE_TLS : PROTO_LATEST);
    strbuf_add_bytes(out, head, sizeof head);
    strbuf_add_bytes(out, pairs, sizeof pairs);
}

static void put_message(StrBuf *out, Seed *seed)
{
    const Sample *sample = &samples[seed_below(seed, ARRAY_LEN(samples))];
    uint8_t length[4];
    size_t start = out->len;

    store_be32(length, (uint32_t)sample->len + 4);
    strbuf_add_char(out, sample->type);
    strbuf_add_bytes(out, length, sizeof length);
    strbuf_add_bytes(out, sample->body, sample->len);
    switch (seed_below(seed, 12)) {
    case 0: /* a bit */
        out->text[start + seed_below(seed, out->len - start)] ^= (char)(1 << seed_below(seed, 8));
        break;
    case 1: /* cut */
        strbuf_cut(out, start + 1 + seed_below(seed, out->len - start));
        break;
    case 2: /* another length that the bytes do not have */
        store_be32(out->text + start + 1, (uint32_t)seed_below(seed, 40));
        break;
    case 3: /* a body of noise with a right length */
        seed_fill(seed, out->text + start + 5, out->len - start - 5);
        break;
    default:
        break;
    }
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        err_raise(SQLSTATE_UNABLE_TO_CONNECT, .message = err_fmt("cannot connect to %s", path));
    return fd;
}

static void read_all(int fd, int patience_ms)
{
    static char bytes[65536];
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    while (poll(&wait, 1, patience_ms) > 0 && read(fd, bytes, sizeof bytes) > 0)
        continue;
}

/* All at once, or in pieces with answers read between; the end may come amid a message. */
static void play_round(const char *path, Seed *seed)
{
    int fd = connect_to(path);
    StrBuf out;
    uint64_t count = seed_below(seed, MESSAGES_MAX);

    strbuf_init(&out);
    put_startup(&out, seed);
    if (seed_below(seed, 20) == 0)
        out.text[seed_below(seed, out.len)] ^= (char)(1 << seed_below(seed, 8));
    while (count-- > 0)
        put_message(&out, seed);
    for (size_t done = 0; done < out.len;) {
        size_t n = seed_below(seed, 3) == 0 ? seed_below(seed, 50) + 1 : out.len;
        ssize_t sent = send(fd, out.text + done, size_min(n, out.len - done), MSG_NOSIGNAL);

        if (sent <= 0)
            break;
        done += (size_t)sent;
        read_all(fd, 0);
    }
    if (seed_below(seed, 4) != 0) {
        shutdown(fd, SHUT_WR);
        read_all(fd, 2000);
    } else {
        read_all(fd, LATER_MS);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    MemContext *mem = mem_context_new(mem_root(), "round");
    Seed seed = seed_new("wire_storm");

    if (argc != 3)
        return 2;
    for (long round = strtol(argv[2], NULL, 10); round > 0; round--) {
        MEM_SCOPE(mem) {
            play_round(argv[1], &seed);
        }
        mem_reset(mem);
    }
    return 0;
}
