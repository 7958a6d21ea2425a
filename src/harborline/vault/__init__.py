"""Vault: sealing what must not be read, finding it again without reading it, and forgetting it for good.

Terms: *record key* (one per sealed value), *group* (a key class such as `nc-css/people`: its key wraps record
keys), *root key* (wraps group keys; lives with the key provider, outside PostgreSQL), *context* (the place a sealed
value belongs to, bound into it), *blind index* (a keyed digest to find equal values).
Clauses: NC-CSS-22-18:encryption, CA-CSS-03-11:encryption-later, MN-WIC-9.6:email-no-open-folders.
Doors: `vault.services`, `vault.ports.KeyProvider`.
"""
