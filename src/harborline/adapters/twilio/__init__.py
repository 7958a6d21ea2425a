"""The Twilio-compatible carrier: texts out over HTTPS, signed status and inbound webhooks back.

Terms: *account* (credentials, sender and addresses of one program's sender), *wire* (the HTTP connection that knows
whether a request was written), *status callback* and *inbound webhook* (what the carrier posts to the gateway).
Source: the provider's Messages resource, API version 2010-04-01.
Doors: `carrier.TwilioCarrier`, `accounts.TwilioAccount(s)`, `signature`, `callbacks`.
"""
