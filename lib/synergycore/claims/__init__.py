"""The thirty claims, the rule that turns evidence into a verdict, and the records of it."""

from synergycore.claims.evidence import VERDICTS, Control, Evidence, judge, passes, verdict
from synergycore.claims.files import as_text, read, seal, write, write_records
from synergycore.claims.records import evidence_of, records
from synergycore.claims.registry import Claim, ControlUse, glossary, registry
from synergycore.claims.tables import table, table_rows
