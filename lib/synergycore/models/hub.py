"""Models of the Hugging Face Hub: a snapshot at one commit, safetensors only, no remote code."""

from __future__ import annotations

import logging
from pathlib import Path

from synergycore.errors import SynergyError
from synergycore.models.registry import HubSource

log = logging.getLogger(__name__)

WANTED = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt"]


def snapshot(
    name: str, source: HubSource, revision: str = "", *, only_cached: bool = False
) -> Path:
    """Folder of the model's files; `revision` stands in for the registry's.

    Raises SynergyError when the Hub cannot be reached, asks for an account, lacks the revision, or
    holds no safetensors weights.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RevisionNotFoundError

    wanted = revision or source.revision or "main"
    try:
        found = snapshot_download(
            source.repo, revision=wanted, allow_patterns=WANTED, local_files_only=only_cached
        )
    except GatedRepoError:
        raise SynergyError(
            f"model {name!r} ({source.repo}) is gated; accept its terms on the Hub and log in "
            "with `hf auth login`."
        ) from None
    except RevisionNotFoundError:
        raise SynergyError(
            f"{source.repo} has no revision {wanted!r}; see the branches and tags on its Hub page."
        ) from None
    except (OSError, HfHubHTTPError) as error:
        raise SynergyError(
            f"model {name!r} is not in the cache and the Hub could not be reached for "
            f"{source.repo} ({type(error).__name__}); connect to the network and try again."
        ) from error
    if not list(Path(found).glob("*.safetensors")):
        raise SynergyError(
            f"{source.repo} at {wanted} holds no safetensors weights; choose another revision: "
            "other formats can run code when they are loaded, so they are never used."
        )
    if not (revision or source.revision):
        log.warning("model %s is not pinned; the Hub's main is at %s", name, Path(found).name)
    return Path(found)
