#!/usr/bin/env bash
# read_encodings.sh - make encoding_map.def from what a PostgreSQL 15 server converts
#
#     common/text/read_encodings.sh [psql options] >common/text/encoding_map.def
#
# The database must be in UTF8. Each byte from 80 up of each single-byte encoding is asked for; one that the server does
# not convert is 0.
set -eu
cat <<'END'
/*
 * encoding_map.def - the code points of bytes 80 to FF in each single-byte encoding, sorted by name
 *
 * ROW(encoding, 128 code points); 0 where there is none. Written by read_encodings.sh from a
 * PostgreSQL 15 server.
 */
END
psql -X -q -A -t -v ON_ERROR_STOP=1 "$@" <<'END'
create function pg_temp.code(byte int, encoding text) returns text language plpgsql as $$
begin
    return '0x' || upper(lpad(to_hex(ascii(convert_from(set_byte('\x00', 0, byte), encoding))), 4, '0'));
exception when others then
    return '0';
end $$;
with names as (
    select pg_encoding_to_char(i) as name from generate_series(8, 34) i
), codes as (
    select name, byte / 8 as line, string_agg(pg_temp.code(byte, name), ', ' order by byte) as text
    from names, generate_series(128, 255) byte group by 1, 2
)
select 'ROW(' || name || ',' || E'\n    ' || string_agg(text, E',\n    ' order by line) || ')' from codes
group by name order by name collate "C";
END
