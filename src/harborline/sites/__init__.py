"""Sites: what people see, and the one table of doors through which they come in.

Purpose: show what the rooms know in plain sentences, and hand what people do to the rooms' services.
Terms: a *door* is one URL with one method, the permission it asks for and the record it leaves.
Rooms: `console` (staff), `phones` (simulated handsets, demonstration only), `gateway` (carriers and the public log).
The sites know the rooms; no room knows a site, and no site imports another.
"""
