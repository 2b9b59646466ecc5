"""Models of the Hugging Face Hub: a snapshot at one commit, safetensors only, no remote code."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from synergycore.errors import SynergyError
from synergycore.models import disk
from synergycore.models.checks import first_sentence
from synergycore.models.hashing import READ, digests
from synergycore.models.registry import HubSource

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

log = logging.getLogger(__name__)


def snapshot(
    name: str, source: HubSource, revision: str = "", *, only_cached: bool = False
) -> Path:
    """Folder of the model's files; `revision` stands in for the registry's.

    Raises SynergyError, with a sentence of its own, when the Hub cannot be reached, refuses, lacks
    the model or the revision, or asks for an account; when the cache is full or cannot be written;
    when there are no safetensors weights; and when a file is not what the Hub sent.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HTTPError

    wanted = revision or source.revision or "main"
    try:
        found = snapshot_download(
            source.repo, revision=wanted, allow_patterns=list(READ), local_files_only=only_cached
        )
    except (OSError, HTTPError, RuntimeError) as error:  # RuntimeError: hf_xet's downloads
        raise _explained(error, name, source.repo, wanted) from error
    if not list(Path(found).glob("*.safetensors")):
        raise SynergyError(
            f"{source.repo} at {wanted} holds no safetensors weights; choose another revision: "
            "other formats can run code when they are loaded, so they are never used."
        )
    if damaged := _damaged(Path(found)):
        raise SynergyError(
            f"of model {name!r}, {damaged[0].name} in the Hub's cache is not what the Hub sent; "
            f"delete {damaged[0].resolve()} and load again."
        )
    if not (revision or source.revision):
        log.warning("model %s is not pinned; the Hub's main is at %s", name, Path(found).name)
    return Path(found)


def _damaged(folder: Path) -> list[Path]:
    """Files whose content is not what they are called by: the cache names them by their digest."""
    files = {folder / name: digest for name, digest in digests(folder).items()}
    return [path for path, digest in files.items() if not _is_called(path.resolve(), digest)]


def _is_called(blob: Path, digest: str) -> bool:
    if blob.parent.name != "blobs":  # where there are no links, a cache keeps no digests
        return True
    if len(blob.name) == len(digest):
        return blob.name == digest
    content = blob.read_bytes()  # small files are called as git calls them
    return blob.name == hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


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
    reason = first_sentence(str(first)) or type(first).__name__
    if constants.HF_HUB_OFFLINE:
        reason = "HF_HUB_OFFLINE is set"
    return SynergyError(
        f"model {name!r} is not whole in the cache and the Hub could not be reached for {repo} "
        f"({reason}); connect to the network and try again."
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
