-- Articles that were not searched for every one of the targets with its present alias table.
select documents.doc_id
from documents
left join (
    select doc_id, count(*) as n_fresh
    from searches
    semi join wanted using (target, alias_hash)
    group by doc_id
) as fresh using (doc_id)
where coalesce(n_fresh, 0) < (select count(*) from wanted)
order by documents.doc_id;
