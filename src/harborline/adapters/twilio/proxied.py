"""The line to a carrier through an agency's web proxy (HTTPS_PROXY), over one aiohttp session."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
from yarl import URL

from harborline.adapters.twilio.wire import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    CONNECTIONS,
    KEPT_S,
    Answer,
    NoAnswer,
    NotWritten,
    Place,
    Result,
)
from harborline.kernel import Broken

LONGEST_BODY_BYTES = 1024 * 1024


class ProxiedWire:
    """Posts through `proxy` (none when empty); aiohttp repeats no POST by itself."""

    def __init__(
        self,
        place: Place,
        *,
        proxy: str = "",
        connections: int = CONNECTIONS,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._url = URL(place.url)
        self._headers = {
            "Authorization": place.authorization,
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        self._connections = connections
        self._proxy = proxy or None
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect_timeout_s, sock_read=answer_timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the session."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEPT_S),
            headers=self._headers,
            skip_auto_headers=("User-Agent", "Accept-Encoding"),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
        )

    async def post(self, forms: Sequence[bytes]) -> list[Result]:
        """Post each once; what fails while connecting was not written, all else may have been."""
        if self._session is None:
            raise Broken("open() comes first")
        return await asyncio.gather(*[self._one(self._session, form) for form in forms])

    async def _one(self, session: aiohttp.ClientSession, form: bytes) -> Result:
        try:
            async with session.post(self._url, data=form, proxy=self._proxy, allow_redirects=False) as response:
                body = await response.content.read(LONGEST_BODY_BYTES)
                return Answer(response.status, response.headers.get("Retry-After", ""), body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientProxyConnectionError):
            return NotWritten("connect-failed")
        except aiohttp.ClientHttpProxyError:
            return NotWritten("proxy-refused")
        except TimeoutError:
            return NoAnswer("answer-timeout")
        except (aiohttp.ClientError, OSError, ValueError):
            return NoAnswer("connection-lost")

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None
