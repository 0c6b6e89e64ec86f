-- Was it ever looked for copies, and were articles added since?
select
    exists (from documents where duplicate_of is not null) as any_marked,
    (
        select max(step) from manifest
        where name = 'mark_duplicates' and finished_at is not null
    ) as marked,
    (
        select max(step) from manifest
        where name = 'add_documents' and (counts ->> 'added')::integer > 0
    ) as added;
