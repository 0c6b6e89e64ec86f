select count(*) as n, min(doc_id) as first_doc_id, min(source) as first_source
from documents
left join document_weights using (doc_id)
left join outlet_weights using (source)
where document_weights.weight is null
    and outlet_weights.weight is null
    and ($sources::varchar[] is null or list_contains($sources::varchar[], source));
