"""A recording as a file: a netCDF with the digest of its bytes behind it, read only if it is so."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path

import xarray as xr

from synergycore.errors import SynergyError
from synergycore.files import write_bytes
from synergycore.recording.layout import FORMAT_VERSION

log = logging.getLogger(__name__)

MARK = b"\nsha256 "
"""Stands between the netCDF and the digest; HDF5 does not look beyond its own end."""


class _NotUsed(Exception):
    """Why a file is not a recording that can be used."""


def read(path: Path) -> xr.Dataset | None:
    """The recording, in memory; None, with a warning that names the file, if it cannot be used."""
    try:
        return _whole(path)
    except FileNotFoundError:
        return None
    except _NotUsed as why:
        log.warning("recording %s %s: it is made again", path, why)
        return None


def _whole(path: Path) -> xr.Dataset:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _NotUsed(f"cannot be read ({error})") from error
    netcdf, digest = content[:-_LENGTH], content[-_LENGTH:]
    if not digest.startswith(MARK):
        raise _NotUsed("has no checksum, so it is half written or of an older format")
    if digest != _digest(netcdf):
        raise _NotUsed("is damaged: its bytes are not those that were written")
    with xr.open_dataset(io.BytesIO(netcdf), engine="h5netcdf") as opened:
        whole = opened.load()
    seen, name = whole.attrs["format_version"], whole.attrs["recorded_as"]
    if seen != FORMAT_VERSION:
        raise _NotUsed(f"has format {seen}, this version reads {FORMAT_VERSION}")
    if name != path.name:
        raise _NotUsed(f"was written as {name}, which is another recording")
    return whole


def write(path: Path, recording: xr.Dataset) -> xr.Dataset:
    """Under a temporary name, renamed when whole; returns what `read` will.

    The file is made in memory first: on a full disk HDF5 itself may bring the process down.
    Raises SynergyError when the disk is full or the folder cannot be written.
    """
    named = recording.assign_attrs(recorded_as=path.name)
    encoding = {name: {"zlib": True, "complevel": 1, "shuffle": True} for name in named}
    netcdf = bytes(named.to_netcdf(engine="h5netcdf", encoding=encoding))
    try:
        write_bytes(path, netcdf + _digest(netcdf))
    except OSError as error:
        raise SynergyError(
            f"the recording {path.name} could not be written to {path.parent} ({error}); "
            "make room there or set SYNERGY_BUILD to another folder."
        ) from error
    return named


def _digest(netcdf: bytes) -> bytes:
    return MARK + hashlib.sha256(netcdf).hexdigest().encode() + b"\n"


_LENGTH = len(_digest(b""))
