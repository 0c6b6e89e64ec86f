-- A source is an outlet: a copy is of its own outlet or of another one.
select
    count(*) as documents,
    count(copy.duplicate_of) as copies,
    count(distinct copy.duplicate_of) as originals,
    count(*) filter (where copy.source <> original.source) as across_outlets,
    count(*) filter (where copy.source = original.source) as within_outlets
from documents as copy
left join documents as original on original.doc_id = copy.duplicate_of;
