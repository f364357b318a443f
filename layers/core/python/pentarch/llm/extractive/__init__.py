"""`pentarch/extractive`: a language model without weights, which quotes and summarises.

It finds the sentences that answer (BM25), picks those that sum a text up (TextRank), does a few small things that
tools for text can do exactly, and says so when it finds nothing. It never writes a fact of its own, so it is no match
for a neural model; it is deterministic, free, fast, and nothing that it reads leaves the process.

`provider` speaks the interface that all backends share and is light to import; what answers is loaded at first use.
"""

from pentarch.llm.extractive.provider import MODEL, SPEC, ExtractiveProvider, available, count_tokens
from pentarch.llm.extractive.sources import Passage

__all__ = ["MODEL", "SPEC", "ExtractiveProvider", "Passage", "available", "count_tokens"]
