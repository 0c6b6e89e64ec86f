select doc_id, published_at, text
from documents
order by published_at, doc_id;
