select doc_id
from incoming
anti join documents using (doc_id);
