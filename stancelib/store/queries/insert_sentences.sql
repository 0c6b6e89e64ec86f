insert into sentences
    (doc_id, position, part, text, start, "end", lang, voice, speaker)
select doc_id, position, part::varchar, text, start, "end", lang, voice::varchar, speaker
from incoming_sentences
order by doc_id, position;
