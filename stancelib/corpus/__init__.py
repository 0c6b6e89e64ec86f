"""Articles in: read, checked, named by language, split into sentences with their voice."""

from stancelib.corpus.duplicates import find_duplicates
from stancelib.corpus.ingest import Ingest
from stancelib.corpus.language import LANGUAGES
from stancelib.corpus.read import read_documents
from stancelib.corpus.sentences import split_sentences

__all__ = ["LANGUAGES", "Ingest", "find_duplicates", "read_documents", "split_sentences"]
