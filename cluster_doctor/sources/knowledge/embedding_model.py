"""Opens an embedding model by name, where somebody asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings


def open_embeddings(model: str) -> Embeddings:
    """Open a model of LangChain's, as `provider:model`.

    Raises:
        UsageError: a package for it is not installed, or there is no such provider.
    """
    try:
        from langchain.embeddings import init_embeddings  # noqa: PLC0415 - an extra

        found = init_embeddings(model)
    except ImportError as error:
        raise UsageError(
            f"the embedding model {model} needs a package that is not installed: {error}",
            "Install it: pip install langchain and the package of its provider.",
        ) from error
    except ValueError as error:
        raise UsageError(f"the embedding model {model!r} cannot be opened: {error}", "Write PROVIDER:MODEL.") from error
    return found
