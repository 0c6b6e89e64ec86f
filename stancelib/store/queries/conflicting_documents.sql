-- The same doc_id with other content. Language, url and duplicate_of are no content.
select
    incoming."row",
    $reason as reason,
    left(incoming.text, 200) as value,
    doc_id,
    incoming.source,
    incoming.title
from incoming
join documents using (doc_id)
where (incoming.source, incoming.published_at, incoming.title, incoming.text)
    is distinct from (documents.source, documents.published_at, documents.title, documents.text)
order by incoming."row";
