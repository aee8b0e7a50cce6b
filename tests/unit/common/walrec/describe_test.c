/*
 * describe_test.c - what is said of records
 *
 * The rows for 15 hold main data of each kind, and block data where the text comes from there, with
 * the name and text that pg_waldump 15 printed for them; rows for other versions were seen on
 * servers of these.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <time.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "common/walrec/describe.h"
#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "tests/unit/unit.h"

typedef struct Row {
    uint8_t rmgr, info;
    const char *main, *data; /* hexadecimal */
    const char *name, *text;
} Row;

typedef struct VersionRow {
    unsigned version;
    uint8_t rmgr, info;
    const char *main, *data;
    const char *name, *text;
} VersionRow;

static const Row rows[] = {
    {RMGR_XLOG, 0x00,
     "f84745c544212be863a73cfb0d17566b010100010100010103d621dfb697f57fce8fe54eef4ccb2202dfc99163433"
     "3f0cd07e8b2f993956d6cf05a39eb7d1b161e03c45f8dc366819933131bcfc38680d8e57a5a4e78ee59",
     "", "CHECKPOINT_SHUTDOWN",
     "redo E82B2144/C54547F8; tli 4215056227; prev tli 1800804109; fpw true; xid "
     "2146801590:3743536643; oid 1323667406; multi 583748847; offset 2445926146; oldest xid "
     "4029891427 in DB 3001550797; oldest multi 1838519289 in DB 962261100; oldest/newest commit "
     "timestamp xid: 454243225/2156315599; oldest running xid 1518003672; shutdown"},
    {RMGR_XLOG, 0x10,
     "d11c1c2edcf34c068e661c4f090cd7b801000000000000011aa5c7de2d8a0933390814302fbc6414225f7c460d740"
     "7aea60b2e5753ca0563b018eb46f8ceb1dbca2d251a3ee77bfc0fe3a29468dcbccf24b9aeeefe85245a",
     "", "CHECKPOINT_ONLINE",
     "redo 64CF3DC/2E1C1CD1; tli 1327261326; prev tli 3101101065; fpw true; xid "
     "856263213:3737625882; oid 806619193; multi 342146095; offset 1182555938; oldest xid "
     "2919724045 in DB 1462635430; oldest multi 1661323859 in DB 1189812400; oldest/newest commit "
     "timestamp xid: 2493702927/3485260904; oldest running xid 4004428068; online"},
    {RMGR_XLOG, 0x10,
     "73be8cc409b3e620b5c94d8397dc08e500000000000001006bf7db1ecc913c717e56291e1f71b72a050d4be4d1f44"
     "b80202069e7eefbed0b3b54d7fc28eb394e7a7782da0e93dea78a4e6a03c38764ab51c010f02a6b5e3b",
     "", "CHECKPOINT_ONLINE",
     "redo 20E6B309/C48CBE73; tli 2202913205; prev tli 3842563223; fpw false; xid "
     "1899794892:517732203; oid 506025598; multi 716665119; offset 3830123781; oldest xid "
     "2152461521 in DB 3882426400; oldest multi 200145902 in DB 4241970235; oldest/newest commit "
     "timestamp xid: 57298570/2875492291; oldest running xid 4027629649; online"},
    {RMGR_XLOG, 0x20, "", "", "NOOP", ""},
    {RMGR_XLOG, 0x30, "020e0075", "", "NEXTOID", "1962937858"},
    {RMGR_XLOG, 0x50, "952bb63e886ba419", "", "BACKUP_END", "19A46B88/3EB62B95"},
    {RMGR_XLOG, 0x60, "225727bfd2f44d7f5564d6dd8c9220c75e085dc90100000000000001", "",
     "PARAMETER_CHANGE",
     "max_connections=-1087940830 max_worker_processes=2135815378 max_wal_senders=-573152171 "
     "max_prepared_xacts=-954166644 max_locks_per_xact=-916649890 wal_level=replica "
     "wal_log_hints=off track_commit_timestamp=off"},
    {RMGR_XLOG, 0x60, "e0e648e94070d167725a0d87f484ff721442789b0000000001000001", "",
     "PARAMETER_CHANGE",
     "max_connections=-381098272 max_worker_processes=1741779008 max_wal_senders=-2029168014 "
     "max_prepared_xacts=1929348340 max_locks_per_xact=-1686617580 wal_level=minimal "
     "wal_log_hints=on track_commit_timestamp=off"},
    {RMGR_XLOG, 0x60, "08302f5c6dfc1d000a6fed36d181e3da10a35cf00300000000000000", "",
     "PARAMETER_CHANGE",
     "max_connections=1546596360 max_worker_processes=1965165 max_wal_senders=921530122 "
     "max_prepared_xacts=-622624303 max_locks_per_xact=-262364400 wal_level=? wal_log_hints=off "
     "track_commit_timestamp=off"},
    {RMGR_XLOG, 0x70,
     "55abf90b6a890300744a5f394c2a596c402762307c2e457a386c667d6f6f4e4733644f41624c2335726b76732d5e3"
     "c545c233f44523d7d49722100480d5b0a0963228e5c9401c384",
     "", "RESTORE_POINT", "tJ_9L*Yl@'b0|.Ez8lf}ooNG3dOAbL#5rkvs-^<T\\#?DR=}Ir!"},
    {RMGR_XLOG, 0x70,
     "6b1d46884dab0100343d2469314659534c483072545f29345a702042755a62565a3820226e2b6b3c2076445a4b2d4"
     "867784a497675217126613a4d30604d7964770025786f08f2b5",
     "", "RESTORE_POINT", "4=$i1FYSLH0rT_)4Zp BuZbVZ8 \"n+k< vDZK-HgxJIvu!q&a:M0`Mydw"},
    {RMGR_XLOG, 0x70,
     "b87c51e8a89c040022256a70576e2454004e48b8006c18fcbbda40a70f7fd0ab46e62b3b6fe4e56312c1764289a98"
     "3848386603c199b4933505d2af56e5d859fa78ef732f2f86e79",
     "", "RESTORE_POINT", "\"%jpWn$T"},
    {RMGR_XLOG, 0x80, "01", "", "FPW_CHANGE", "true"},
    {RMGR_XLOG, 0x80, "00", "", "FPW_CHANGE", "false"},
    {RMGR_XLOG, 0x90, "e81d8e9151a804006ad1128b8ad0c24b", "", "END_OF_RECOVERY",
     "tli 2333266282; prev tli 1271058570; time 2041-07-17 05:49:54.670056 UTC"},
    {RMGR_XLOG, 0xA0, "", "", "FPI_FOR_HINT", ""},
    {RMGR_XLOG, 0xB0, "", "", "FPI", ""},
    {RMGR_XLOG, 0xD0, "c098a3fb0117f32422d5f0e23d470700", "", "OVERWRITE_CONTRECORD",
     "lsn 24F31701/FBA398C0; time 2064-12-01 07:06:02.985762 UTC"},
    {RMGR_XACT, 0x00, "65e79f1cd0160100", "", "COMMIT", "2009-09-18 03:01:05.960805 UTC"},
    {RMGR_XACT, 0x10,
     "3445f957458a0f6ef0d9d1fbebefe8b936554e4d29b601000a0000000300000002000000000000000200000001000"
     "0000000000001001e0000000000000000001e16e3358d84060032476a572c445a76643b5463252a7b75277e5f236c"
     "5c6a42495f335150000000529586681b4b7805351b7dcb0000000080060000f84300005b4bd7507f0600002c28000"
     "031833becede00d97dd9f3a1098246410f17dc978763af04167b36608ab7c2be447fb5b38ab1bfabf00000000",
     "", "PREPARE",
     "gid 2GjW,DZvd;Tc%*{u'~_#l\\jBI_3QP: 2015-04-07 23:11:23.604278 UTC; rels(commit): "
     "global/1356286811 base/10284/3963323185; commit dropped stats: "
     "-1760698131/272277469/274998424 2026470897/1106262646/140948327; abort dropped stats: "
     "-466912085/945552199/3220839339; subxacts: 1753650514 91769627 3413973813"},
    {RMGR_XACT, 0x10,
     "3445f95772a13636c9e196a564079b76ec681bf9343f03000a0000000000000003000000000000000300000000000"
     "00000000000010001008967452301000000c4e37a73cf4c0000000000000000000080060000f43f00007fcd2c7681"
     "06000044300000a350ff7880060000990d000025425ccb000000002bc421d8a7450a3a867ae483eac4b9bc864bec1"
     "25fe4d3473be1a0a5d67ac8316dfe02ee00000000",
     "", "PREPARE",
     "gid : 2028-12-16 19:08:00.304364 UTC; rels(commit): global/1982647679 "
     "pg_tblspc/1665/PG_15_202209061/12356/2029998243 global/3411821093; commit dropped stats: "
     "-668875733/973751719/2212788870 -1128676118/317475718/1205068895 "
     "-1516183237/835222230/3993173613"},
    {RMGR_XACT, 0x20, "f1c3a319ca910600", "", "ABORT", "2058-08-06 03:57:39.848177 UTC"},
    {RMGR_XACT, 0x30, "13e3c994795e0100", "", "COMMIT_PREPARED", "2012-03-18 02:00:57.023251 UTC"},
    {RMGR_XACT, 0x40, "fa6ba09f13a30300", "", "ABORT_PREPARED", "2032-06-09 17:20:07.928826 UTC"},
    {RMGR_XACT, 0x50, "ba0200000400000011fc862515b976ebd8a904b5585aa1d7", "", "ASSIGNMENT",
     "xtop 698: subxacts: 629603345 3950426389 3036981720 3617675864"},
    {RMGR_XACT, 0x60, "0100000000279e2007dd1fdbd8b1e729912ebbd5", "", "INVALIDATION",
     "; inval msgs: catcache 0"},
    {RMGR_XACT, 0x60,
     "030000000e97e651f35b8724833b28b3b8d2647c463e4c188ed10678a26ee4ff1ecf99ea32ced48f9510edcab8173"
     "9e49a56d01c",
     "", "INVALIDATION", "; inval msgs: catcache 14 catcache 70 catcache 50"},
    {RMGR_XACT, 0x60, "020000000c530787422efc89025880886256d60c4e6ed4bbf6b5ff0df92a3af86b64270b",
     "", "INVALIDATION", "; inval msgs: catcache 12 catcache 78"},
    {RMGR_XACT, 0x80, "f8a785dab97300000c0100e0000000000000000000000000", "", "COMMIT",
     "2004-01-12 17:01:12.336376 UTC; apply_feedback; sync"},
    {RMGR_XACT, 0x80,
     "6e0a4f7be21001002901002006befb83bf0fe35b010000007083f88da406b33cf1d7546b010000001011cdbbebf50"
     "726486ceaa61ee3efd78cccdca8c1cc3815083ea44f9cab0700",
     "", "COMMIT",
     "2009-07-04 16:24:54.141550 UTC; dropped stats: -1913093264/1018365604/1800722417; inval "
     "msgs: catcache 16; apply_feedback; origin: node 0, lsn 1538CCC1/A8DCCC8C, at 2068-05-31 "
     "13:44:36.386312 UTC"},
    {RMGR_XACT, 0x80,
     "a390723416d700002b0000c0e8968d58e913c728020000001f1de81ee28f32950200000045e4a0492b1ae51371715"
     "d1f65d18a7afba2031d4d3fbf00d2a9a40dde6a250796d63517855ad137817c676124010800",
     "", "COMMIT",
     "2007-06-30 03:46:09.175715 UTC; subxacts: 518528287 2503118818; relcache init file inval "
     "dbid 1485674216 tsid 684135401; inval msgs: catcache 69 snapshot 228895186; sync; origin: "
     "node 0, lsn 37D15A85/1735D696, at 2071-05-25 00:46:18.307713 UTC"},
    {RMGR_XACT, 0xA0, "1f8184832b16000000000000", "", "ABORT", "2000-10-09 03:09:05.903903 UTC"},
    {RMGR_XACT, 0xA0, "5877c447f2770200460000000100000025c507ab010000008006000084320000b6496918",
     "", "ABORT", "2022-01-07 01:00:23.270232 UTC; rels: global/409553334; subxacts: 2869413157"},
    {RMGR_XACT, 0xA0,
     "7adc4a47aaac0500600100000400000092d0bb05ecbe678731b96a4bea13f6bfb1878612bfafc6a8d0f288fa00c88"
     "1a46c3f85ad25fd1ef922e14cbce1cbce8054ce6a352ad93c932e3471b5d6f60000",
     "", "ABORT",
     "2050-08-12 08:50:24.059514 UTC; origin: node 0, lsn 933CD92A/356ACE54, at 2008-08-07 "
     "05:27:07.529262 UTC; dropped stats: 96194706/2271723244/1265285425 "
     "-1074392086/310806449/2831593407 -91688240/2759968768/2911190892 "
     "-115409627/3159154978/2161036257"},
    {RMGR_XACT, 0xA0, "abe6e37371ac02004300000098e420a0ae4d2ed60300000005a0dc931aba42b5f2ff4505",
     "", "ABORT", "2023-11-06 02:33:49.018795 UTC; subxacts: 2480709637 3041049114 88473586"},
    {RMGR_XACT, 0xB0, "1845447ff06f01007000008010aa6998cca56538b1231a91c04ce9f9ab280600", "",
     "COMMIT_PREPARED",
     "2557061648: 2012-10-26 08:01:34.725400 UTC; sync; origin: node 0, lsn 911A23B1/3865A5CC, at "
     "2054-12-07 10:55:57.598912 UTC"},
    {RMGR_XACT, 0xB0,
     "8e81a48391550700930100407cc0f138eaa6489b000000000000000003ce68c07b5742325c7a6f217c3d58373f00",
     "", "COMMIT_PREPARED", "3228093955: 2065-06-01 14:45:04.189838 UTC"},
    {RMGR_XACT, 0xB0, "a75d4ecb58d40700900000c07721a0f66068472922552b506d3124686a53586e787000", "",
     "COMMIT_PREPARED", "4137689463: 2069-10-31 23:24:30.095783 UTC; sync"},
    {RMGR_XACT, 0xB0,
     "4ad7f8be685505001c00002003000000810600003f1300004139cd4f81060000e936000019a3a4e37f06000035270"
     "000cae8886e03000000428e314219335eeb1ef748df8a199bb1512aaa0ef53e44e83953d7a78ef5582afdb8a4169c"
     "ce94e21a23b3210d0aec54c42b55ab",
     "", "COMMIT_PREPARED",
     "2874485700: 2047-07-28 23:07:32.492106 UTC; rels: "
     "pg_tblspc/1665/PG_15_202209061/4927/1338849601 "
     "pg_tblspc/1665/PG_15_202209061/14057/3819217689 base/10037/1854466250; inval msgs: catcache "
     "66 catcache 81 smgr; apply_feedback"},
    {RMGR_XACT, 0xC0, "2e530303efc00200130000004e62685b6e4ca7d300000000fd1b86df", "",
     "ABORT_PREPARED", "3750108157: 2024-07-23 20:45:33.687598 UTC"},
    {RMGR_XACT, 0xC0,
     "273a4af65e260200f50000004361d397831c42750200000081060000be4b00004d0311d0800600001b070000df62b"
     "4f139b6c585374c622053666700fdaad3415dc95326f244277ef12b0100",
     "", "ABORT_PREPARED",
     "2244326969: 2019-03-05 22:14:14.262311 UTC; rels: "
     "pg_tblspc/1665/PG_15_202209061/19390/3490775885 global/4055130847; origin: node 0, lsn "
     "2653C95D/41D3AAFD, at 2010-06-14 00:39:40.326130 UTC"},
    {RMGR_XACT, 0xC0,
     "e497922035fa0200130100001ccbb35da7408a97030000006cddadb8f1d567d6ca6ecedd030000005a6f48bd05892"
     "aa26b20eaac4dbcbd2e43f24ed95cf20297f8649b050c057f2410827802e47610ba",
     "", "ABORT_PREPARED",
     "3121641188: 2026-07-22 17:20:40.110052 UTC; subxacts: 3098402156 3597129201 3721293514; "
     "dropped stats: -1119326374/2720696581/2901024875 784186445/3645829699/2533552732 "
     "94070008/612304140/41452048"},
    {RMGR_XACT, 0xC0,
     "3811923f370a0100540100000200000080060000fb070000a7264dc181060000fc140000fbea539c02000000db878"
     "0907e743e0f403a4d6a9ed3102fba9b329f6801abdcf77b7deb",
     "", "ABORT_PREPARED",
     "3950869495: 2009-04-10 19:36:22.726968 UTC; rels: global/3243058855 "
     "pg_tblspc/1665/PG_15_202209061/5372/2622745339; dropped stats: "
     "-1870624805/255751294/1783446080 789631902/2670894010/3702194536"},
    {RMGR_XACT, 0xD0, "190000000500000039896d7404dc318753832601cf8ac6a6f853510f", "", "ASSIGNMENT",
     "xtop 25: subxacts: 1953335609 2268191748 19301203 2798029519 256988152"},
    {RMGR_XACT, 0xD0, "0102000000000000", "", "ASSIGNMENT", "xtop 513: subxacts:"},
    {RMGR_XACT, 0xE0,
     "050000001d76608720b8990104fee82f807367fa026a87f50379909fad91af918f75b89e4852e2f4e85b716971658"
     "9a5d641d9180bc92d790229264882e83d1503def9b8413f869d24e087c0cfebca6ef89aea32",
     "", "INVALIDATION",
     "; inval msgs: catcache 29 catcache 2 catcache 72 catcache 11 catcache 65"},
    {RMGR_XACT, 0xE0, "020000000da11d712fead8ad6a7f3c151124acbc0758dd18be0932e771e15ae76c49110e",
     "", "INVALIDATION", "; inval msgs: catcache 13 catcache 7"},
    {RMGR_XACT, 0xE0, "00000000", "", "INVALIDATION", ""},
    {RMGR_SMGR, 0x10, "81060000e24b000009ac37470200000006000000", "", "CREATE",
     "pg_tblspc/1665/PG_15_202209061/19426/1194830857_vm"},
    {RMGR_SMGR, 0x20, "f8b409e17f060000fb62449a0100000004000000", "", "TRUNCATE",
     "base/2588173051/1 to 3775509752 blocks flags 4"},
    {RMGR_CLOG, 0x00, "8c3e1487", "", "ZEROPAGE", "page -2028716404"},
    {RMGR_CLOG, 0x10, "bb97281f4112a5994a94a391", "", "TRUNCATE",
     "page 522753979; oldestXact 2577732161"},
    {RMGR_DBASE, 0x00, "45e02a47060000006c3d607b8452a4b66198ac096991a2716273a9f7e6a31f71", "",
     "CREATE_FILE_COPY", "copy dir 3064222340/2069904748 to 6/1193992261"},
    {RMGR_DBASE, 0x10, "b3c8731e0200000031928920d609fc95", "", "CREATE_WAL_LOG",
     "create dir 2/510904499"},
    {RMGR_DBASE, 0x20, "a30affa007000000ed3e40e5d2f1bc21ce573de7e43b9050e6bffd0b1f5d1d3fd0a04264",
     "", "DROP",
     "dir 3846192877/2701068963 566030802/2701068963 3879557070/2701068963 1351629796/2701068963 "
     "201179110/2701068963 1058888991/2701068963 1682088144/2701068963"},
    {RMGR_TBLSPC, 0x00, "4ddedbd27d4b69397a4866374937342a63313a21707800", "", "CREATE",
     "3537624653 \"}Ki9zHf7I74*c1:!px\""},
    {RMGR_TBLSPC, 0x10, "0b052b8453395265656a4d00", "", "DROP", "2217411851"},
    {RMGR_MULTIXACT, 0x00, "238ca610", "", "ZERO_OFF_PAGE", "279350307"},
    {RMGR_MULTIXACT, 0x10, "691c453c", "", "ZERO_MEM_PAGE", "1011162217"},
    {RMGR_MULTIXACT, 0x20, "31a07c0a306dbe640100000038bf7da305000000", "", "CREATE_ID",
     "175939633 offset 1690201392 nmembers 1: 2742927160 (upd) "},
    {RMGR_MULTIXACT, 0x30, "c45781b075870921460f4d640d830c1e9d8e6fa6", "", "TRUNCATE_ID",
     "offsets [554272629, 1682771782), members [504136461, 2792328861)"},
    {RMGR_RELMAP, 0x00, "e36281e923339b590400000007000000", "", "UPDATE",
     "database 3917570787 tablespace 1503343395 size 4"},
    {RMGR_STANDBY, 0x00,
     "030000001d499bc144e0f45313c4f7d7629c9e0a0a01b24de4aab2a90a29244c55d3026864cd9e7e", "", "LOCK",
     "xid 3248179485 db 1408557124 rel 3623339027 xid 178166882 db 1303511306 rel 2847058660 xid "
     "1277438218 db 1745015637 rel 2124336484 "},
    {RMGR_STANDBY, 0x00, "01000000dcc255af446974783531bd01", "", "LOCK",
     "xid 2941633244 db 2020895044 rel 29176117 "},
    {RMGR_STANDBY, 0x10, "01000000000000000100000022465b8cec7356d68e20dbda64b4a318", "",
     "RUNNING_XACTS",
     "nextXid 2354791970 latestCompletedXid 3671793806 oldestRunningXid 3595989996; 1 xacts: "
     "413381732; subxid ovf"},
    {RMGR_STANDBY, 0x20,
     "aea8ea9d56b6527f010000000300000031732066f47679cf451b0a47131a9ecb1429541a2ae153829e5322ec9c9f7"
     "7a13c86c862860f2e36ff5bf9c5e1f4170c",
     "", "INVALIDATIONS",
     "; relcache init file inval dbid 2649401518 tsid 2136127062; inval msgs: catcache 49 catcache "
     "20 catcache 60"},
    {RMGR_STANDBY, 0x20, "57629dfe4c4864070000000000000000", "", "INVALIDATIONS", ""},
    {RMGR_STANDBY, 0x20,
     "dbc828c5773094a000000000040000001a2c0f99ad912535cf0edadc7345184c26d1f7b6bb7c6c95dffc71ee57cf9"
     "23f4b6931c65e0d26d303616f0cc1cdcfee40420640169e351746ec3be3fc99ec5b",
     "", "INVALIDATIONS", "; inval msgs: catcache 26 catcache 38 catcache 75 catcache 64"},
    {RMGR_HEAP2, 0x00, "", "", "REWRITE", ""},
    {RMGR_HEAP2, 0x10, "3c2f384a22010ebb", "", "PRUNE",
     "latestRemovedXid 1245196092 nredirected 290 ndead 47886"},
    {RMGR_HEAP2, 0x20, "bdaa", "", "VACUUM", "nunused 43709"},
    {RMGR_HEAP2, 0x30, "8b0dc2559faa", "", "FREEZE_PAGE", "cutoff xid 1438780811 ntuples 43679"},
    {RMGR_HEAP2, 0x40, "69688b4a80", "", "VISIBLE", "cutoff xid 1250650217 flags 0x80"},
    {RMGR_HEAP2, 0x50, "2a498f23", "", "MULTI_INSERT", "9103 tuples flags 0x2A"},
    {RMGR_HEAP2, 0x60, "7fa7770aa79e71be", "", "LOCK_UPDATED",
     "off 40615: xmax 175613823: flags 0xBE IS_MULTI KEYS_UPDATED "},
    {RMGR_HEAP2, 0x70, "4f2d1718937f2d2401c61f383e6ec63066099d35ab3112a2a864c167360b0773b81e", "",
     "NEW_CID",
     "rel 899484006/2719101355/1740727464; tid 188117767/7864; cmin: 606961555, cmax: 941606401, "
     "combo: 818310718"},
    {RMGR_HEAP2, 0xD0, "1f89a91e", "", "MULTI_INSERT+INIT", "7849 tuples flags 0x1F"},
    {RMGR_HEAP, 0x00, "5dbbc3", "", "INSERT", "off 47965 flags 0xC3"},
    {RMGR_HEAP, 0x10, "678658384f8588b4", "", "DELETE", "off 34127 flags 0xB4 KEYSHR_LOCK "},
    {RMGR_HEAP, 0x10, "20b49bc0a519a5c4", "", "DELETE", "off 6565 flags 0xC4 IS_MULTI EXCL_LOCK "},
    {RMGR_HEAP, 0x10, "ad44496a99bb4aa6", "", "DELETE",
     "off 48025 flags 0xA6 LOCK_ONLY KEYSHR_LOCK "},
    {RMGR_HEAP, 0x20, "2a25151e951a22834c606c82a689", "", "UPDATE",
     "off 6805 xmax 504702250 flags 0x83 LOCK_ONLY ; new off 35238 xmax 2188140620"},
    {RMGR_HEAP, 0x20, "462b6f83b3662b94af2f934088a1", "", "UPDATE",
     "off 26291 xmax 2205100870 flags 0x94 IS_MULTI LOCK_ONLY KEYSHR_LOCK ; new off 41352 xmax "
     "1083387823"},
    {RMGR_HEAP, 0x30, "69bd5f5302000000020000009200907b441d7db4", "", "TRUNCATE",
     "restart_seqs nrelids 2 relids 2073034898 3028098372"},
    {RMGR_HEAP, 0x30, "2592602e0500000000000000ffa52aba0d0af78e9ed9500225b1692ebc1277de", "",
     "TRUNCATE", "nrelids 5 relids 3123357183 2398554637 38853022 778678565 3732345532"},
    {RMGR_HEAP, 0x40, "416b1cb5a40c7e2f6ebc90a20628", "", "HOT_UPDATE",
     "off 3236 xmax 3038538561 flags 0x2F LOCK_ONLY EXCL_LOCK KEYSHR_LOCK KEYS_UPDATED ; new off "
     "10246 xmax 2727394414"},
    {RMGR_HEAP, 0x40, "58050da3314d2832044a62a42b40", "", "HOT_UPDATE",
     "off 19761 xmax 2735539544 flags 0x32 KEYSHR_LOCK ; new off 16427 xmax 2757904900"},
    {RMGR_HEAP, 0x40, "87a54a6924974fa628865d5cbda5", "", "HOT_UPDATE",
     "off 38692 xmax 1766499719 flags 0xA6 IS_MULTI LOCK_ONLY EXCL_LOCK KEYSHR_LOCK ; new off "
     "42429 xmax 1549633064"},
    {RMGR_HEAP, 0x50, "3f56", "", "HEAP_CONFIRM", "off 22079"},
    {RMGR_HEAP, 0x60, "27806fa0793f8c82", "", "LOCK",
     "off 16249: xid 2691661863: flags 0x82 EXCL_LOCK KEYSHR_LOCK "},
    {RMGR_HEAP, 0x60, "91762f58b435c662", "", "LOCK",
     "off 13748: xid 1479505553: flags 0x62 LOCK_ONLY EXCL_LOCK "},
    {RMGR_HEAP, 0x60, "b1099e1ec73aa339", "", "LOCK",
     "off 15047: xid 513673649: flags 0x39 IS_MULTI LOCK_ONLY "},
    {RMGR_HEAP, 0x70, "164e", "", "INPLACE", "off 19990"},
    {RMGR_HEAP, 0x80, "5a835f", "", "INSERT+INIT", "off 33626 flags 0x5F"},
    {RMGR_HEAP, 0xA0, "7d01030b60106a8c451b46134f87", "", "UPDATE+INIT",
     "off 4192 xmax 184746365 flags 0x8C LOCK_ONLY KEYSHR_LOCK ; new off 34639 xmax 323361605"},
    {RMGR_HEAP, 0xA0, "2b360274299b4d56410a947479b6", "", "UPDATE+INIT",
     "off 39721 xmax 1946301995 flags 0x56 IS_MULTI EXCL_LOCK KEYSHR_LOCK ; new off 46713 xmax "
     "1955859009"},
    {RMGR_HEAP, 0xA0, "7dc469960a15a7a18056684e405a", "", "UPDATE+INIT",
     "off 5386 xmax 2523513981 flags 0xA1 IS_MULTI LOCK_ONLY EXCL_LOCK ; new off 23104 xmax "
     "1315460736"},
    {RMGR_HEAP, 0xC0, "899a18a8c46a6e4f10497846b145", "", "HOT_UPDATE+INIT",
     "off 27332 xmax 2820184713 flags 0x4F LOCK_ONLY EXCL_LOCK KEYSHR_LOCK ; new off 17841 xmax "
     "1182288144"},
    {RMGR_HEAP, 0xC0, "b2c3c78ab85c66839048a7588b06", "", "HOT_UPDATE+INIT",
     "off 23736 xmax 2328347570 flags 0x83 LOCK_ONLY EXCL_LOCK ; new off 1675 xmax 1487358096"},
    {RMGR_HEAP, 0xC0, "0aa34764607b042f23345c896370", "", "HOT_UPDATE+INIT",
     "off 31584 xmax 1682416394 flags 0x2F EXCL_LOCK ; new off 28771 xmax 2304521251"},
    {RMGR_BTREE, 0x00, "c6bf", "", "INSERT_LEAF", "off 49094"},
    {RMGR_BTREE, 0x10, "6e65", "", "INSERT_UPPER", "off 25966"},
    {RMGR_BTREE, 0x20, "1fa7", "", "INSERT_META", "off 42783"},
    {RMGR_BTREE, 0x30, "69354fa793a82cbd91c0", "", "SPLIT_L",
     "level 2806986089, firstrightoff 43155, newitemoff 48428, postingoff 49297"},
    {RMGR_BTREE, 0x40, "843539b269aa945d8d9e", "", "SPLIT_R",
     "level 2990093700, firstrightoff 43625, newitemoff 23956, postingoff 40589"},
    {RMGR_BTREE, 0x50, "023b", "", "INSERT_POST", "off 15106"},
    {RMGR_BTREE, 0x60, "3766", "", "DEDUP", "nintervals 26167"},
    {RMGR_BTREE, 0x70, "751456834e35bc2f", "", "DELETE",
     "latestRemovedXid 2203456629; ndeleted 13646; nupdated 12220"},
    {RMGR_BTREE, 0x80, "8189116b5e09a1513e06c3893b27c5464a52173fc37f8c45098c131e764e7d556c268c17",
     "", "UNLINK_PAGE",
     "left 1796311425; right 1369508190; level 2311259710; safexid 1166835651:1058493002; leafleft "
     "504597513; leafright 1434275446; leaftopparent 395060844"},
    {RMGR_BTREE, 0x90, "0318b7802593acb5b647b9030f1032647f79147b79846a8c32a99a933b78be1240518b73",
     "", "UNLINK_PAGE_META",
     "left 2159482883; right 3047985957; level 62474166; safexid 2355790969:2064939391; leafleft "
     "2476386610; leafright 314472507; leaftopparent 1938510144"},
    {RMGR_BTREE, 0xA0, "8b9f2a2e76354708", "", "NEWROOT", "lev 138884470"},
    {RMGR_BTREE, 0xB0, "1e345940457d5a7406a38c2cae9a26b16579936d", "", "MARK_PAGE_HALFDEAD",
     "topparent 1838381413; leaf 1952087365; left 747414278; right 2972097198"},
    {RMGR_BTREE, 0xC0, "5d1a7390", "", "VACUUM", "ndeleted 6749; nupdated 36979"},
    {RMGR_BTREE, 0xD0, "18157689c3763cb85e2f990c47ac17a3b31739795a2c8978", "", "REUSE_PAGE",
     "rel 2306217240/3090970307/211365726; latestRemovedXid 2022255706:2033784755"},
    {RMGR_BTREE, 0xE0, "", "17318f343ebda7a583c657112776a37bba893248983319af36812f75",
     "META_CLEANUP", "last_cleanup_num_delpages 2937664408"},
    {RMGR_HASH, 0x00, "0100000100010001010100010001", "", "INIT_META_PAGE",
     "num_tuples 7.2929e-304, fillfactor 256"},
    {RMGR_HASH, 0x10, "0000", "", "INIT_BITMAP_PAGE", "bmsize 0"},
    {RMGR_HASH, 0x20, "0101", "", "INSERT", "off 257"},
    {RMGR_HASH, 0x30, "010001", "", "ADD_OVFL_PAGE", "bmsize 1, bmpage_found T"},
    {RMGR_HASH, 0x40, "010100000101000101", "", "SPLIT_ALLOCATE_PAGE",
     "new_bucket 257, meta_page_masks_updated T, issplitpoint_changed F"},
    {RMGR_HASH, 0x50, "", "", "SPLIT_PAGE", ""},
    {RMGR_HASH, 0x60, "00010100", "", "SPLIT_COMPLETE", "old_bucket_flag 256, new_bucket_flag 1"},
    {RMGR_HASH, 0x70, "000001", "", "MOVE_PAGE_CONTENTS", "ntups 0, is_primary T"},
    {RMGR_HASH, 0x80, "000101000100000101000101", "", "SQUEEZE_PAGE",
     "prevblkno 65792, nextblkno 16777217, ntups 1, is_primary T"},
    {RMGR_HASH, 0x90, "0001", "", "DELETE", "clear_dead_marking F, is_primary T"},
    {RMGR_HASH, 0xA0, "", "", "SPLIT_CLEANUP", ""},
    {RMGR_HASH, 0xB0, "0100010000010101", "", "UPDATE_META_PAGE", "ntuples 7.7486e-304"},
    {RMGR_HASH, 0xC0, "0101010000000000", "", "VACUUM_ONE_PAGE",
     "ntuples 0, latestRemovedXid 65793"},
    {RMGR_GIN, 0x10, "", "", "CREATE_PTREE", ""},
    {RMGR_GIN, 0x20, "0300",
     "0100d7040500d3c2b87afa5b927499205fcb7978f8886bde9b0482cc475a95d15421de91", "INSERT",
     "isdata: T isleaf: T 1 segments: 215 (add 5 items)"},
    {RMGR_GIN, 0x20, "01000100000000010000", "000100000101000100000000", "INSERT",
     "isdata: T isleaf: F children: 65536/16777216 pitem: 257-16777216/0"},
    {RMGR_GIN, 0x30, "b2a4bf0a1706b875c64c13a5a68f6a1c259197bb467dc1306582", "", "SPLIT",
     "isrootsplit: T isdata: T isleaf: F"},
    {RMGR_GIN, 0x30, "853217285450545b32007e191b068f1b2bba06618a8bb51499af", "", "SPLIT",
     "isrootsplit: F isdata: T isleaf: F"},
    {RMGR_GIN, 0x40, "", "", "VACUUM_PAGE", ""},
    {RMGR_GIN, 0x50, "", "", "DELETE_PAGE", ""},
    {RMGR_GIN, 0x60, "", "", "UPDATE_META_PAGE", ""},
    {RMGR_GIN, 0x70, "", "", "INSERT_LISTPAGE", ""},
    {RMGR_GIN, 0x80,
     "9db679132b28af769313655dbe309f947428490e3e791291a16d47181e2638a45534c2954c94864a1056456d446f4"
     "bb8172d534f23699c3e26be39b1",
     "", "DELETE_LISTPAGE", "ndeleted: -1321615834"},
    {RMGR_GIN, 0x80,
     "1d0f2906908d3dbf20ba9520634738b11e69ad9ca80e0f9f5daf053c5320483439606880be5b687e1c9a7353c02e7"
     "8613015b65e199707a9c2a45554",
     "", "DELETE_LISTPAGE", "ndeleted: 1414898882"},
    {RMGR_GIN, 0x90, "", "0000", "VACUUM_DATA_LEAF_PAGE", " 0 segments:"},
    {RMGR_GIN, 0x90, "",
     "03006f016302a08d344c3ea8060032a1940811aeb40405004b2f7394f1c8e044bc8ec1535674252059375011dcda3"
     "4815d19ba6bda74",
     "VACUUM_DATA_LEAF_PAGE", " 3 segments: 111 (delete) 99 (insert) 180 (add 5 items)"},
    {RMGR_GIN, 0x90, "", "0100450405001744b2d2e7ab4f8f2758a9b9b84e1309111c725385489f1825a7f9ee0912",
     "VACUUM_DATA_LEAF_PAGE", " 1 segments: 69 (add 5 items)"},
    {RMGR_GIST, 0x00, "", "", "PAGE_UPDATE", ""},
    {RMGR_GIST, 0x10, "363eb48b354f", "", "DELETE",
     "delete: latestRemovedXid 2343845430, nitems: 20277"},
    {RMGR_GIST, 0x20, "9202154da19b1d87c22736ac74c29e3b71972744693c4131", "", "PAGE_REUSE",
     "rel 1293222546/2266864545/2889230274; blk 1000260212; latestRemovedXid 826358889:1143445361"},
    {RMGR_GIST, 0x30, "24196f9eae866a8a18a95439351a74972426468a", "", "PAGE_SPLIT",
     "page_split: splits to 35398 pages"},
    {RMGR_GIST, 0x60, "a933664650a2c2596659", "", "PAGE_DELETE",
     "deleteXid 1505927760:1181103017; downlink 22886"},
    {RMGR_GIST, 0x70, "", "", "ASSIGN_LSN", ""},
    {RMGR_SEQ, 0x00, "247c9a47007c34ad688b903c", "", "LOG", "rel 1201306660/2905897984/1016105832"},
    {RMGR_SPGIST, 0x10, "00010100000101010101", "", "ADD_LEAF",
     "off: 1, headoff: 256, parentoff: 257, nodeI: 257 (nulls)"},
    {RMGR_SPGIST, 0x10, "00000001010101010100", "", "ADD_LEAF",
     "off: 256, headoff: 257, parentoff: 257, nodeI: 1"},
    {RMGR_SPGIST, 0x10, "01000100010101010001", "", "ADD_LEAF",
     "off: 1, headoff: 257, parentoff: 257, nodeI: 256 (newpage)"},
    {RMGR_SPGIST, 0x20, "00000101000001000000", "", "MOVE_LEAFS",
     "nmoves: 0, parentoff: 1, nodeI: 0 (newpage) (replacedead)"},
    {RMGR_SPGIST, 0x20, "00010101010101010100", "", "MOVE_LEAFS",
     "nmoves: 256, parentoff: 257, nodeI: 1 (newpage) (replacedead) (nulls)"},
    {RMGR_SPGIST, 0x20, "01010000010001010000", "", "MOVE_LEAFS",
     "nmoves: 257, parentoff: 257, nodeI: 0 (nulls)"},
    {RMGR_SPGIST, 0x30, "00010001000000010001", "", "ADD_NODE",
     "off: 256, newoff: 256, parentBlk: 0, parentoff: 256, nodeI: 256"},
    {RMGR_SPGIST, 0x30, "01000001010001000001", "", "ADD_NODE",
     "off: 1, newoff: 256, parentBlk: 0, parentoff: 1, nodeI: 256 (newpage)"},
    {RMGR_SPGIST, 0x40, "000101000000", "", "SPLIT_TUPLE", "prefixoff: 256, postfixoff: 1"},
    {RMGR_SPGIST, 0x40, "010101010001", "", "SPLIT_TUPLE",
     "prefixoff: 257, postfixoff: 257 (same)"},
    {RMGR_SPGIST, 0x50, "010100010000000001000000000100000001", "", "PICKSPLIT",
     "ndelete: 256, ninsert: 0, inneroff: 1, parentoff: 0, nodeI: 256 (isRootSplit)"},
    {RMGR_SPGIST, 0x50, "010101010000000001000101010101000001", "", "PICKSPLIT",
     "ndelete: 257, ninsert: 0, inneroff: 1, parentoff: 1, nodeI: 256 (innerIsParent) (nulls) "
     "(isRootSplit)"},
    {RMGR_SPGIST, 0x60, "0001000100010101", "", "VACUUM_LEAF",
     "ndead: 256, nplaceholder: 256, nmove: 256, nchain: 257"},
    {RMGR_SPGIST, 0x70, "0101", "", "VACUUM_ROOT", "ndelete: 257"},
    {RMGR_SPGIST, 0x80, "0000000000000100", "", "VACUUM_REDIRECT",
     "ntoplaceholder: 0, firstplaceholder: 0, newestredirectxid: 65536"},
    {RMGR_BRIN, 0x00, "1bb90e59ad93", "", "CREATE_INDEX", "v37805 pagesPerRange 1494137115"},
    {RMGR_BRIN, 0x10, "82bd428264940568300a", "", "INSERT",
     "heapBlk 2185411970 pagesPerRange 1745196132 offnum 2608"},
    {RMGR_BRIN, 0x20, "7a85893b4f436f07b26817327b6f", "", "UPDATE",
     "heapBlk 124732239 pagesPerRange 840394930 old offnum 34170, new offnum 28539"},
    {RMGR_BRIN, 0x30, "4b56", "", "SAMEPAGE_UPDATE", "offnum 22091"},
    {RMGR_BRIN, 0x40, "8e7fac00", "", "REVMAP_EXTEND", "targetBlk 11304846"},
    {RMGR_BRIN, 0x50, "3e54b185684ebb7060a0", "", "DESUMMARIZE",
     "pagesPerRange 2242991166, heapBlk 1891323496, page offset 41056"},
    {RMGR_BRIN, 0x90, "238360780d3e95a92971", "", "INSERT+INIT",
     "heapBlk 2019590947 pagesPerRange 2845130253 offnum 28969"},
    {RMGR_BRIN, 0xA0, "21bf27375dc30fb76c311389770c", "", "UPDATE+INIT",
     "heapBlk 3071263581 pagesPerRange 2299736428 old offnum 48929, new offnum 3191"},
    {RMGR_COMMIT_TS, 0x00, "9ea140b0", "", "ZEROPAGE", "-1337941602"},
    {RMGR_COMMIT_TS, 0x10, "2a4f3f96725d5251", "", "TRUNCATE",
     "pageno -1774235862, oldestXid 1364352370"},
    {RMGR_REPLORIGIN, 0x00, "05f6f581de62cc465e04010101000101", "", "SET",
     "set 1118; lsn 46CC62DE/81F5F605; force: 1"},
    {RMGR_REPLORIGIN, 0x10, "72b6e49cd64dded8c2ee010001000000", "", "DROP", "drop 46706"},
    {RMGR_GENERIC, 0x00, "750e0d00c5fdb7c27d3764ac957bb5e98e", "", "Generic",
     "offset 3701, length 13"},
    {RMGR_LOGICALMSG, 0x00, "c5885f99010000000400000000000000000000000000000061206200", "",
     "MESSAGE", "transactional, prefix \"a b\"; payload (0 bytes): "},
    {RMGR_GENERIC, 0x00, "01000200aabb03000100cc", "", "Generic",
     "offset 1, length 2; offset 3, length 1"},
    {RMGR_LOGICALMSG, 0x00, "050000000100000006000000000000000400000000000000627974657300000102ff",
     "", "MESSAGE", "transactional, prefix \"bytes\"; payload (4 bytes): 00 01 02 FF"},
    {RMGR_HEAP, 0x60, "7b000000050017ff", "", "LOCK",
     "off 5: xid 123: flags 0xFF IS_MULTI LOCK_ONLY EXCL_LOCK KEYS_UPDATED "},
};

static const VersionRow version_rows[] = {
    {13, RMGR_HEAP2, 0x10, "0300000000000100", "", "CLEAN",
     "latestRemovedXid 3 nredirected 0 ndead 1"},
    {13, RMGR_HEAP2, 0x20, "de0100001300", "", "FREEZE_PAGE", "cutoff xid 478 ntuples 19"},
    {13, RMGR_HEAP2, 0x30, "7f06000001000000e70400008d000000", "", "CLEANUP_INFO",
     "rel 1663/1/1255; latestRemovedXid 141"},
    {13, RMGR_DBASE, 0x00,
     "46340000"
     "7f060000"
     "01000000"
     "7f060000",
     "", "CREATE", "copy dir 1663/1 to 1663/13382"},
    {14, RMGR_DBASE, 0x10,
     "4634000001000000"
     "7f060000",
     "", "DROP", "dir 1663/13382"},
    {13, RMGR_XACT, 0x60, "", "", NULL, ""},
    {14, RMGR_HEAP2, 0x20, "8800", "", "VACUUM", "nunused 136"},
    {15, RMGR_HEAP2, 0x10, "de02000000000100", "01000200", "PRUNE",
     "latestRemovedXid 734 nredirected 0 ndead 1"},
    {16, RMGR_HEAP, 0x00, "050008", "", "INSERT", "off: 5, flags: 0x08"},
    {16, RMGR_HEAP, 0x10, "dc02000005001000", "", "DELETE",
     "xmax: 732, off: 5, infobits: [KEYS_UPDATED], flags: 0x00"},
    {16, RMGR_HEAP, 0x60, "dc02000005000701", "", "LOCK",
     "xmax: 732, off: 5, infobits: [IS_MULTI, LOCK_ONLY, EXCL_LOCK], flags: 0x01"},
    {16, RMGR_HEAP, 0x40, "dc02000002000020000000000300", "", "HOT_UPDATE",
     "old_xmax: 732, old_off: 2, old_infobits: [], flags: 0x20, new_xmax: 0, new_off: 3"},
    {16, RMGR_HEAP, 0x30, "05000000020000000300000004400000ac400000", "", "TRUNCATE",
     "flags: [CASCADE, RESTART_SEQS], nrelids: 2, relids: [16388, 16556]"},
    {16, RMGR_HEAP, 0x30, "050000000100000002000000ac400000", "", "TRUNCATE",
     "flags: [RESTART_SEQS], nrelids: 1, relids: [16556]"},
    {16, RMGR_HEAP, 0x50, "0100", "", "HEAP_CONFIRM", "off: 1"},
    {16, RMGR_HEAP2, 0x50, "0300020007000900", "aa", "MULTI_INSERT",
     "ntuples: 2, flags: 0x03, offsets: [7, 9]"},
    {16, RMGR_HEAP2, 0x50, "0300020007000900", "", "MULTI_INSERT", "ntuples: 2, flags: 0x03"},
    {16, RMGR_HEAP2, 0xD0, "03000200", "aa", "MULTI_INSERT+INIT", "ntuples: 2, flags: 0x03"},
    {16, RMGR_HEAP2, 0x60, "dc02000005000100", "", "LOCK_UPDATED",
     "xmax: 732, off: 5, infobits: [IS_MULTI], flags: 0x00"},
    {16, RMGR_HEAP2, 0x10, "de0200000100020001",
     "0a001200"
     "05000900"
     "0300",
     "PRUNE",
     "snapshotConflictHorizon: 734, nredirected: 1, ndead: 2, nunused: 1, redirected: [10->18], "
     "dead: [5, 9], unused: [3]"},
    {16, RMGR_HEAP2, 0x10, "de0200000000010001", "", "PRUNE",
     "snapshotConflictHorizon: 734, nredirected: 0, ndead: 1"},
    {16, RMGR_HEAP2, 0x20, "0200", "01000400", "VACUUM", "nunused: 2, unused: [1, 4]"},
    {16, RMGR_HEAP2, 0x20, "0200", "", "VACUUM", "nunused: 2"},
    {16, RMGR_HEAP2, 0x30, "b1020000020000",
     "000000000200020b00000200"
     "070000000100000900000100"
     "010002000500",
     "FREEZE_PAGE",
     "snapshotConflictHorizon: 689, nplans: 2, plans: [{ xmax: 0, infomask: 2818, infomask2: 2, "
     "ntuples: 2, offsets: [1, 2] }, { xmax: 7, infomask: 2304, infomask2: 1, ntuples: 1, offsets: "
     "[5] }]"},
    {16, RMGR_HEAP2, 0x30, "b1020000020000", "", "FREEZE_PAGE",
     "snapshotConflictHorizon: 689, nplans: 2"},
    {16, RMGR_HEAP2, 0x40, "0000000003", "", "VISIBLE", "snapshotConflictHorizon: 0, flags: 0x03"},
    {17, RMGR_HEAP2, 0x10, "004c03000000", "01002200", "PRUNE_ON_ACCESS",
     "snapshotConflictHorizon: 3, isCatalogRel: F, nplans: 0, nredirected: 0, ndead: 1, nunused: "
     "0, dead: [34]"},
    {17, RMGR_HEAP2, 0x10, "00aef0020000",
     "020001000200"
     "03000400"
     "01000500",
     "PRUNE_ON_ACCESS",
     "snapshotConflictHorizon: 752, isCatalogRel: T, nplans: 0, nredirected: 2, ndead: 0, nunused: "
     "1, redirected: [1->2, 3->4], unused: [5]"},
    {17, RMGR_HEAP2, 0x20, "001cb7020000",
     "01000000"
     "000000001f00030b00000200"
     "01000200",
     "PRUNE_VACUUM_SCAN",
     "snapshotConflictHorizon: 695, isCatalogRel: F, nplans: 1, nredirected: 0, ndead: 0, nunused: "
     "0, plans: [{ xmax: 0, infomask: 2819, infomask2: 31, ntuples: 2, offsets: [1, 2] }]"},
    {17, RMGR_HEAP2, 0x30, "0a80", "01001500", "PRUNE_VACUUM_CLEANUP",
     ", isCatalogRel: F, nplans: 0, nredirected: 0, ndead: 0, nunused: 1, unused: [21]"},
    {17, RMGR_HEAP2, 0x30, "0a80", "", "PRUNE_VACUUM_CLEANUP", ", isCatalogRel: F"},
    {16, RMGR_XLOG, 0x90, "5212efc19af902000200000001000000", "", "END_OF_RECOVERY",
     "tli 2; prev tli 1; time 2026-07-15 01:10:27.371602 UTC"},
    {17, RMGR_XLOG, 0x90, "5212efc19af90200020000000100000001000000", "", "END_OF_RECOVERY",
     "tli 2; prev tli 1; time 2026-07-15 01:10:27.371602 UTC; wal_level replica"},
    {17, RMGR_XLOG, 0xE0, "02000000", "", "CHECKPOINT_REDO", "wal_level logical"},
    {17, RMGR_CLOG, 0x00, "0500000001000000", "", "ZEROPAGE", "page 4294967301"},
    {18, RMGR_HEAP, 0x70,
     "4d00000001000000"
     "7f060000"
     "01000000"
     "02000000"
     "3900000001000000aabbccdd00000000"
     "fe000000010000001234000000000000",
     "", "INPLACE",
     "off: 77; relcache init file inval dbid 1 tsid 1663; inval msgs: catcache 57 relcache 13330"},
    {17, RMGR_HEAP, 0x70, "4d00", "", "INPLACE", "off: 77"},
    {16, RMGR_BTREE, 0x00, "0100", "", "INSERT_LEAF", "(2 bytes of main data)"},
    {13, RMGR_SPGIST, 0x10, "", "", "ADD_LEAF", "(0 bytes of main data)"},
};

static const uint8_t *from_hex(const char *text, size_t *len)
{
    uint8_t *bytes;

    *len = strlen(text) / 2;
    bytes = mem_alloc(*len + 1);
    CU_ASSERT_TRUE_FATAL(hex_try_read(text, bytes, *len));
    /* Only as large as it is, for a sanitizer to see what is read beyond. */
    return mem_dup(bytes, *len);
}

static WalRecord *make_record(unsigned version, uint8_t rmgr, uint8_t info, const char *main,
                              const char *data)
{
    WalRecord *record = mem_new(WalRecord);
    size_t len;

    record->version = version;
    record->rmgr = rmgr;
    record->info = info;
    record->main = from_hex(main, &len);
    record->main_len = (uint32_t)len;
    record->ref_id_max = -1;
    if (*data != '\0') {
        record->ref_id_max = 0;
        record->refs[0].is_used = true;
        record->refs[0].has_data = true;
        record->refs[0].data = from_hex(data, &len);
        record->refs[0].data_len = (uint16_t)len;
    }
    return record;
}

static const char *description(const WalRecord *record)
{
    StrBuf out;

    strbuf_init(&out);
    walrec_describe(&out, record);
    return out.text;
}

static void set_time_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void check(unsigned version, uint8_t rmgr, uint8_t info, const char *main, const char *data,
                  const char *name, const char *text)
{
    const char *kind = walrec_kind_name(version, rmgr, info);

    if (name == NULL)
        CU_ASSERT_PTR_NULL(kind)
    else
        CU_ASSERT_STRING_EQUAL(kind, name);
    CU_ASSERT_STRING_EQUAL(description(make_record(version, rmgr, info, main, data)), text);
}

static void records_of_15_read_as_in_pg_waldump(void)
{
    set_time_zone("UTC");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(15, rows[i].rmgr, rows[i].info, rows[i].main, rows[i].data, rows[i].name,
              rows[i].text);
}

static void records_of_other_versions_are_told_by_their_layout(void)
{
    for (size_t i = 0; i < ARRAY_LEN(version_rows); i++) {
        const VersionRow *row = &version_rows[i];

        check(row->version, row->rmgr, row->info, row->main, row->data, row->name, row->text);
    }
}

static void describe_caught(const WalRecord *record, bool *is_raised)
{
    ERR_TRY() {
        description(record);
    }
    ERR_CATCH() {
        *is_raised = true;
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_DATA_CORRUPTED);
    }
    ERR_END();
}

/* A record with all that its kind has, less the last bytes: at some length it must be noticed. */
static void check_cut(WalRecord *record, bool has_text)
{
    const uint8_t *whole = record->main;
    bool is_raised = false;

    for (uint32_t len = record->main_len; len-- > 0;) {
        record->main = mem_dup(whole, len);
        record->main_len = len;
        describe_caught(record, &is_raised);
    }
    /* Of generic records, nothing is no less than something. */
    CU_ASSERT_TRUE(is_raised || !has_text || record->rmgr == RMGR_GENERIC);
}

static void records_that_are_cut_raise_and_nothing_behind_them_is_read(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_cut(make_record(15, rows[i].rmgr, rows[i].info, rows[i].main, rows[i].data),
                  *rows[i].text != '\0' && *rows[i].main != '\0');
}

static void block_data_that_is_cut_raises(void)
{
    static const Row cut[] = {
        {RMGR_BTREE, WAL_BTREE_META_CLEANUP, "", "00", NULL, NULL},
        {RMGR_GIN, WAL_GIN_INSERT, "0300", "0100", NULL, NULL},
        {RMGR_GIN, WAL_GIN_INSERT, "0300", "0100070200000000000005", NULL, NULL},
        {RMGR_GIN, WAL_GIN_INSERT, "0300", "01000704ffff00", NULL, NULL},
        {RMGR_GIN, WAL_GIN_INSERT, "00000100010001000100", "0100", NULL, NULL},
        {RMGR_GIN, WAL_GIN_INSERT, "01000100010001000100", "0100", NULL, NULL},
        {RMGR_GIN, WAL_GIN_VACUUM_DATA_LEAF_PAGE, "", "01", NULL, NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(cut); i++)
        UNIT_ASSERT_RAISES(
            SQLSTATE_DATA_CORRUPTED,
            description(make_record(15, cut[i].rmgr, cut[i].info, cut[i].main, cut[i].data)));
}

static void an_image_stands_for_what_it_leaves_out(void)
{
    WalRecord *record = make_record(15, RMGR_GIN, WAL_GIN_INSERT, "0300", "00");

    record->refs[0].has_image = true;
    record->refs[0].apply_image = true;
    CU_ASSERT_STRING_EQUAL(description(record), "isdata: T isleaf: T (full page image)");
    record->refs[0].apply_image = false;
    CU_ASSERT_STRING_EQUAL(description(record),
                           "isdata: T isleaf: T (full page image, for WAL verification)");
    record->ref_id_max = -1;
    CU_ASSERT_STRING_EQUAL(description(record), "isdata: T isleaf: T");
    record->info = WAL_GIN_VACUUM_DATA_LEAF_PAGE;
    CU_ASSERT_STRING_EQUAL(description(record), "");
    record = make_record(15, RMGR_BTREE, WAL_BTREE_META_CLEANUP, "", "");
    CU_ASSERT_STRING_EQUAL(description(record), "");
}

static void an_action_on_a_segment_that_there_is_not_is_said_to_be_unknown(void)
{
    WalRecord *record = make_record(15, RMGR_GIN, WAL_GIN_INSERT, "0300",
                                    "0200"
                                    "0509"
                                    "0601");

    CU_ASSERT_STRING_EQUAL(description(record),
                           "isdata: T isleaf: T 2 segments: 5 unknown action 9 ???");
}

static void kinds_and_managers_that_there_are_not_have_no_name(void)
{
    WalRecord record = {.version = 15, .rmgr = 200, .ref_id_max = -1};

    CU_ASSERT_PTR_NULL(walrec_kind_name(15, RMGR_XLOG, 0xE0));
    CU_ASSERT_PTR_NULL(walrec_kind_name(12, RMGR_XLOG, 0x00));
    CU_ASSERT_PTR_NULL(walrec_kind_name(19, RMGR_XLOG, 0x00));
    CU_ASSERT_PTR_NULL(walrec_kind_name(15, 200, 0));
    CU_ASSERT_PTR_NULL(walrec_rmgr_name(RMGR_COUNT));
    CU_ASSERT_STRING_EQUAL(walrec_rmgr_name(RMGR_XACT), "Transaction");
    CU_ASSERT_STRING_EQUAL(description(&record), "rmid: 200");
    /* The low half of the info byte and, of transactions, its top bit, are no part of the kind. */
    CU_ASSERT_STRING_EQUAL(walrec_kind_name(15, RMGR_XACT, 0x81), "COMMIT");
    CU_ASSERT_STRING_EQUAL(walrec_kind_name(15, RMGR_GENERIC, 0x70), "Generic");
}

/* Every kind of every manager, with nothing in it: some word or a raise, no crash. */
static void empty_records_of_all_kinds_do_no_harm(void)
{
    for (unsigned version = 13; version <= 18; version++) {
        for (unsigned kind = 0; kind < 256 * 16; kind++) {
            WalRecord record = {.version = version,
                                .rmgr = (uint8_t)(kind / 16),
                                .info = (uint8_t)(kind % 16 * 16),
                                .ref_id_max = -1};
            bool is_raised = false;

            describe_caught(&record, &is_raised);
        }
    }
}

static const char *time_text(PgTime time)
{
    StrBuf out;

    strbuf_init(&out);
    put_time(&out, time);
    return out.text;
}

static void times_are_shown_in_the_zone_of_the_process(void)
{
    set_time_zone("UTC");
    CU_ASSERT_STRING_EQUAL(time_text(0), "2000-01-01 00:00:00.000000 UTC");
    CU_ASSERT_STRING_EQUAL(time_text(INT64_C(848710158717207)), "2026-11-23 00:49:18.717207 UTC");
    CU_ASSERT_STRING_EQUAL(time_text(-1000000), "1999-12-31 23:59:59.000000 UTC");
    CU_ASSERT_STRING_EQUAL(time_text(INT64_C(253376640000000000)),
                           "10029-03-09 00:00:00.000000 UTC");
    CU_ASSERT_STRING_EQUAL(time_text(INT64_MAX), "294277-01-09 04:00:54.775807 UTC");
    set_time_zone("EST5EDT,M3.2.0,M11.1.0");
    CU_ASSERT_STRING_EQUAL(time_text(0), "1999-12-31 19:00:00.000000 EST");
    set_time_zone("UTC");
}

static void files_of_relations_have_their_paths(void)
{
    static const struct {
        RelTag rel;
        uint32_t fork;
        const char *path;
    } paths[] = {
        {{1663, 5, 16384}, FORK_MAIN, "base/5/16384"},
        {{1664, 0, 1262}, FORK_FSM, "global/1262_fsm"},
        {{16400, 5, 16384}, FORK_VM, "pg_tblspc/16400/PG_15_202209061/5/16384_vm"},
        {{1663, 5, 16384}, FORK_INIT, "base/5/16384_init"},
        {{1663, 5, 16384}, 9, "base/5/16384_unknown"},
    };
    StrBuf out;

    strbuf_init(&out);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        strbuf_clear(&out);
        put_rel_path(&out, 15, &paths[i].rel, paths[i].fork);
        CU_ASSERT_STRING_EQUAL(out.text, paths[i].path);
    }
    strbuf_clear(&out);
    put_rel_path(&out, 18, &(RelTag){16400, 5, 7}, FORK_MAIN);
    CU_ASSERT_STRING_EQUAL(out.text, "pg_tblspc/16400/PG_18_202506291/5/7");
}

static void numbers_have_the_digits_of_printf(void)
{
    static const uint32_t numbers[] = {0,    1,     9,          10,         99,
                                       100,  12345, 999999999,  UINT32_MAX, 0xF,
                                       0x10, 0xFFF, 0xABCDEF01, 0x10000000};

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        uint32_t n = numbers[i];
        StrBuf out;

        strbuf_init(&out);
        put_u32(&out, n);
        put_char(&out, ' ');
        put_lsn(&out, (Lsn)n << 32 | n);
        put_char(&out, ' ');
        put_full_xid(&out, (FullXid)n << 32 | n);
        put_char(&out, ' ');
        put_hex_u8(&out, (uint8_t)n);
        put_end(&out, put_hex_digits(put_begin(&out, 8), n, 8));
        CU_ASSERT_STRING_EQUAL(out.text,
                               mem_printf("%u %X/%X %u:%u %02X%08X", n, n, n, n, n, (uint8_t)n, n));
    }
}

UNIT_SUITE(describe)
{
    UNIT_TEST(records_of_15_read_as_in_pg_waldump);
    UNIT_TEST(records_of_other_versions_are_told_by_their_layout);
    UNIT_TEST(records_that_are_cut_raise_and_nothing_behind_them_is_read);
    UNIT_TEST(block_data_that_is_cut_raises);
    UNIT_TEST(an_image_stands_for_what_it_leaves_out);
    UNIT_TEST(an_action_on_a_segment_that_there_is_not_is_said_to_be_unknown);
    UNIT_TEST(kinds_and_managers_that_there_are_not_have_no_name);
    UNIT_TEST(empty_records_of_all_kinds_do_no_harm);
    UNIT_TEST(times_are_shown_in_the_zone_of_the_process);
    UNIT_TEST(files_of_relations_have_their_paths);
    UNIT_TEST(numbers_have_the_digits_of_printf);
}
