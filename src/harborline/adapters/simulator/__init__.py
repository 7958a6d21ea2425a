"""The simulated carrier: texts arrive on handsets that exist only in the database. Demonstrations and tests.

Terms: *handset* (a simulated phone, known by its number), *fate* (what the network does with a text to that number).
Nothing here leaves the installation; contents are synthetic. It still needs a vendor approval like every carrier.
Doors: `carrier.SimulatedCarrier` (a `messaging.ports.Carrier`), `services.reply`, `selectors`, `ports`, `facts`.
"""
