"""People: who a person is, on which cases, in which role, how they may be reached, whether they are protected.

Terms: a *person* is known once to a state agency; a *participant* is that person's row in one county of one
program; a *party* is a participant in a role on a case; a *protection* (family violence indicator, protective
order) belongs to the person and so holds in every county; a *feed* is the case system's nightly CSV; a *contact* is
a conversation with a participant that took place.
Clauses: OFFSET-8.1:protective-order, OFFSET-8.1:harm (the facts that the rules of other rooms rest on),
OFFSET-8.2:integrity, NC-CSS-22-18:state-owned-data.
Doors: `people.services`, `people.selectors`, `people.ports` (`ContactListener`, `NumberListener`), `people.facts`.
"""
