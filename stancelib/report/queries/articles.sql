-- What is known of each article without its text: for days without articles, and for copies.
select
    copy.source,
    copy.published_at,
    original.source as original_source,
    copy.duplicate_of is not null as is_copy,
    copy.lang_margin is not null as is_detected
from documents as copy
left join documents as original on original.doc_id = copy.duplicate_of
order by copy.published_at, copy.doc_id;
