"""Vault: sealing what must not be read, finding it again without reading it, and forgetting it for good.

Terms: *group* (a class of keys such as `nc-css/people`: its current key wraps the keys of sealed values), *office* (the
first part of a group's name: its key wraps the group's keys), *root key* (wraps office keys; held by the key provider,
a file or a token), *record secret* (key and salt of one erasable record, in a slot outside PostgreSQL), *to shred* (to
destroy a secret, or a whole class key, for good), *journal of erasures* (what was shredded, kept apart from keys and
database), *context* (the place a sealed value belongs to, bound into it), *blind index* (a keyed digest to find equal
values).
Clauses: NC-CSS-22-18:encryption, CA-CSS-03-11:encryption-later, MN-WIC-9.6:email-no-open-folders.
Doors: `vault.services` (seal, open, find, shred), `vault.facts`, `vault.blobs`, `vault.ports` (`KeyProvider`,
`KeyStore`, `ErasureJournal`).
"""
