"""The FHIR door: Da Vinci PAS, both directions, one file per operation or profile."""
