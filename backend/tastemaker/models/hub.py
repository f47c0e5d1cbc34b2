"""The model hub over huggingface_hub: what a repository holds, and a file's bytes from any offset.

The only module that knows that library. huggingface_hub 2 deletes what an interrupted download
has already fetched, so its streaming function is called here with our own file, which stays.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import build_hf_headers, disable_progress_bars

from tastemaker.errors import HubUnreachable, InsufficientDisk
from tastemaker.models.selection import RepoFile

_METADATA_TIMEOUT = 10.0
# The library reads 10 MiB at a time: on a slow line that is minutes between two signs of life.
_CHUNK_BYTES = 256 * 1024
_RETRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class HubRefused(HubUnreachable):
    """The hub answered no; asking again without a change won't help."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit (hex), with every file in it."""

    repo_id: str
    commit: str
    files: tuple[RepoFile, ...]


class Hub:
    """One hub, by its address (``https://huggingface.co`` or a mirror)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        constants.HF_HUB_DISABLE_TELEMETRY = True
        constants.DOWNLOAD_CHUNK_SIZE = _CHUNK_BYTES
        disable_progress_bars("huggingface_hub.http_get")

    def listing(self, repo_id: str) -> Listing:
        """The files of the repository's main branch, with sizes and checksums.

        Raises:
            HubRefused: missing, private or gated; HubUnreachable: everything that may pass.
        """
        try:
            info = HfApi(endpoint=self.endpoint, library_name="tastemaker").model_info(
                repo_id, timeout=_METADATA_TIMEOUT, files_metadata=True
            )
        except HFValidationError as error:
            raise HubRefused(
                f"{repo_id!r} can't be the name of a repository; check TASTEMAKER_BASE_MODEL."
            ) from error
        except httpx2.InvalidURL as error:
            raise HubRefused(
                f"{self.endpoint} is no address ({error}); check TASTEMAKER_HUB_URL."
            ) from error
        except (ValueError, TypeError, KeyError) as error:
            raise self._not_a_hub() from error
        except (httpx2.HTTPError, OfflineModeIsEnabled) as error:
            raise self._explain(error, repo_id) from error
        files = []
        for sibling in info.siblings or ():
            lfs = sibling.lfs
            size = lfs.size if lfs is not None else sibling.size
            if size is None:
                raise self._not_a_hub()
            files.append(
                RepoFile(
                    path=sibling.rfilename,
                    size=size,
                    sha256=lfs.sha256 if lfs is not None else None,
                    git_sha1=sibling.blob_id if lfs is None else None,
                )
            )
        if not info.sha:
            raise self._not_a_hub()
        return Listing(repo_id, info.sha, tuple(files))

    def fetch(
        self, listing: Listing, file: RepoFile, into: Path, on_position: Callable[[int], None]
    ) -> None:
        """Append to ``into`` the bytes of ``file`` that it doesn't hold yet, flushed to disk.

        ``on_position`` hears the file's length after each chunk; what it raises stops the transfer
        and reaches the caller, with the bytes so far kept.

        Raises:
            HubRefused, HubUnreachable: as `listing`. InsufficientDisk: the disk filled up.
        """
        url = hf_hub_url(
            listing.repo_id, file.path, revision=listing.commit, endpoint=self.endpoint
        )
        # Compressed answers can't be resumed: offsets would be of the compressed bytes.
        headers = build_hf_headers(
            library_name="tastemaker", headers={"Accept-Encoding": "identity"}
        )
        with _GrowingFile(into, file.size, on_position) as target:
            if target.seek(0, os.SEEK_END) > file.size:
                target.seek(0)
                target.truncate()
            try:
                http_get(
                    url,
                    target,
                    resume_size=target.tell(),
                    headers=headers,
                    expected_size=file.size,
                    displayed_filename=file.path,
                )
            except (httpx2.HTTPError, OfflineModeIsEnabled) as error:
                raise self._explain(error, listing.repo_id) from error
            except OSError as error:
                raise self._explain_os_error(error, file) from error
            os.fsync(target.fileno())

    def _explain(self, error: Exception, repo_id: str) -> HubUnreachable:
        """A sentence for people out of what the library raised."""
        if isinstance(error, OfflineModeIsEnabled):
            return HubRefused(
                "huggingface_hub is told to stay offline by HF_HUB_OFFLINE; unset it and restart."
            )
        if not isinstance(error, HfHubHTTPError):
            return HubUnreachable(
                f"The model hub {self.endpoint} can't be reached ({_reason(error)}). Check the"
                " network connection, or set TASTEMAKER_HUB_URL to a mirror."
            )
        status = error.response.status_code
        if isinstance(error, GatedRepoError) or status == 403:
            return HubRefused(
                f"{repo_id} is gated: open {self.endpoint}/{repo_id}, accept its conditions, put"
                " your access token into the variable HF_TOKEN and restart."
            )
        if status == 401:
            return HubRefused(
                f"The hub wants a login for {repo_id} (HTTP 401): it is private, gated or doesn't"
                " exist. Check TASTEMAKER_BASE_MODEL, or put an access token into HF_TOKEN."
            )
        if isinstance(error, RepositoryNotFoundError) or status == 404:
            return HubRefused(
                f"The hub {self.endpoint} has no such model or file for {repo_id!r} (HTTP 404)."
                " Check TASTEMAKER_BASE_MODEL."
            )
        if status in _RETRY_LATER:
            return HubUnreachable(
                f"The model hub {self.endpoint} is in trouble at the moment (HTTP {status})."
            )
        return HubRefused(f"The model hub {self.endpoint} refused {repo_id} (HTTP {status}).")

    def _explain_os_error(self, error: OSError, file: RepoFile) -> Exception:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return InsufficientDisk(
                "The disk filled up during the download. Free some space and start it again;"
                " what has arrived is kept."
            )
        if error.errno is None:  # the library's own "Consistency check failed"
            return HubUnreachable(
                f"The model hub {self.endpoint} sent {file.path} with a wrong length."
            )
        return HubUnreachable(f"{file.path} could not be written: {error}.")

    def _not_a_hub(self) -> HubUnreachable:
        return HubUnreachable(
            f"What answers at {self.endpoint} doesn't talk like a model hub (perhaps a login page"
            " of the network). Check the connection and TASTEMAKER_HUB_URL."
        )


class _GrowingFile(FileIO):
    """A file opened for appending that tells its length after each write and refuses excess."""

    def __init__(self, path: Path, limit: int, on_position: Callable[[int], None]) -> None:
        super().__init__(path, "r+" if path.exists() else "w+")
        self._limit = limit
        self._on_position = on_position

    def write(self, data: Any, /) -> int:
        """Write all of ``data`` (bytes), unbuffered, so that a killed process loses none of it."""
        view = memoryview(data)
        if self.tell() + len(view) > self._limit:
            raise OSError("more bytes than announced")
        written = 0
        while written < len(view):
            written += super().write(view[written:])
        self._on_position(self.tell())
        return written


def _reason(error: BaseException) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__
