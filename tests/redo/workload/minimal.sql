-- minimal.sql - what is logged at wal_level = minimal only
--
-- A GiST index made in the transaction that fills it is not logged, but its splits need LSNs that
-- differ, which takes empty records. Runs before the base copy: nothing can be replayed over it.
create schema minimal;
set search_path = minimal;
begin;
create table boxes (b box);
create index boxes_b on boxes using gist (b);
insert into boxes select box(point(i * 7919 % 1000, i * 104729 % 1000),
                             point(i * 7919 % 1000 + 5, i * 104729 % 1000 + 5))
    from generate_series(1, 600) i;
commit;
