"""A vendor's life: request, review, permission, contract, memorandum, certification, screening, going live, its end.

Terms: an *engagement* is one vendor's work for one program; a *step* is one thing done about it, with the day its paper
bears; to be *live* is to have every step and nothing that stops it today. Each step is recorded; none is ever changed.
"""
