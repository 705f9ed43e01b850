"""The systems and bare codes that the PAS guide (2.2.1) and this door speak.

X12 and CPT own their descriptors, so only codes stand here, each explained in our own words.
"""

from __future__ import annotations

PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
X12 = "https://codesystem.x12.org/005010/"

# Systems
NPI = "http://hl7.org/fhir/sid/us-npi"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
REFERRAL_REASON = "http://terminology.hl7.org/CodeSystem/v2-0336"
REFERRAL_DISPOSITION = "http://terminology.hl7.org/CodeSystem/v2-0282"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
SUPPORTING_INFO = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
TAXONOMY = "http://nucc.org/provider-taxonomy"
SERVICE_TYPE = X12 + "1365"  # UM03
CERTIFICATION_TYPE = X12 + "1322"  # UM02
LEVEL_OF_SERVICE = X12 + "1338"  # UM06
REVIEW_ACTION = X12 + "306"  # HCR01
PROVIDER_TYPE = X12 + "98"  # NM101
REJECT_REASON = X12 + "901"  # AAA03
FOLLOW_UP = X12 + "889"  # AAA04
REVIEW_REASON = "https://codesystem.x12.org/external/886"  # HCR03

# UM02: what the sender wants done with the request
APPEALS = frozenset({"1", "2"})  # an appeal of an earlier decision, at once or in the usual time
CANCEL = "3"
NEW = frozenset({"I"})

# UM06 and FHIR priority: what makes a request expedited
URGENT_LEVELS = frozenset({"U", "03"})
URGENT_PRIORITY = "stat"

# HCR01: what was decided
CERTIFIED = "A1"
IN_PART = "A2"
NOT_CERTIFIED = "A3"
PENDED = "A4"
CANCELLED = "C"
CONTACT_US = "CT"

# HCR03: why
NEEDS_INFORMATION = "0U"
NEEDS_REVIEW = "0V"
NOT_NECESSARY = "0F"
NO_PRIOR_APPROVAL = "0N"
NOT_IN_TIME = "17"

# AAA03 and AAA04: what made a request unanswerable, and what to do about it
MEMBER_NOT_FOUND = "75"
INPUT_ERROR = "33"
CORRECT_AND_RESEND = "C"
DO_NOT_RESEND = "N"

SERVICE_PROVIDER = "SJ"  # NM101: who is to give the service

# The one modifier extension of PAS 2.2.1 that a request may carry
INFO_CANCELLED = PAS + "modifierextension-infoCancelled"
