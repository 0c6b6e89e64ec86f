-- Of every article, also of those that are copies no longer.
update documents
set duplicate_of = found.duplicate_of
from found
where found.doc_id = documents.doc_id
    and documents.duplicate_of is distinct from found.duplicate_of;
