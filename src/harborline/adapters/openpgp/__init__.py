"""OpenPGP both ways: what partners encrypted and signed is opened, what we send is encrypted and signed.

The work is Sequoia's (pysequoia), in a process apart (`apart`) that reads one pipe and writes another: no plaintext
ever has a name on a disk, hostile messages are parsed where nothing else lives, and a bomb is stopped by killing it.
Sequoia hands out plaintext of long messages before the end of it is verified, so the sink must be a place nobody can
read before `open` returns, and the caller drops it when `open` raises. Terms: a certificate is a public key of a
partner; the signer is known by the fingerprint of a certificate on file, never by a name or an address.
Source: RFC 9580 and, for partners with older programs, RFC 4880.
"""
