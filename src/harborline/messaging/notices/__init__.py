"""Notice runs: from a caseload file to decided, rendered, sealed and queued texts."""
