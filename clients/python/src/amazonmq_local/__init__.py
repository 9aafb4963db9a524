"""amazonmq-local from Python: starts the server, and speaks its control API.

    import amazonmq_local

    with amazonmq_local.start("INSERT INTO broker (id, name) VALUES ('b-1', 'orders');") as server:
        print(server.url)

Nothing is imported before it is used, so that the pytest plugin costs nothing where no test uses it.
"""

from typing import TYPE_CHECKING, Any, List

__version__ = "0.1.0"
__all__ = ["Error", "Login", "Server", "find_binary", "start"]

if TYPE_CHECKING:
    from ._control import Error, Login
    from ._server import Server, find_binary, start


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _control, _server

    return getattr(_control if name in ("Error", "Login") else _server, name)


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
