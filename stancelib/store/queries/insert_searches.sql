insert into searches (doc_id, target, alias_hash)
select doc_id, target, alias_hash
from searched
cross join wanted
order by doc_id, target;
