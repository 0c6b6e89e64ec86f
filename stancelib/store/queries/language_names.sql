select distinct lang
from documents
order by lang;
