select coalesce(sha256(string_agg(rejected_row, '' order by rejected_row)), sha256('')) as hash
from (
    select sha256(to_json(["row"::varchar, reason, value, doc_id, source, title])) as rejected_row
    from incoming_rejected
);
