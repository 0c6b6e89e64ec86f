-- One hash over what decides on copies in all articles of the store.
select coalesce(sha256(string_agg(article, '' order by article)), sha256('')) as hash
from (
    select sha256(to_json([doc_id, epoch_us(published_at)::varchar, text])) as article
    from documents
);
