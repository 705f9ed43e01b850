"""The procedure codes that one authorization is for (GG.1538 III.G): numbers only, no descriptions."""

from __future__ import annotations

from typing import Final

from secondopinion.policy.asked import Program

NEW_PATIENT_VISIT: Final = ("99202", "99203", "99204", "99205")
OFFICE_CONSULTATION: Final = ("99242", "99243", "99244", "99245")
# Reading: under III.G one line of either kind is the visit. Medi-Cal pays both; Medicare gave consultation codes
# up in 2010, so OneCare authorizes a new-patient office visit. Laboratory, imaging, surgery and diagnostics are in
# neither set.
CONSULTATION_CODES: Final = {
    Program.MEDI_CAL: (*NEW_PATIENT_VISIT, *OFFICE_CONSULTATION),
    Program.ONECARE: NEW_PATIENT_VISIT,
}
# Reading: an opinion that the payer itself orders (II.E) is billed with the modifier for mandated services.
MANDATED_SERVICE: Final = "32"
