/*
 * shared_memory.h - memory that a process shares with its children, and segments that have a key
 *
 * The mapping is the server's shared memory. The keyed (System V) segment holds no data: the
 * system counts who is attached to it, which tells whether children of a dead server still live.
 */
#ifndef OS_SHARED_MEMORY_H
#define OS_SHARED_MEMORY_H

#include "common/base/base.h"

typedef enum OsHugePages { OS_HUGE_OFF, OS_HUGE_TRY, OS_HUGE_ON } OsHugePages;

/*
 * Zeroed memory that this process and those it forks share. Raises 53200, with OS_HUGE_ON also when
 * there are no huge pages for it.
 */
void *os_shared_map(size_t size, OsHugePages huge);
void os_shared_unmap(void *place, size_t size);
void os_shared_clear(void *place, size_t size); /* all of it is zeroes again */

/*
 * Memory that grows: a range of addresses of which the first bytes can be used, by this process and
 * those it forks, all at once when one of them extends it.
 */
typedef struct OsGrowing {
    int fd;
    void *place; /* NULL: not mapped */
    size_t room; /* of addresses */
} OsGrowing;

void os_growing_map(size_t room, OsGrowing *out);

/* The first size bytes, of which new ones are zeroes; false: there is no memory for them. */
bool os_growing_try_extend(const OsGrowing *g, size_t size);
void os_growing_clear(const OsGrowing *g); /* none can be used any more */
void os_growing_unmap(OsGrowing *g);

typedef struct OsSegment {
    int key;
    int id;
    void *place; /* attached there; children inherit it */
} OsSegment;

/* Make a segment of that key and attach it; false when the key is taken. */
bool os_segment_try_make(int key, size_t size, OsSegment *out);

typedef enum OsSegmentState {
    OS_SEGMENT_GONE,     /* there is none, or it is none of this user's */
    OS_SEGMENT_UNUSED,   /* nobody is attached */
    OS_SEGMENT_ATTACHED, /* processes live that use it */
} OsSegmentState;

/*
 * What is known of a segment that another run of the server left. header (may be NULL) takes the
 * first header_size bytes of it, when it can be read.
 */
OsSegmentState os_segment_state(int key, int id, void *header, size_t header_size);

/* As above, by key alone; *id is set when there is one. */
OsSegmentState os_segment_state_of_key(int key, int *id, void *header, size_t header_size);

void os_segment_detach(OsSegment *segment);
void os_segment_remove(int id); /* goes when the last process detaches; missing is fine */

#endif
