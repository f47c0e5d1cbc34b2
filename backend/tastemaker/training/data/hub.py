"""A dataset of the model hub: which of its files to read, through `datasets`, and clear errors.

The only module that knows the hub. A dataset's own code is never run (`datasets` has no support
for it any more), and files outside of the dataset's repository are refused.
"""

from __future__ import annotations

import hashlib
import logging
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

import datasets
import httpx2
from datasets.exceptions import DatasetNotFoundError
from huggingface_hub import HfApi, HfFileSystem, constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tastemaker.errors import FieldError, HubUnreachable, InvalidInput, NotFound, TastemakerError
from tastemaker.settings import Settings
from tastemaker.training.data.checking import Limits
from tastemaker.training.data.columns import Columns
from tastemaker.training.data.examples import Record
from tastemaker.training.data.local import METADATA_STEM
from tastemaker.training.data.tables import READABLE, DataFile, kind_of
from tastemaker.training.data.tabular import TabularSource

log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10.0
_RETRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class HubSource(TabularSource):
    """The examples of a hub dataset at one commit, streamed: nothing is downloaded ahead."""

    def __init__(
        self,
        name: str,
        files: list[DataFile],
        columns: Columns,
        limits: Limits,
        fingerprint: str,
        endpoint: str,
    ) -> None:
        self._endpoint = endpoint
        self._use_endpoint()
        super().__init__(name, files, columns, limits, fingerprint)

    def records(self, after: str | None = None) -> Iterator[Record]:
        """As `Source.records`."""
        self._use_endpoint()
        try:
            yield from super().records(after)
        except (GeneratorExit, TastemakerError):
            raise
        except Exception as error:
            _explain(error, self.name, self._endpoint)

    def _use_endpoint(self) -> None:
        configure(self._endpoint)


def configure(endpoint: str) -> None:
    """Point the libraries at a hub; their configuration is one for the whole process."""
    constants.ENDPOINT = endpoint
    constants.HUGGINGFACE_CO_URL_TEMPLATE = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    datasets.config.HF_ENDPOINT = endpoint
    datasets.config.HUB_DATASETS_URL = endpoint + "/datasets/{repo_id}/resolve/{revision}/{path}"
    # Both would ask other servers than the one that the operator named.
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    datasets.config.USE_PARQUET_EXPORT = False
    # The defaults would take minutes to tell that the network is down.
    datasets.config.STREAMING_READ_MAX_RETRIES = 3
    datasets.config.STREAMING_OPEN_MAX_RETRIES = 3
    datasets.config.STREAMING_READ_RETRY_INTERVAL = 1
    datasets.config.STREAMING_READ_SERVER_UNAVAILABLE_RETRY_INTERVAL = 2
    datasets.config.STREAMING_READ_RATE_LIMIT_RETRY_INTERVAL = 10
    datasets.disable_progress_bars()


def open_hub(
    repo_id: str,
    settings: Settings,
    columns: Columns,
    limits: Limits,
    *,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
) -> HubSource:
    """Open the dataset ``repo_id``; without ``split`` its ``train``, or the only one there is.

    Raises:
        HubUnreachable: offline, unreachable, gated or refused. NotFound: no such dataset.
        InvalidInput: a split, configuration, format or columns that can't be used.
    """
    if settings.offline:
        raise HubUnreachable(
            f"The dataset {repo_id} is on the hub, and TASTEMAKER_OFFLINE forbids to ask it. Unset"
            " that, or download the dataset elsewhere and name its folder."
        )
    endpoint = settings.hub_url.rstrip("/")
    configure(endpoint)
    try:
        info = HfApi(endpoint=endpoint, library_name="tastemaker").dataset_info(
            repo_id, revision=revision, timeout=_TIMEOUT_SECONDS
        )
        if not info.sha:
            raise _not_a_hub(endpoint)
        files = _data_files(repo_id, info.sha, split, config)
        _add_sizes(files, endpoint)
        name = f"hub:{repo_id}@{info.sha}"
        parts = [name, *(file.address for file in files)]
        fingerprint = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return HubSource(name, files, columns, limits, fingerprint, endpoint)
    except TastemakerError:
        raise
    except Exception as error:
        log.debug("The hub dataset %s could not be opened.", repo_id, exc_info=True)
        _explain(error, repo_id, endpoint)


def _data_files(repo_id: str, commit: str, split: str | None, config: str | None) -> list[DataFile]:
    try:
        builder = datasets.load_dataset_builder(repo_id, name=config, revision=commit)
    except DatasetNotFoundError:
        raise
    except ImportError as error:  # a client of other protocols isn't installed on purpose
        raise _outside(repo_id) from error
    except (ValueError, FileNotFoundError) as error:
        raise InvalidInput(f"The dataset {repo_id} can't be used: {error}") from error
    found: dict[str, list[str]] = {
        str(name): [str(address) for address in addresses]
        for name, addresses in (builder.config.data_files or {}).items()
    }
    addresses = found[_split(repo_id, list(found), split)]
    root = f"hf://datasets/{repo_id}@{commit}"
    if any(not address.startswith(f"{root}/") or ".." in address for address in addresses):
        raise _outside(repo_id)
    pictures = _of_pictures(addresses)
    if pictures:
        addresses = pictures
    files = []
    for address in addresses:
        kind = kind_of(address)
        if kind is None:
            raise InvalidInput(
                f"The dataset {repo_id} holds {posixpath.basename(address)}, which can't be read."
                f" Readable are: {READABLE}, and pictures with a metadata.jsonl."
            )
        name = address.removeprefix(f"{root}/")
        files.append(DataFile(name, address, kind, root if pictures else None))
    return files


def _outside(repo_id: str) -> InvalidInput:
    return InvalidInput(f"The dataset {repo_id} names files outside of itself; it isn't used.")


def _split(repo_id: str, splits: list[str], split: str | None) -> str:
    if split is None:
        split = "train" if "train" in splits or len(splits) != 1 else splits[0]
    if split not in splits:
        message = f"The dataset {repo_id} has no split {split!r}; it has: {', '.join(splits)}."
        raise InvalidInput(message, (FieldError("split", message),))
    return split


def _of_pictures(addresses: list[str]) -> list[str]:
    """The metadata files, when the dataset is a folder of pictures."""
    return [
        address
        for address in addresses
        if posixpath.basename(address).partition(".")[0] == METADATA_STEM and kind_of(address)
    ]


def _add_sizes(files: list[DataFile], endpoint: str) -> None:
    system = HfFileSystem(endpoint=endpoint)
    files[:] = [replace(file, size=system.info(file.address).get("size")) for file in files]


def _explain(error: Exception, name: str, endpoint: str) -> NoReturn:
    """Raise a sentence for people out of what the libraries raised."""
    for found in _chain(error):
        if isinstance(found, OfflineModeIsEnabled):
            raise HubUnreachable(
                "huggingface_hub is told to stay offline by HF_HUB_OFFLINE; unset it and restart."
            ) from error
        status = found.response.status_code if isinstance(found, HfHubHTTPError) else None
        gated = isinstance(found, DatasetNotFoundError) and "gated" in str(found)
        if isinstance(found, GatedRepoError) or status == 403 or gated:
            raise HubUnreachable(
                f"{name} is gated: open {endpoint}/datasets/{name}, accept its conditions, put"
                " your access token into the variable HF_TOKEN and start again."
            ) from error
        if isinstance(found, RevisionNotFoundError):
            raise NotFound(f"The dataset {name} has no such revision.") from error
        if status == 401 or isinstance(found, RepositoryNotFoundError | DatasetNotFoundError):
            raise NotFound(
                f"The hub {endpoint} has no dataset {name!r} that can be read: it doesn't exist or"
                " is private. Check the spelling, or put an access token into HF_TOKEN."
            ) from error
        if status is not None and status not in _RETRY_LATER:
            raise HubUnreachable(f"The hub {endpoint} refused {name} (HTTP {status}).") from error
        if status is not None:
            raise HubUnreachable(
                f"The hub {endpoint} is in trouble at the moment (HTTP {status}). Start again"
                " later; what has been copied is kept."
            ) from error
        if isinstance(found, httpx2.HTTPError | ConnectionError | TimeoutError):
            raise HubUnreachable(
                f"The hub {endpoint} can't be reached ({_reason(found)}). Check the network"
                " connection, set TASTEMAKER_HUB_URL to a mirror, or name a local copy of the"
                " dataset. What has been copied is kept."
            ) from error
    raise _not_a_hub(endpoint) from error


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _reason(error: BaseException) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__


def _not_a_hub(endpoint: str) -> HubUnreachable:
    return HubUnreachable(
        f"What answers at {endpoint} doesn't talk like a model hub (perhaps a login page of the"
        " network). Check the connection and TASTEMAKER_HUB_URL."
    )
