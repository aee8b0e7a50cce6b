# tests/unit/server/ipc: one row a suite, sorted:
#   unit_sources += tests/unit/server/ipc/NAME_test.c

unit_sources += tests/unit/server/ipc/barrier_test.c
unit_sources += tests/unit/server/ipc/condvar_test.c
unit_sources += tests/unit/server/ipc/interrupt_test.c
unit_sources += tests/unit/server/ipc/latch_test.c
unit_sources += tests/unit/server/ipc/lwlock_test.c
unit_sources += tests/unit/server/ipc/proc_test.c
unit_sources += tests/unit/server/ipc/shared_hash_test.c
unit_sources += tests/unit/server/ipc/shmem_test.c
unit_sources += tests/unit/server/ipc/spinlock_test.c
unit_sources += tests/unit/server/ipc/supervisor_test.c
unit_sources += tests/unit/server/ipc/timer_test.c
unit_sources += tests/unit/server/ipc/wait_event_test.c
