insert into sentences
    (doc_id, position, part, text, start, "end", lang, voice, speaker, speaker_side)
select doc_id, position, part::varchar, text, start, "end", lang, voice::varchar, speaker,
    speaker_side
from incoming_sentences
order by doc_id, position;
