"""The root key in a hardware token or a network HSM, reached over PKCS#11: it wraps and opens, and never comes out."""

from harborline.adapters.pkcs11.token import Place, TokenRoot

__all__ = ["Place", "TokenRoot"]
