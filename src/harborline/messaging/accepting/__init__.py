"""Accepting: texts and notices that other systems hand in one by one, and the news that goes back to them.

Terms: a *machine* is a system with a key (workforce); an *order* is one request with its texts; an *accepting run* is
the notice run that gathers the texts of one machine, template and day, so that every text has its row, its decision
and its proof like one of a caseload; an *accepted text* is one of them as the machine knows it; a *once key* makes a
repeated request do nothing; a *webhook* is an address of the machine that hears of changes, an *event* one such piece
of news.
Clauses: NC-CSS-22-18:state-text-service, NC-CSS-22-18:opt-in, MN-WIC-9.6:permission-first, OFFSET-8.1:harm.
Door: `messaging.services.accepting` (module `acts`).
"""
