"""A worker's own pages, open before any program is: the requirements to sign, certificates, sessions, being here."""
