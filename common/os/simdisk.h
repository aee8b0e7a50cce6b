/*
 * simdisk.h - a disk in memory that forgets, tears, fills up and fails, for tests
 *
 *     SimDisk *disk = simdisk_new("/sim", seed);
 *     simdisk_bind(disk);                     paths at and below /sim are on it from now on
 *     simdisk_cut_at(disk, n);                the power fails during the n-th change
 *     ... work with os_file_*, os_dir_*, os_*, until it raises ...
 *     simdisk_power_on(disk);                 what a restart would find
 *     ... check ...
 *     simdisk_unbind();
 *
 * What survives a power cut: of a file what was synced, and of each write since then any sectors,
 * by the seed (so a page may be torn); of a folder the entries that were synced, and of the changes
 * since then the first few, however many. A file whose content was synced is gone with its entry
 * when the folder was not. A rename is one change, also between folders. The same seed and the same
 * calls give the same disk.
 *
 * Programs that do not bind a disk do not link this file; the calls of common/os go through a
 * pointer (os_int.h) in any case. One disk can be bound at a time; calls may come from any thread.
 * Paths elsewhere are on the real disk. A descriptor of os_file_fd() is of no use to the system.
 */
#ifndef OS_SIMDISK_H
#define OS_SIMDISK_H

#include "common/base/base.h"

typedef struct SimDisk SimDisk;

#define SIM_SECTOR 512 /* bytes that are written as a whole, or not at all */

/* root, an absolute path, is a folder on it. The disk goes with the current memory context. */
SimDisk *simdisk_new(const char *root, uint64_t seed);

void simdisk_bind(SimDisk *disk);
void simdisk_unbind(void); /* back to the system's disk; also when the memory context goes */

/*
 * Changes are calls that change files or folders, and syncs; they count from 1 when the disk is new
 * and go on counting. 0 takes a plan back.
 */
uint64_t simdisk_change_count(const SimDisk *disk);

/*
 * At that change the power fails: it has happened in memory, if at all, and from then on every call
 * gives EIO until simdisk_power_on().
 */
void simdisk_cut_at(SimDisk *disk, uint64_t change);
void simdisk_power_cut(SimDisk *disk); /* now */
bool simdisk_is_off(const SimDisk *disk);

/* The disk as a restart finds it. Files that were open are closed to their holders (EBADF). */
void simdisk_power_on(SimDisk *disk);

/*
 * That change fails with error (an errno) and has no effect; but a sync that fails loses what it
 * should have written although reads still show it, and the next sync does not know of it.
 */
void simdisk_fail_at(SimDisk *disk, uint64_t change, int error);

/* The same for the n-th read from the disk's beginning on. */
void simdisk_fail_read_at(SimDisk *disk, uint64_t read, int error);
uint64_t simdisk_read_count(const SimDisk *disk);

/* Bytes that all files may have together; of a write that is too long what fits is taken. */
void simdisk_set_room(SimDisk *disk, uint64_t bytes);

/* Whether there is a rename that spares what exists, as on most file systems (default: yes). */
void simdisk_set_rename_new(SimDisk *disk, bool has_it);

#endif
