"""Columns that every row carries until the store is written: from which file and line it came."""

FILE, LINE, DECIMAL = "_file", "_line", "_decimal"
BY_NAME = "_school_by_name"
