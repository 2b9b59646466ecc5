"""The thirty claims, the rule that turns evidence into a verdict, and the records of it."""

from synergycore.claims.evidence import VERDICTS, Control, Evidence, judge, passes, verdict
from synergycore.claims.records import evidence_of, read, records, write, write_records
from synergycore.claims.registry import Claim, ControlUse, glossary, registry
from synergycore.claims.tables import table, table_rows
