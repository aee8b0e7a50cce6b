/*
 * simdisk_int.h - the things on a simulated disk, and what a power cut leaves of them
 *
 * simdisk_node.c has the nodes: content as it is read (the cache) and as it is on the disk, with
 * the changes between the two. simdisk.c has the calls: paths, descriptors, plans of failure.
 */
#ifndef OS_SIMDISK_INT_H
#define OS_SIMDISK_INT_H

#include "common/base/base.h"

#include <sys/stat.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"

typedef struct SimNode SimNode;

/* A write or a change of size since the last sync, oldest first. */
typedef struct SimWrite {
    struct SimWrite *next;
    uint64_t offset;
    size_t len;
    char *bytes; /* NULL: the file was cut or grew to offset bytes */
} SimWrite;

/* One change of a folder's entries since the last sync: a name goes, a name comes, or both. */
typedef struct SimChange {
    SimNode *folder;
    char *gone; /* NULL for none, as the next */
    char *name; /* which names node from now on */
    SimNode *node;
    struct SimChange *needs; /* in the other folder of a rename; this one is void without it */
    bool is_on_disk;
} SimChange;

typedef struct SimEntry {
    char *name;
    SimNode *node;
} SimEntry;

struct SimNode {
    mode_t mode; /* kind and permissions */
    uint64_t number;
    int64_t mtime;
    uint64_t link_count; /* names, that of the root counted */
    uint64_t open_count;

    /* A file, as it is read and as it is on the disk. Between the two: writes. */
    char *bytes, *disk_bytes;
    size_t size, disk_size;
    size_t room, disk_room; /* bytes allocated */
    SimWrite *writes, *last_write;

    /* A folder, likewise: SimEntry; between the two: SimChange *, oldest first. */
    SimNode *parent;
    Array entries, disk_entries, changes;

    char *target; /* of a symbolic link */

    /* While a power cut is worked out. */
    size_t kept_changes;
    bool is_reached;
};

/* What nodes have in common. Memory is never given back before the disk goes. */
typedef struct SimNodes {
    MemContext *mem;
    Array all; /* SimNode * */
    SimNode *root;
    uint64_t random; /* state of the series */
} SimNodes;

void sim_nodes_init(SimNodes *nodes, MemContext *mem, uint64_t seed);
SimNode *sim_node_new(SimNodes *nodes, mode_t mode);

/* Files. The callers see to room and limits. */
void sim_file_write(SimNodes *nodes, SimNode *node, const void *bytes, size_t len, uint64_t offset);
void sim_file_resize(SimNodes *nodes, SimNode *node, uint64_t size);
void sim_file_sync(SimNodes *nodes, SimNode *node);
void sim_file_lose(SimNode *node); /* a sync that failed: the disk never gets what was written */

/* Folders. */
SimEntry *sim_folder_find(const SimNode *folder, const char *name, size_t name_len);
void sim_folder_add(SimNodes *nodes, SimNode *folder, const char *name, SimNode *node);
void sim_folder_remove(SimNodes *nodes, SimNode *folder, const char *name);

/* Move a name, replacing what to names. */
void sim_folder_rename(SimNodes *nodes, SimNode *from_folder, const char *from, SimNode *to_folder,
                       const char *to);
void sim_folder_sync(SimNode *folder);

/* Forget what is not on the disk, but for what got there by luck. */
void sim_nodes_power_cut(SimNodes *nodes);

#endif
