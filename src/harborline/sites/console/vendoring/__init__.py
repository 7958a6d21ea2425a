"""Pages of vendors: the life of each, screening, papers, what expires next."""
