"""SFTP out: files put on partners' servers, each once and whole, over connections to pinned host keys only.

A file goes up under a temporary name, its size is compared, and only then it is renamed; a name that stands there
already is never overwritten. What a broken line leaves open is looked at before anything is sent again: `pushing`
says delivered, try again, conflict, or that nobody knows, and never guesses. No folder of a partner is ever listed,
and no name a partner's server says is used for anything here. asyncssh is the transport, with our lists of algorithms.
"""
