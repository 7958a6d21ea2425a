"""Adapters: what serves a port by reaching the outside (carriers, key holders, mail, files).

Each adapter that reaches a third party is bound to a vendor approval and refuses without one.
"""
