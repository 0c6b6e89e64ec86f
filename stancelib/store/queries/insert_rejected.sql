-- A row that is there already, equal in every column, came with an earlier run.
insert into rejected ("row", reason, value, doc_id, source, title)
select "row", reason, value, doc_id, source, title
from incoming_rejected
except all
select "row", reason, value, doc_id, source, title
from rejected;
