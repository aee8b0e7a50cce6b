/*
 * simdisk_node.c - files and folders of a simulated disk, twice: as read, and as on the disk
 *
 * Promises
 *   1. What was synced survives every power cut.
 *   2. What was not may survive in part: any sectors of each write, the first changes of a folder.
 *   3. After a power cut both views are the same.
 */
#include "common/base/base.h"

#include <errno.h>

#include "common/os/simdisk.h"
#include "common/os/simdisk_int.h"
#include "common/text/str.h"

/* How much luck a file or folder has in a power cut. */
typedef enum Luck { LUCK_NONE, LUCK_SOME, LUCK_ALL } Luck;

static uint64_t random_below(SimNodes *nodes, uint64_t limit);
static void reserve(SimNodes *nodes, char **bytes, size_t *room, size_t size);
static void add_write(SimNodes *nodes, SimNode *node, const SimWrite *write);
static void disk_resize(SimNodes *nodes, SimNode *node, size_t size);
static void disk_write(SimNodes *nodes, SimNode *node, const SimWrite *write, size_t start,
                       size_t end);
static void file_power_cut(SimNodes *nodes, SimNode *node);
static void lucky_sectors(SimNodes *nodes, SimNode *node, const SimWrite *write);
static SimChange *add_change(SimNodes *nodes, SimNode *folder, const char *gone, const char *name,
                             SimNode *node);
static void entries_apply(Array *entries, const SimChange *change);
static void entries_remove(Array *entries, const char *name);
static void folder_choose(SimNodes *nodes, SimNode *folder);
static bool folder_drop_void(SimNode *folder);
static void folder_power_cut(SimNode *folder);
static void reach(SimNode *node, SimNode *parent);

void sim_nodes_init(SimNodes *nodes, MemContext *mem, uint64_t seed)
{
    *nodes = (SimNodes){.mem = mem, .random = seed};
    MEM_SCOPE(mem) {
        array_init(&nodes->all, sizeof(SimNode *));
    }
    nodes->root = sim_node_new(nodes, S_IFDIR | 0700);
    nodes->root->link_count = 1;
    nodes->root->parent = nodes->root;
}

SimNode *sim_node_new(SimNodes *nodes, mode_t mode)
{
    SimNode *node = mem_alloc_in(nodes->mem, sizeof *node);

    node->mode = mode;
    node->number = nodes->all.count + 1;
    node->mtime = time(NULL);
    MEM_SCOPE(nodes->mem) {
        array_init(&node->entries, sizeof(SimEntry));
        array_init(&node->disk_entries, sizeof(SimEntry));
        array_init(&node->changes, sizeof(SimChange *));
    }
    *(SimNode **)array_push(&nodes->all) = node;
    return node;
}

/* ---- files ---- */

void sim_file_write(SimNodes *nodes, SimNode *node, const void *bytes, size_t len, uint64_t offset)
{
    SimWrite write = {.offset = offset, .len = len};

    write.bytes = mem_alloc_in(nodes->mem, len);
    memcpy(write.bytes, bytes, len);
    add_write(nodes, node, &write);
    if (offset + len > node->size) {
        reserve(nodes, &node->bytes, &node->room, offset + len);
        node->size = offset + len;
    }
    memcpy(node->bytes + offset, bytes, len);
    node->mtime = time(NULL);
}

void sim_file_resize(SimNodes *nodes, SimNode *node, uint64_t size)
{
    SimWrite write = {.offset = size};

    add_write(nodes, node, &write);
    reserve(nodes, &node->bytes, &node->room, size);
    if (size < node->size)
        memset(node->bytes + size, 0, node->size - size); /* should it grow again */
    node->size = size;
    node->mtime = time(NULL);
}

void sim_file_sync(SimNodes *nodes, SimNode *node)
{
    for (const SimWrite *write = node->writes; write != NULL; write = write->next) {
        if (write->bytes == NULL)
            disk_resize(nodes, node, write->offset);
        else
            disk_write(nodes, node, write, 0, write->len);
    }
    node->writes = node->last_write = NULL;
}

void sim_file_lose(SimNode *node)
{
    node->writes = node->last_write = NULL;
}

/* ---- folders ---- */

SimEntry *sim_folder_find(const SimNode *folder, const char *name, size_t name_len)
{
    array_foreach(SimEntry, entry, &folder->entries)
        if (strncmp(entry->name, name, name_len) == 0 && entry->name[name_len] == '\0')
            return entry;
    return NULL;
}

void sim_folder_add(SimNodes *nodes, SimNode *folder, const char *name, SimNode *node)
{
    const SimChange *change = add_change(nodes, folder, NULL, name, node);

    node->link_count++;
    if (S_ISDIR(node->mode))
        node->parent = folder;
    entries_apply(&folder->entries, change);
}

void sim_folder_remove(SimNodes *nodes, SimNode *folder, const char *name)
{
    SimNode *node = sim_folder_find(folder, name, strlen(name))->node;
    const SimChange *change = add_change(nodes, folder, name, NULL, NULL);

    node->link_count--;
    entries_apply(&folder->entries, change);
}

void sim_folder_rename(SimNodes *nodes, SimNode *from_folder, const char *from, SimNode *to_folder,
                       const char *to)
{
    SimNode *node = sim_folder_find(from_folder, from, strlen(from))->node;
    const SimEntry *replaced = sim_folder_find(to_folder, to, strlen(to));
    SimChange *change;

    if (replaced != NULL)
        replaced->node->link_count--;
    if (S_ISDIR(node->mode))
        node->parent = to_folder;
    change = add_change(nodes, to_folder, from_folder == to_folder ? from : NULL, to, node);
    entries_apply(&to_folder->entries, change);
    if (from_folder != to_folder) {
        SimChange *removal = add_change(nodes, from_folder, from, NULL, NULL);

        /* Each is void without the other: a rename is seen as a whole, or not at all. */
        removal->needs = change;
        change->needs = removal;
        entries_apply(&from_folder->entries, removal);
    }
}

void sim_folder_sync(SimNode *folder)
{
    size_t count = folder->changes.count;

    for (size_t i = 0; i < count; i++) {
        SimChange *change = *(SimChange **)array_at(&folder->changes, i);

        if (!change->is_on_disk)
            entries_apply(&folder->disk_entries, change);
        change->is_on_disk = true;
    }
    /* The other halves of renames go with them, and what stands before those. */
    for (size_t i = 0; i < count; i++) {
        const SimChange *other = (*(SimChange **)array_at(&folder->changes, i))->needs;

        if (other != NULL && !other->is_on_disk)
            sim_folder_sync(other->folder);
    }
    array_clear(&folder->changes);
}

/* ---- power cut ---- */

void sim_nodes_power_cut(SimNodes *nodes)
{
    bool is_changed = true;

    array_foreach(SimNode *, node, &nodes->all) {
        (*node)->is_reached = false;
        (*node)->link_count = (*node)->open_count = 0;
        if (S_ISREG((*node)->mode))
            file_power_cut(nodes, *node);
        if (S_ISDIR((*node)->mode))
            folder_choose(nodes, *node);
    }
    /* Taking one half of a rename back may make another void. */
    while (is_changed) {
        is_changed = false;
        array_foreach(SimNode *, node, &nodes->all)
            is_changed |= folder_drop_void(*node);
    }
    array_foreach(SimNode *, node, &nodes->all)
        folder_power_cut(*node);
    nodes->root->link_count = 1;
    reach(nodes->root, nodes->root);
}

/* Each sector of each write since the last sync is on the disk, or is not. */
static void file_power_cut(SimNodes *nodes, SimNode *node)
{
    Luck luck = (Luck)random_below(nodes, 3);

    for (const SimWrite *write = node->writes; write != NULL; write = write->next) {
        bool is_lucky = luck == LUCK_ALL || (luck == LUCK_SOME && random_below(nodes, 2) == 0);

        if (write->bytes == NULL && is_lucky)
            disk_resize(nodes, node, write->offset);
        if (write->bytes != NULL && luck == LUCK_ALL)
            disk_write(nodes, node, write, 0, write->len);
        if (write->bytes != NULL && luck == LUCK_SOME)
            lucky_sectors(nodes, node, write);
    }
    node->writes = node->last_write = NULL;
    reserve(nodes, &node->bytes, &node->room, node->disk_size);
    if (node->size > node->disk_size)
        memset(node->bytes + node->disk_size, 0, node->size - node->disk_size);
    if (node->disk_size > 0)
        memcpy(node->bytes, node->disk_bytes, node->disk_size);
    node->size = node->disk_size;
}

/* The size of the file may get to the disk without the content: then there are zeros. */
static void lucky_sectors(SimNodes *nodes, SimNode *node, const SimWrite *write)
{
    size_t start = 0;

    while (start < write->len) {
        size_t in_sector = (write->offset + start) % SIM_SECTOR;
        size_t end = size_min(write->len, start + SIM_SECTOR - in_sector);

        if (random_below(nodes, 2) == 0)
            disk_write(nodes, node, write, start, end);
        else if (write->offset + end > node->disk_size && random_below(nodes, 4) == 0)
            disk_resize(nodes, node, write->offset + end);
        start = end;
    }
}

/* How many of the changes since the last sync are on the disk, as far as this folder knows. */
static void folder_choose(SimNodes *nodes, SimNode *folder)
{
    size_t count = folder->changes.count;

    switch ((Luck)random_below(nodes, 3)) {
    case LUCK_NONE:
        folder->kept_changes = 0;
        break;
    case LUCK_SOME:
        folder->kept_changes = random_below(nodes, count + 1);
        break;
    case LUCK_ALL:
        folder->kept_changes = count;
        break;
    }
    for (size_t i = 0; i < count; i++)
        (*(SimChange **)array_at(&folder->changes, i))->is_on_disk = i < folder->kept_changes;
}

/* Keep nothing from the first change on whose other half is not kept; true when there is one. */
static bool folder_drop_void(SimNode *folder)
{
    for (size_t i = 0; i < folder->kept_changes; i++) {
        const SimChange *change = *(SimChange **)array_at(&folder->changes, i);

        if (change->needs == NULL || change->needs->is_on_disk)
            continue;
        for (size_t k = i; k < folder->kept_changes; k++)
            (*(SimChange **)array_at(&folder->changes, k))->is_on_disk = false;
        folder->kept_changes = i;
        return true;
    }
    return false;
}

static void folder_power_cut(SimNode *folder)
{
    for (size_t i = 0; i < folder->kept_changes; i++)
        entries_apply(&folder->disk_entries, *(SimChange **)array_at(&folder->changes, i));
    folder->kept_changes = 0;
    array_clear(&folder->changes);
    array_clear(&folder->entries);
    array_foreach(SimEntry, entry, &folder->disk_entries)
        *(SimEntry *)array_push(&folder->entries) = *entry;
}

/* Count the names of what the root leads to, and say where folders are. */
static void reach(SimNode *node, SimNode *parent)
{
    if (S_ISDIR(node->mode))
        node->parent = parent;
    if (node->is_reached)
        return;
    node->is_reached = true;
    array_foreach(SimEntry, entry, &node->entries) {
        entry->node->link_count++;
        reach(entry->node, node);
    }
}

/* ---- the small print ---- */

/* A number of the series below limit: splitmix64. */
static uint64_t random_below(SimNodes *nodes, uint64_t limit)
{
    uint64_t z = nodes->random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % limit;
}

/* Make room for size bytes; new ones are zero. */
static void reserve(SimNodes *nodes, char **bytes, size_t *room, size_t size)
{
    size_t wanted = size_max(*room * 2, size);

    if (size <= *room)
        return;
    if (*bytes == NULL)
        *bytes = mem_alloc_in(nodes->mem, wanted);
    else
        *bytes = mem_realloc(*bytes, wanted);
    *room = wanted;
}

static void add_write(SimNodes *nodes, SimNode *node, const SimWrite *write)
{
    SimWrite *kept = mem_alloc_in(nodes->mem, sizeof *kept);

    *kept = *write;
    if (node->last_write != NULL)
        node->last_write->next = kept;
    else
        node->writes = kept;
    node->last_write = kept;
}

static void disk_resize(SimNodes *nodes, SimNode *node, size_t size)
{
    reserve(nodes, &node->disk_bytes, &node->disk_room, size);
    if (size < node->disk_size)
        memset(node->disk_bytes + size, 0, node->disk_size - size);
    node->disk_size = size;
}

/* Bring the bytes of a write from start to end to the disk. */
static void disk_write(SimNodes *nodes, SimNode *node, const SimWrite *write, size_t start,
                       size_t end)
{
    if (end == start)
        return;
    if (write->offset + end > node->disk_size)
        disk_resize(nodes, node, write->offset + end);
    memcpy(node->disk_bytes + write->offset + start, write->bytes + start, end - start);
}

static SimChange *add_change(SimNodes *nodes, SimNode *folder, const char *gone, const char *name,
                             SimNode *node)
{
    SimChange *change = mem_alloc_in(nodes->mem, sizeof *change);

    change->folder = folder;
    change->gone = gone == NULL ? NULL : mem_strdup_in(nodes->mem, gone);
    change->name = name == NULL ? NULL : mem_strdup_in(nodes->mem, name);
    change->node = node;
    *(SimChange **)array_push(&folder->changes) = change;
    folder->mtime = time(NULL);
    return change;
}

static void entries_apply(Array *entries, const SimChange *change)
{
    if (change->gone != NULL)
        entries_remove(entries, change->gone);
    if (change->name != NULL) {
        entries_remove(entries, change->name);
        *(SimEntry *)array_push(entries) = (SimEntry){.name = change->name, .node = change->node};
    }
}

static void entries_remove(Array *entries, const char *name)
{
    for (size_t i = 0; i < entries->count; i++) {
        SimEntry *entry = array_at(entries, i);

        if (str_equal(entry->name, name)) {
            *entry = *(SimEntry *)array_pop(entries);
            return;
        }
    }
}
