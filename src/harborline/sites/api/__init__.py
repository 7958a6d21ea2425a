"""The API of the sites: other systems hand in texts and notices, ask what became of them, and hear of changes.

Terms: a *machine* is a system with a key; a *problem* is a refusal in the form of RFC 9457; a *once key* is what comes
in the header Idempotency-Key. Everything is decided in the rooms; here is the way in, under `/api/v1`.
"""
