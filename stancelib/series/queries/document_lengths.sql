-- The length of an article is the number of its sentences, title included.
create or replace temp view document_weights as
select doc_id, count(*)::double as weight
from sentences
group by doc_id;
