"""Workforce: who works here, for which program and counties, in which role, trained, informed, signed in how.

Terms: a *worker* is a person with an account; an *assignment* gives a role in a program, for one county or all, from
and until; *training* and *acknowledgement* lapse; an *attempt* is one try to sign in; a *machine key* lets another
system work for a program, in a role, within scopes, for a year at most; a *duty* is what people keep for a clause that
no program can keep, with an owner, evidence and a day.
Clauses: OFFSET-8.2:informed, OFFSET-8.2:trained, OFFSET-8.2:systems-controls, OFFSET-8.2:only-as-necessary.
Doors: `workforce.services`, `workforce.selectors`, `workforce.facts`, `workforce.rules`.
"""
