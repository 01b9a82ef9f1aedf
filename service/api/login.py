"""Signing in: a form for a token, and the link that is printed at the start, which works once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.api.access import COOKIE, SESSION_S, Access, Identity
from service.api.problems import refused
from service.views.html import form_page

MOST = 4096
"""Bytes of a form at most."""


def login_routes(access: Access) -> APIRouter:
    """The routes that sign people in and out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login")
    def form(code: str = "") -> Response:
        if code and (identity := access.redeemed(code)) is not None:
            return _signed_in(access, identity)
        why = "This link was used or is too old." if code else ""
        return HTMLResponse(form_page("Sign in", "Your token", why))

    @routes.post("/login")
    async def sign_in(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=2)
        token = str(form.get("token", ""))[:MOST].strip()
        identity = access.of_token(token)
        if identity is None:
            return HTMLResponse(form_page("Sign in", "Your token", "No user has this token, or it has expired."), 401)
        return _signed_in(access, identity)

    @routes.post("/logout")
    def sign_out() -> Response:
        away = RedirectResponse("/login", 303)
        away.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return away

    @routes.get("/v1/me", summary="Who asks, and with which role", include_in_schema=True, tags=["state"])
    def me(request: Request) -> dict[str, str]:
        identity = access.identity(request.headers)
        if identity is None:
            raise refused(401, "nobody is signed in", remedy="sign in at /login or send a token")
        return {"user": identity.name, "role": identity.role}

    return routes


def _signed_in(access: Access, identity: Identity) -> Response:
    away = RedirectResponse("/pages/", 303)
    away.set_cookie(COOKIE, access.session_of(identity), max_age=SESSION_S, httponly=True, samesite="strict")
    return away
