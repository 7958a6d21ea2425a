"""The portal's pages about papers: send them, see what became of them, keep the receipt."""
