insert into documents
    (doc_id, source, published_at, title, text, lang, lang_margin, url, duplicate_of)
select doc_id, source, published_at, title, text, lang, lang_margin, url, duplicate_of
from incoming_batch;
