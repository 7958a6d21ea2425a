"""The portal's people: how a participant comes in, how long a visit lasts, what they ask the program to change."""
