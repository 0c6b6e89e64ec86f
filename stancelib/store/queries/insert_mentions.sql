insert into mentions (doc_id, position, target, start, "end", alias, kind)
select doc_id, position, target, start, "end", alias, kind::varchar
from found
order by doc_id, position, target, start;
