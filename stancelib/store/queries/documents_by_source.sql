select source, lang, documents, sentences, first_published, last_published
from (
    select source, lang, count(*) as documents,
        min(published_at) as first_published, max(published_at) as last_published
    from documents
    group by source, lang
)
left join (
    select documents.source, documents.lang, count(*) as sentences
    from sentences
    join documents using (doc_id)
    group by documents.source, documents.lang
) using (source, lang)
order by source, lang;
