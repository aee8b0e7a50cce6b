# Unit suites of common/os: one row a .c file, sorted:
#   unit_sources += tests/unit/common/os/NAME_test.c

unit_sources += tests/unit/common/os/address_test.c
unit_sources += tests/unit/common/os/child_test.c
unit_sources += tests/unit/common/os/clock_test.c
unit_sources += tests/unit/common/os/dir_test.c
unit_sources += tests/unit/common/os/dynlib_test.c
unit_sources += tests/unit/common/os/fault_test.c
unit_sources += tests/unit/common/os/fd_test.c
unit_sources += tests/unit/common/os/file_durable_test.c
unit_sources += tests/unit/common/os/file_error_test.c
unit_sources += tests/unit/common/os/file_path_test.c
unit_sources += tests/unit/common/os/file_rig.c
unit_sources += tests/unit/common/os/file_rig.h
unit_sources += tests/unit/common/os/file_test.c
unit_sources += tests/unit/common/os/futex_test.c
unit_sources += tests/unit/common/os/path_test.c
unit_sources += tests/unit/common/os/process_test.c
unit_sources += tests/unit/common/os/process_title_test.c
unit_sources += tests/unit/common/os/shared_memory_test.c
unit_sources += tests/unit/common/os/simdisk_test.c
unit_sources += tests/unit/common/os/socket_test.c
unit_sources += tests/unit/common/os/thread_pool_test.c
unit_sources += tests/unit/common/os/user_test.c
unit_sources += tests/unit/common/os/wait_set_test.c
