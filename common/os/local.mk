# common/os: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/os/NAME.c

common_sources += common/os/address.c
common_sources += common/os/child.c
common_sources += common/os/clock.c
common_sources += common/os/dir.c
common_sources += common/os/dynlib.c
common_sources += common/os/fault.c
common_sources += common/os/fd.c
common_sources += common/os/file.c
common_sources += common/os/file_times.c
common_sources += common/os/futex.c
common_sources += common/os/ops.c
common_sources += common/os/path.c
common_sources += common/os/process.c
common_sources += common/os/process_title.c
common_sources += common/os/shared_memory.c
common_sources += common/os/simdisk.c
common_sources += common/os/simdisk_node.c
common_sources += common/os/socket.c
common_sources += common/os/thread_pool.c
common_sources += common/os/user.c
common_sources += common/os/wait_set.c
common_sources += common/os/zoneinfo.c
