"""The console's pages about papers: what waits, one paper page by page, the counter, how the checks stand."""
