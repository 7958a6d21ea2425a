"""How the product talks to the database: what repeats is planned once, and a connection that hung up is found out."""

from __future__ import annotations

import select
from typing import Any, Final, Self

import psycopg
from psycopg_pool import ConnectionPool

MOST_VALUES: Final = 65_535
"""Of one statement (the message Bind of PostgreSQL's protocol counts them in 16 bits)."""


class BindingCursor(psycopg.Cursor[Any]):
    """Values are bound and statements planned by the server; only a longer list than it takes is written out."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:  # noqa: ANN401 - as psycopg has it
        """As psycopg's."""
        if params is not None and len(params) > MOST_VALUES:
            query, params = psycopg.ClientCursor(self.connection).mogrify(query, params), None
        return super().execute(query, params, **how)


class PooledConnection(psycopg.Connection[Any]):
    """A connection that answers the pool's empty question itself while its server has said nothing.

    The pool asks before it lends a connection, at the price of a round trip to the server for each transaction. A
    server that stopped or ended the session closes the socket, which is seen without asking; then it is asked.
    """

    def execute(self, query: Any, params: Any = None, **how: Any) -> psycopg.Cursor[Any]:  # noqa: ANN401 - as psycopg has it
        """As psycopg's; the empty statement costs nothing while there is nothing to read."""
        if query != "":
            return super().execute(query, params, **how)
        return self.cursor() if self._quiet() else self._answered()

    def _answered(self) -> psycopg.Cursor[Any]:
        try:
            return super().execute("")
        except psycopg.OperationalError:
            # Who hung up on this one hung up on the others: the pool would try them one by one, each after a longer
            # pause, and give up before the last.
            if isinstance(self._pool, ConnectionPool):
                self._pool.check()
            raise

    def _quiet(self) -> bool:
        told = select.poll()
        told.register(self.pgconn.socket, select.POLLIN | select.POLLRDHUP)
        return not told.poll(0)
