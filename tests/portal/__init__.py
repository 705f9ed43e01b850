"""Tests of the storey of the same name."""
