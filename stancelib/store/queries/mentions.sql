select
    sentence_id,
    target,
    start::bigint as start,
    "end"::bigint as "end",
    alias,
    kind::varchar as kind
from mentions
order by doc_id, position, target, start;
