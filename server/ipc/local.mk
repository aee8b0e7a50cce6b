# server/ipc: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/ipc/NAME.c

server_sources += server/ipc/barrier.c
server_sources += server/ipc/condvar.c
server_sources += server/ipc/interrupt.c
server_sources += server/ipc/latch.c
server_sources += server/ipc/lwlock.c
server_sources += server/ipc/proc.c
server_sources += server/ipc/server_log.c
server_sources += server/ipc/shared_hash.c
server_sources += server/ipc/shmem.c
server_sources += server/ipc/spinlock.c
server_sources += server/ipc/supervisor.c
server_sources += server/ipc/timer.c
server_sources += server/ipc/title.c
server_sources += server/ipc/wait_event.c
