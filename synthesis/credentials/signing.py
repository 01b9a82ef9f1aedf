"""PNGs with content credentials, signed by the library of C2PA, which is asked to open no connection."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from typing import Any

from sensors_data.errors import UnusableError
from synthesis.credentials.identity import Identity
from synthesis.credentials.manifest import manifest_of

SETTINGS = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_after_sign": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
}


def signing_by(identity: Identity, timestamps: str | None = None) -> Callable[[bytes], bytes]:
    """A function that gives a synthetic PNG its credentials; its pixels and its text stay as they are.

    `timestamps` is the address of a time-stamp authority, which is called for each PNG. The function raises
    UnusableError for a PNG that is not synthetic, and when the library refuses to sign.
    """
    c2pa = _library()
    try:
        information = c2pa.C2paSignerInfo(identity.algorithm, identity.chain, identity.key, timestamps)
        context = c2pa.Context.from_dict(SETTINGS, signer=c2pa.Signer.from_info(information))
    except c2pa.C2paError as error:
        raise _refused(identity, error) from error

    def signed(png: bytes) -> bytes:
        out = io.BytesIO()
        try:
            c2pa.Builder(manifest_of(png), context=context).sign("image/png", io.BytesIO(png), out)
        except c2pa.C2paError as error:
            raise _refused(identity, error) from error
        return out.getvalue()

    return signed


def _refused(identity: Identity, error: Exception) -> UnusableError:
    return UnusableError(
        f"{identity.name} cannot sign: {error}", "correct the key, the certificate or the address of the time stamps"
    )


def _library() -> Any:
    """The module `c2pa`, imported from an empty folder: it would load a library of its name in the working one."""
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        import c2pa
    return c2pa
