"""Kannel: texts handed to a state's own gateway over its HTTP interface; the gateway speaks SMPP to the carriers.

Terms: *delivery report* (Kannel's `dlr-url` call), *message centre* (the SMSC behind Kannel).
Doors: `carrier.KannelCarrier`, `callbacks` (what Kannel tells), `accounts.KannelAccounts`, `service.service_lines`
(the lines an operator puts into Kannel's configuration). Source: Kannel user's guide 1.4.5; SMPP 3.4.
"""
