"""SFTP in: partners' machines put and fetch files here, over names that are rows and contents that are sealed.

`engine` speaks the SSH File Transfer Protocol, version 3 (draft-ietf-secsh-filexfer-02), without sockets, files or
clock: packets in, replies out, over the exchange's `Mailboxes`. `door` and `listening` bring it to the network, with
asyncssh as the SSH transport and nothing else of it: no shell, no command, no forwarding, no path of this machine.
"""
