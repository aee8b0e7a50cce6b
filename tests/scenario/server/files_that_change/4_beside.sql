-- indexes that come and go beside others, and are made anew
create index concurrently moved_c on moved (c);
create unique index concurrently moved_u on moved (a) include (c);
reindex table concurrently moved;
insert into moved select i, 'more', 'rows' from generate_series(70001, 70100) i;
reindex index moved_c;
drop index concurrently moved_u;
reindex (tablespace space2) table moved;
reindex system postgres;
reindex database postgres;
reindex schema public;
