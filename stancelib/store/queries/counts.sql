select
    (select count(*) from documents) as documents,
    (select count(*) from sentences) as sentences,
    (select count(*) from mentions) as mentions,
    (select count(*) from rejected) as rejected,
    (select min(published_at) from documents) as first_published,
    (select max(published_at) from documents) as last_published;
