select doc_id, source, published_at, title, text, lang, lang_margin, url, duplicate_of
from documents
order by published_at, doc_id;
