/*
 * inval_ring.h - the messages of all processes to all, in shared memory
 *
 * A ring of messages, numbered from 0 without end. Whoever sends takes a lock against other
 * senders; whoever reads takes none: it copies, then looks whether it was overtaken meanwhile. Who
 * was overtaken has lost messages and throws away all that it has cached. Each reader's place is
 * noted, for a sender to wake the one furthest behind before it comes to that.
 *
 * Promises
 *   1. A reader sees all messages that were sent before it asks, or is told that it missed some.
 *   2. To find out that nothing came costs one read of shared memory.
 *   3. Senders never wait for readers.
 */
#ifndef CACHE_INVAL_RING_H
#define CACHE_INVAL_RING_H

#include "common/base/base.h"

#include "server/cache/inval_message.h"

#define INVAL_RING_SIZE 4096 /* messages */

size_t inval_shmem_size(void);
void inval_shmem_init(void *place);

/*
 * This process reads from here on; after proc_attach(), until proc_detach(). Whoever sends only
 * (the startup process) need not join.
 */
void inval_ring_join(void);

/*
 * Send to all others, and to this process itself. own_are_done: this process has done what they
 * say, and need not read them when it has read all before.
 */
void inval_ring_send(const InvalMessage *messages, size_t count, bool own_are_done);

/* Has anything come? */
bool inval_ring_has_news(void);

/*
 * Read up to max messages; how many there were. *is_reset: some were missed, and none is returned.
 */
size_t inval_ring_read(InvalMessage *out, size_t max, bool *is_reset);

/* Having read all: wake the next one who is far behind, if there is any. */
void inval_ring_pass_on(void);

#endif
