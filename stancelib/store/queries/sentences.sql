select
    sentence_id,
    doc_id,
    position::bigint as position,
    part::varchar as part,
    text,
    start::bigint as start,
    "end"::bigint as "end",
    lang,
    voice::varchar as voice,
    speaker,
    speaker_side
from sentences
order by doc_id, position;
