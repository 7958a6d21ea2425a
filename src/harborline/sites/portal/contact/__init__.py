"""Questions of the portal: ask, read the answer, write more."""
