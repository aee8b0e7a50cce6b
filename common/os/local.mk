# common/os: one row a file, headers and .def tables too, sorted:
#   common_sources += common/os/NAME.c

common_sources += common/os/clock.h
common_sources += common/os/dir.h
common_sources += common/os/dynlib.h
common_sources += common/os/fault.h
common_sources += common/os/file.h
common_sources += common/os/path.h
common_sources += common/os/process.h
common_sources += common/os/thread_pool.h
