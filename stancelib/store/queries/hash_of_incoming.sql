-- One hash over the content of all articles, whatever their order.
select coalesce(sha256(string_agg(article, '' order by article)), sha256('')) as hash
from (
    select sha256(to_json([doc_id, source, epoch_us(published_at)::varchar, title, text])) as article
    from incoming
);
