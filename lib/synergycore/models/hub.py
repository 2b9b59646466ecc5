"""Models of the Hugging Face Hub: a snapshot at one commit, safetensors only, no remote code."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from synergycore.errors import SynergyError
from synergycore.models import disk
from synergycore.models.registry import HubSource

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

log = logging.getLogger(__name__)

WANTED = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt"]


def snapshot(
    name: str, source: HubSource, revision: str = "", *, only_cached: bool = False
) -> Path:
    """Folder of the model's files; `revision` stands in for the registry's.

    Raises SynergyError, with a sentence of its own, when the Hub cannot be reached, refuses, lacks
    the model or the revision, or asks for an account; when the cache is full or cannot be written;
    and when there are no safetensors weights.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HTTPError

    wanted = revision or source.revision or "main"
    try:
        found = snapshot_download(
            source.repo, revision=wanted, allow_patterns=WANTED, local_files_only=only_cached
        )
    except (OSError, HTTPError, RuntimeError) as error:  # RuntimeError: hf_xet's downloads
        raise _explained(error, name, source.repo, wanted) from error
    if not list(Path(found).glob("*.safetensors")):
        raise SynergyError(
            f"{source.repo} at {wanted} holds no safetensors weights; choose another revision: "
            "other formats can run code when they are loaded, so they are never used."
        )
    if not (revision or source.revision):
        log.warning("model %s is not pinned; the Hub's main is at %s", name, Path(found).name)
    return Path(found)


def _explained(error: Exception, name: str, repo: str, revision: str) -> SynergyError:
    """What the Hub answered; else what the disk said; else that the Hub was not reached."""
    from huggingface_hub import constants
    from huggingface_hub.errors import HfHubHTTPError, HTTPError, LocalEntryNotFoundError

    # The client wraps a failed request when it then finds nothing in its cache either.
    absent = isinstance(error, LocalEntryNotFoundError)
    first = (error.__cause__ or error) if absent else error
    if isinstance(first, HfHubHTTPError):
        return SynergyError(_answer(first, name, repo, revision))
    at_home = not isinstance(error, (HTTPError, LocalEntryNotFoundError))
    cache = Path(constants.HF_HUB_CACHE)
    if at_home and (found := disk.fault(str(error), name, cache, "HF_HUB_CACHE")):
        return found
    reason = next(iter(str(first).splitlines()), type(first).__name__)
    return SynergyError(
        f"model {name!r} is not whole in the cache and the Hub could not be reached for {repo} "
        f"({reason.rstrip('.')}); connect to the network and try again."
    )


def _answer(error: HfHubHTTPError, name: str, repo: str, revision: str) -> str:
    from huggingface_hub.errors import (
        GatedRepoError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, GatedRepoError):  # before RepositoryNotFoundError, which it is a case of
        return (
            f"model {name!r} ({repo}) is gated; accept its terms on the Hub and log in "
            "with `hf auth login`."
        )
    if isinstance(error, RepositoryNotFoundError):
        return (
            f"the Hub shows no model {repo}: it does not exist, or is private to others; "
            "check its name on the Hub, or log in with `hf auth login`."
        )
    if isinstance(error, RevisionNotFoundError):
        return f"{repo} has no revision {revision!r}; see the branches and tags on its Hub page."
    status = error.response.status_code
    what = "log in again with `hf auth login`" if status in (401, 403) else "try again later"
    return f"the Hub answered {status} instead of sending {repo}; {what}."
