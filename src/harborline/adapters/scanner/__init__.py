"""Looks for malware with the agency's ClamAV: `exchange.ports.Scanner` over the socket of its daemon.

Source: clamd(8), INSTREAM. A file is clean only when the daemon said so about all of it; anything else is no answer.
"""
