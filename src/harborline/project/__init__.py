"""Project: settings, the wiring of adapters to ports, the urls, the `harborline` command, the embedded database."""
