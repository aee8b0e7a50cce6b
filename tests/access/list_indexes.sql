-- The B-tree indexes of the database, and once of the cluster, as index_check wants them: whole columns of tables only.
SELECT concat_ws(' ', x.indexrelid::regclass, pg_relation_filepath(x.indrelid), pg_relation_filepath(x.indexrelid),
    indisunique, indnullsnotdistinct,
    -- character has the support function, which says no.
    indnkeyatts = indnatts AND NOT EXISTS (
        SELECT FROM generate_series(0, indnkeyatts - 1) i JOIN pg_opclass o ON o.oid = indclass[i]
        WHERE opcintype = 'bpchar'::regtype OR NOT EXISTS (SELECT FROM pg_amproc p WHERE p.amprocfamily = o.opcfamily
            AND p.amproclefttype = o.opcintype AND p.amprocnum = 4)),
    coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'deduplicate_items'),
        't') NOT IN ('off', 'false', 'f'),
    coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), '0'),
    indnkeyatts,
    (SELECT concat_ws(' ', count(*), string_agg(
            concat_ws(':', attlen, attbyval::int, attalign, attstorage), ' ' ORDER BY attnum))
        FROM pg_attribute WHERE attrelid = x.indrelid AND attnum > 0),
    (SELECT concat_ws(' ', count(*), string_agg(
            concat_ws(':', attlen, attbyval::int, attalign, attstorage, indkey[attnum - 1],
                coalesce((SELECT p.amproc::oid FROM pg_opclass o JOIN pg_amproc p ON p.amprocfamily = o.opcfamily
                    AND p.amproclefttype = o.opcintype AND p.amprocrighttype = o.opcintype AND p.amprocnum = 1
                    WHERE o.oid = indclass[attnum - 1]), 0),
                coalesce(indcollation[attnum - 1], 0), coalesce(indoption[attnum - 1], 0)), ' ' ORDER BY attnum))
        FROM pg_attribute WHERE attrelid = x.indexrelid AND attnum > 0))
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
WHERE c.relam = 403 AND c.relkind = 'i' AND indpred IS NULL AND NOT 0 = ANY (indkey::int2[])
    AND pg_relation_filepath(x.indrelid) IS NOT NULL
ORDER BY c.oid;
