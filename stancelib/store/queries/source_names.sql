select distinct source
from documents
order by source;
