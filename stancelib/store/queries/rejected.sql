select "row", reason, value, doc_id, source, title
from rejected
order by reason, "row", doc_id, value;
