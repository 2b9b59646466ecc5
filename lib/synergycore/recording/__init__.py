"""Generate tokens, replay them with recorders on, and keep the result: the data of every figure."""

from synergycore.recording.contributions import observed_contributions
from synergycore.recording.generate import encode, generate
from synergycore.recording.heads import observed_heads
from synergycore.recording.layout import FORMAT_VERSION, PRODUCTS, SIGNALS
from synergycore.recording.recorder import record, replay
from synergycore.recording.store import load_or_record
