"""Language models by name: where they come from, how they are loaded, and their random twins."""

from synergycore.models.geometry import Geometry
from synergycore.models.hashing import weights_hash
from synergycore.models.loading import LoadedModel, load
from synergycore.models.registry import Entry, entry, names
from synergycore.models.sources import fetch, is_cached, locate, refuse_unknown, table
