# common/redo: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/redo/NAME.c

common_sources += common/redo/brin.c
common_sources += common/redo/btree.c
common_sources += common/redo/file_list.c
common_sources += common/redo/generic.c
common_sources += common/redo/gin.c
common_sources += common/redo/gin_list.c
common_sources += common/redo/gist.c
common_sources += common/redo/hash.c
common_sources += common/redo/heap.c
common_sources += common/redo/heap2.c
common_sources += common/redo/image.c
common_sources += common/redo/mask.c
common_sources += common/redo/redo.c
common_sources += common/redo/seq.c
common_sources += common/redo/slru_redo.c
common_sources += common/redo/smgr.c
common_sources += common/redo/spgist.c
common_sources += common/redo/vm.c
common_sources += common/redo/xlog.c
