"""The drop folder: files handed to and taken from the agency's own managed-transfer client through folders.

The client (Connect:Direct or another) is the agency's, runs under its own account and is never spoken to: we write a
file and then its done-file; it takes both away and leaves a result. It leaves a file and then its done-file; we take
both in. Only a done-file that names the size makes a file whole. Nothing is handed over twice: whether a file may have
left is marked before it can be taken, and what nobody tells us about is left to a person. A file is in the clear in
the folder until the client takes it: the folder is a mount of its own, for the two accounts only.

Terms: `to-partner`, `from-partner`, `results` and `receipts` are the folders of an agreement; a done-file is named
after its file with `.done`, a result with `.result`, a partner's receipt with `.receipt`.
"""
