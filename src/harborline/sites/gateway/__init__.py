"""The gateway: what machines outside reach. Carriers post news, anyone reads the public log, operators ask for health.

Terms: *status callback* (what became of a text), *inbound webhook* (a text a person wrote), *public log* (checkpoint
and tiles of the proof log), *door* (see `harborline.sites.doors`).
Nobody signs in here: each door has a proof of its own (signature, token, loopback) or shows what is public.
"""
